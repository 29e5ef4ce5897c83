"""Adaptive Cards as HTML: one function an element, everything from the card escaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from haveri_teams_tenant.cards import render_inputs
from haveri_teams_tenant.cards.actions import action_name
from haveri_teams_tenant.cards.links import link
from haveri_teams_tenant.cards.markdown import blocks
from haveri_teams_tenant.state.records import Json

EMPTY = Markup("")


@dataclass(frozen=True)
class Look:
    """What a card's HTML depends on besides the card: where its form goes and who can be picked."""

    scope: str
    people: Sequence[tuple[str, str]] = ()
    live: bool = True


def render_card(card: Json, look: Look, prefix: str = "") -> Markup:
    """The inside of a card: its body and its row of actions. The caller puts it into a form.

    `prefix` is the path of the action that shows this card, when it stands inside another.
    """
    return Markup('<div class="ac-body">{}</div>{}').format(
        _children(card.get("body") or [], look, f"{prefix}body"),
        _actions(card.get("actions") or [], look, f"{prefix}actions"),
    )


def _children(elements: Sequence[Json], look: Look, path: str) -> Markup:
    return EMPTY.join(_element(element, look, f"{path}.{index}") for index, element in enumerate(elements))


def _element(element: Json, look: Look, path: str) -> Markup:
    kind = str(element.get("type", ""))
    if kind.startswith("Input."):
        inner = render_inputs.render(element, look)
    else:
        inner = _RENDER.get(kind, _nothing)(element, look, path)
    hidden = Markup(" hidden") if element.get("isVisible") is False else EMPTY
    element_id = Markup(' data-element="{}"').format(element["id"]) if "id" in element else EMPTY
    return Markup('<div class="{}"{}{}>{}</div>').format(_classes(element), element_id, hidden, inner)


def _classes(element: Json) -> str:
    names = ["ac", f"ac-{str(element.get('type', '')).replace('.', '-').lower()}"]
    if element.get("separator"):
        names.append("ac-separator")
    for name in ("spacing", "horizontalAlignment", "style"):
        value = str(element.get(name) or "").lower()
        if value.isalpha() and value != "default":
            names.append(f"ac-{name.lower()}-{value}")
    return " ".join(names)


def _nothing(_: Json, __: Look, ___: str) -> Markup:
    return EMPTY


def _text_classes(node: Json) -> str:
    names = ["ac-text"]
    for name in ("size", "weight", "color", "fontType"):
        value = str(node.get(name) or "default").lower()
        if value.isalpha() and value != "default":
            names.append(f"ac-{name.lower()}-{value}")
    if node.get("isSubtle"):
        names.append("ac-subtle")
    return " ".join(names)


def _text(element: Json, _: Look, __: str) -> Markup:
    names = [_text_classes(element)]
    if element.get("wrap") is not True:
        names.append("ac-nowrap")
    if element.get("style") == "heading":
        names.append("ac-heading")
    return Markup('<div class="{}">{}</div>').format(" ".join(names), blocks(str(element.get("text", ""))))


def _rich_text(element: Json, _: Look, __: str) -> Markup:
    runs = [run if isinstance(run, dict) else {"text": run} for run in element.get("inlines") or []]
    return Markup('<p class="ac-rich">{}</p>').format(EMPTY.join(_run(run) for run in runs))


def _run(run: Json) -> Markup:
    html = Markup('<span class="{}">{}</span>').format(_text_classes(run), run.get("text", ""))
    for name, tag in (("italic", Markup("<em>{}</em>")), ("strikethrough", Markup("<s>{}</s>"))):
        html = tag.format(html) if run.get(name) else html
    return html


def _image(element: Json, _: Look, __: str) -> Markup:
    url = str(element.get("url", ""))
    if not url.startswith(("http://", "https://", "data:image/")):
        return EMPTY
    size = str(element.get("size") or "auto").lower()
    return Markup('<img class="ac-img ac-img-{}" src="{}" alt="{}" loading="lazy">').format(
        size if size.isalpha() else "auto", url, element.get("altText", "")
    )


def _container(element: Json, look: Look, path: str) -> Markup:
    return _children(element.get("items") or [], look, f"{path}.items")


def _columns(element: Json, look: Look, path: str) -> Markup:
    columns = []
    for index, column in enumerate(element.get("columns") or []):
        width = str(column.get("width", "stretch"))
        kind = "auto" if width == "auto" else "stretch"
        inner = _children(column.get("items") or [], look, f"{path}.columns.{index}.items")
        columns.append(Markup('<div class="{} ac-column-{}">{}</div>').format(_classes(column), kind, inner))
    return EMPTY.join(columns)


def _facts(element: Json, _: Look, __: str) -> Markup:
    rows = [
        Markup("<dt>{}</dt><dd>{}</dd>").format(blocks(str(fact.get("title", ""))), blocks(str(fact.get("value", ""))))
        for fact in element.get("facts") or []
    ]
    return Markup('<dl class="ac-facts">{}</dl>').format(EMPTY.join(rows))


def _table(element: Json, look: Look, path: str) -> Markup:
    rows = []
    first_is_header = element.get("firstRowAsHeader", True)
    for index, row in enumerate(element.get("rows") or []):
        cell_html = Markup("<th>{}</th>") if index == 0 and first_is_header else Markup("<td>{}</td>")
        cells = [
            cell_html.format(_children(cell.get("items") or [], look, f"{path}.rows.{index}.cells.{number}.items"))
            for number, cell in enumerate(row.get("cells") or [])
        ]
        rows.append(Markup("<tr>{}</tr>").format(EMPTY.join(cells)))
    return Markup('<div class="ac-table-frame"><table>{}</table></div>').format(EMPTY.join(rows))


def _images(element: Json, look: Look, path: str) -> Markup:
    return EMPTY.join(_image(image, look, path) for image in element.get("images") or [])


def _action_set(element: Json, look: Look, path: str) -> Markup:
    return _actions(element.get("actions") or [], look, f"{path}.actions")


def _actions(actions: Sequence[Json], look: Look, path: str) -> Markup:
    """A row of buttons; those of mode secondary wait behind "More", as in Teams."""
    if not actions:
        return EMPTY
    shown, more = EMPTY, EMPTY
    for index, action in enumerate(actions):
        button = _action(action, look, f"{path}.{index}")
        if str(action.get("mode")).lower() == "secondary":
            more += button
        else:
            shown += button
    if more:
        shown += Markup(
            '<details class="ac-more"><summary class="button" data-testid="more-actions">More</summary>'
            '<div class="ac-actions">{}</div></details>'
        ).format(more)
    return Markup('<div class="ac-actions">{}</div>').format(shown)


def _action(action: Json, look: Look, path: str) -> Markup:
    kind = str(action.get("type"))
    title = str(action.get("title") or "Open")
    style = str(action.get("style") or "default").lower()
    css = f"button ac-action-{style}" if style.isalpha() else "button"
    test_id = f"action-{action_name(action)}"
    if kind == "Action.OpenUrl":
        return link(str(action.get("url", "")), title, css, test_id)
    if kind == "Action.ShowCard":
        inner = render_card(action["card"], look, f"{path}.card.")
        return Markup(
            '<details class="ac-showcard"><summary class="{}" data-testid="{}">{}</summary>{}</details>'
        ).format(css, test_id, title, Markup('<div class="ac-shown">{}</div>').format(inner))
    if kind == "Action.ToggleVisibility":
        targets = [t if isinstance(t, str) else str(t.get("elementId")) for t in action.get("targetElements") or []]
        return Markup('<button type="button" class="{}" data-testid="{}" data-toggles="{}">{}</button>').format(
            css, test_id, " ".join(targets), title
        )
    disabled = Markup(" disabled") if action.get("isEnabled") is False or not look.live else EMPTY
    return Markup(
        '<button type="submit" name="action" value="{}" class="{}" data-testid="{}" title="{}"{}>{}</button>'
    ).format(path, css, test_id, action.get("tooltip", ""), disabled, title)


_RENDER: dict[str, Callable[[Any, Look, str], Markup]] = {
    "TextBlock": _text,
    "RichTextBlock": _rich_text,
    "Image": _image,
    "ImageSet": _images,
    "Container": _container,
    "ColumnSet": _columns,
    "FactSet": _facts,
    "Table": _table,
    "ActionSet": _action_set,
}
