"""Draws forms as Adaptive Cards: in a dialog, or as a card of their own where no dialog can be opened."""

from __future__ import annotations

from typing import Any

from haveri_chat.forms import Field, FieldKind, Form
from haveri_teams_gateway.adapters.adaptive_cards import card_attachment, cut, harmless, plain
from haveri_teams_gateway.adapters.normaliser import FORM, OWN_DATA

Json = dict[str, Any]
MOST_CHOICES = 150
"""More people than this do not fit into a card: Teams' own people picker is shown instead."""


def draw_form(form: Form, *, in_dialog: bool) -> Json:
    """The form as a card. Values come back beside the form's own data, which stays apart under its own key."""
    body: list[Json] = [] if in_dialog else [plain(form.title, size="Large", weight="Bolder")]
    if form.intro:
        body.append(plain(form.intro, isSubtle=True))
    for field in form.fields:
        if field.error:
            body.append(plain(f"{field.label}: {field.error}", color="attention"))
        body.append(_input(field))
    data = {OWN_DATA: dict(form.data), FORM: form.id}
    # A dialog takes Action.Submit only; a card's own form is answered in its place, which takes Action.Execute.
    kind = {"type": "Action.Submit"} if in_dialog else {"type": "Action.Execute", "verb": form.id}
    action = {**kind, "id": "submit", "title": cut(form.submit, 40), "style": "positive", "data": data}
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "fallbackText": cut(form.title, 200),
        "body": body,
        "actions": [action],
    }


def dialog(form: Form) -> Json:
    """The answer to an invoke that opens (or goes on with) a dialog."""
    card = card_attachment(draw_form(form, in_dialog=True))
    value = {
        "title": cut(form.title, 60),
        "height": "large" if len(form.fields) > 4 else "medium",
        "width": "medium",
        "card": card,
    }
    return {"task": {"type": "continue", "value": value}}


def _input(field: Field) -> Json:
    drawn: Json = {"id": field.id, "label": harmless(field.label)}
    if field.required:
        drawn |= {"isRequired": True, "errorMessage": harmless(field.label)}
    if field.value:
        drawn["value"] = field.value
    return {**drawn, **_KINDS[field.kind](field)}


def _text(field: Field) -> Json:
    found: Json = {"type": "Input.Text"}
    if field.kind is FieldKind.MULTILINE:
        found["isMultiline"] = True
    if field.max_length:
        found["maxLength"] = field.max_length
    return found


def _choices(field: Field) -> Json:
    if field.kind is FieldKind.MEMBER and not 0 < len(field.choices) <= MOST_CHOICES:
        people = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
        return {"type": "Input.ChoiceSet", "choices": [], "choices.data": people}
    choices = [{"title": harmless(choice.label), "value": choice.value} for choice in field.choices]
    style = "filtered" if len(choices) > 8 else "compact"
    return {"type": "Input.ChoiceSet", "choices": choices, "style": style}


def _number(_: Field) -> Json:
    return {"type": "Input.Number", "min": 0}


def _date(_: Field) -> Json:
    return {"type": "Input.Date"}


_KINDS = {
    FieldKind.TEXT: _text,
    FieldKind.MULTILINE: _text,
    FieldKind.CHOICE: _choices,
    FieldKind.MEMBER: _choices,
    FieldKind.DATE: _date,
    FieldKind.NUMBER: _number,
}
