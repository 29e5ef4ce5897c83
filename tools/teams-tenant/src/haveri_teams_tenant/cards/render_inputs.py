"""The inputs of a card as form controls with labels, big enough for gloves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from haveri_teams_tenant.state.records import Json

if TYPE_CHECKING:
    from haveri_teams_tenant.cards.render import Look

EMPTY = Markup("")
PEOPLE = "graph.microsoft.com/users"


def render(node: Json, look: Look) -> Markup:
    """A labelled input."""
    kind, dom_id = str(node["type"]), f"{look.scope}-{node['id']}"
    value = str(node.get("value", ""))
    if kind == "Input.Toggle":
        control, label = _toggle(node, dom_id, value), EMPTY
    elif kind == "Input.ChoiceSet":
        control, label = _choices(node, look, dom_id, value), _label(node, dom_id)
    else:
        control, label = _field(node, dom_id, value), _label(node, dom_id)
    return Markup('<div class="ac-field">{}{}</div>').format(label, control)


def _label(node: Json, dom_id: str) -> Markup:
    text = node.get("label") or node.get("placeholder") or node["id"]
    star = Markup(' <span class="ac-required" aria-hidden="true">*</span>') if node.get("isRequired") else EMPTY
    shown = "" if node.get("label") else " visually-hidden"
    return Markup('<label class="ac-label{}" for="{}">{}{}</label>').format(shown, dom_id, text, star)


def _attributes(node: Json, dom_id: str) -> Markup:
    required = Markup(" required") if node.get("isRequired") else EMPTY
    return Markup('id="{}" name="input:{}" data-testid="input-{}"{}').format(dom_id, node["id"], node["id"], required)


def _field(node: Json, dom_id: str, value: str) -> Markup:
    attributes = _attributes(node, dom_id)
    placeholder = str(node.get("placeholder", ""))
    if node["type"] == "Input.Text" and node.get("isMultiline"):
        longest = Markup(' maxlength="{}"').format(node["maxLength"]) if "maxLength" in node else EMPTY
        return Markup('<textarea {}{} rows="3" placeholder="{}">{}</textarea>').format(
            attributes, longest, placeholder, value
        )
    kinds = {"Input.Number": "number", "Input.Date": "date", "Input.Time": "time"}
    style = str(node.get("style") or "text").lower()
    html_type = kinds.get(str(node["type"]), style if style in ("email", "tel", "url", "password") else "text")
    limits = EMPTY.join(
        Markup(' {}="{}"').format(html, node[name])
        for name, html in (("min", "min"), ("max", "max"), ("maxLength", "maxlength"))
        if name in node
    )
    step = Markup(' step="any"') if html_type == "number" else EMPTY
    return Markup('<input type="{}" {}{}{} placeholder="{}" value="{}">').format(
        html_type, attributes, limits, step, placeholder, value
    )


def _toggle(node: Json, dom_id: str, value: str) -> Markup:
    on = str(node.get("valueOn", "true"))
    off = str(node.get("valueOff", "false"))
    checked = Markup(" checked") if value == on else EMPTY
    return Markup(
        '<input type="hidden" name="off:{1}" value="{3}"><label class="ac-choice" for="{0}">'
        '<input type="checkbox" id="{0}" name="input:{1}" value="{2}" data-testid="input-{1}"{4}>'
        "<span>{5}</span></label>"
    ).format(dom_id, node["id"], on, off, checked, node.get("title", ""))


def _options(node: Json, look: Look) -> list[tuple[str, str]]:
    options = [(str(choice["value"]), str(choice["title"])) for choice in node.get("choices") or []]
    if (node.get("choices.data") or {}).get("dataset", "").startswith(PEOPLE):
        options.extend(person for person in look.people if person[0] not in {value for value, _ in options})
    return options


def _choices(node: Json, look: Look, dom_id: str, value: str) -> Markup:
    options = _options(node, look)
    chosen = set(value.split(",")) if node.get("isMultiSelect") else {value}
    if node.get("isMultiSelect") or str(node.get("style", "")).lower() == "expanded":
        return _boxes(node, options, chosen, dom_id)
    rows = [Markup('<option value="">{}</option>').format(node.get("placeholder") or "Choose…")]
    rows += [
        Markup('<option value="{}"{}>{}</option>').format(key, Markup(" selected") if key in chosen else EMPTY, title)
        for key, title in options
    ]
    return Markup("<select {}>{}</select>").format(_attributes(node, dom_id), EMPTY.join(rows))


def _boxes(node: Json, options: list[tuple[str, str]], chosen: set[str], dom_id: str) -> Markup:
    kind = "checkbox" if node.get("isMultiSelect") else "radio"
    rows = []
    for number, (key, title) in enumerate(options):
        box_id = dom_id if number == 0 else f"{dom_id}-{number}"
        rows.append(
            Markup(
                '<label class="ac-choice" for="{0}"><input type="{1}" id="{0}" name="input:{2}" value="{3}" '
                'data-testid="input-{2}-{3}"{4}><span>{5}</span></label>'
            ).format(box_id, kind, node["id"], key, Markup(" checked") if key in chosen else EMPTY, title)
        )
    nothing = Markup('<input type="hidden" name="off:{}" value="">').format(node["id"])
    return Markup('<div class="ac-choices">{}{}</div>').format(nothing, EMPTY.join(rows))
