"""What cards may be, and what people may fill into them."""

from __future__ import annotations

from typing import Any

import pytest

from haveri_teams_tenant.cards.actions import find_action
from haveri_teams_tenant.cards.inputs import BadInputs, gather
from haveri_teams_tenant.cards.markdown import inline
from haveri_teams_tenant.cards.render import Look, render_card
from haveri_teams_tenant.cards.validate import BadCard, validate_card

Json = dict[str, Any]
SUBMIT = {"type": "Action.Submit", "title": "Send"}


def card(*body: Json, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


RICH = card(
    {
        "type": "Container",
        "style": "attention",
        "items": [
            {
                "type": "ColumnSet",
                "columns": [
                    {"type": "Column", "width": "auto", "items": [{"type": "Image", "url": "https://x.example/a.png"}]},
                    {"width": "stretch", "items": [{"type": "TextBlock", "text": "**Line** down", "size": "Large"}]},
                ],
            }
        ],
    },
    {"type": "FactSet", "facts": [{"title": "Status", "value": "DECLARED"}]},
    {"type": "Input.ChoiceSet", "id": "who", "label": "Who", "choices": [{"title": "Anna", "value": "1"}]},
    {"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "Acknowledge", "verb": "ack"}]},
    actions=[
        {
            "type": "Action.ShowCard",
            "title": "Severity",
            "card": {
                "type": "AdaptiveCard",
                "body": [{"type": "Input.Text", "id": "why", "label": "Why"}],
                "actions": [{"type": "Action.Execute", "title": "Change", "verb": "sev"}],
            },
        },
        {"type": "Action.OpenUrl", "title": "Open", "url": "https://x.example"},
    ],
)


def test_a_rich_card_is_accepted() -> None:
    validate_card(RICH)


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        (None, "card"),
        ([], "card"),
        ({"type": "Card"}, "type must be AdaptiveCard"),
        ({"type": "AdaptiveCard"}, "version"),
        ({"type": "AdaptiveCard", "version": "9.0"}, "version"),
        (card({"type": "TextBlok", "text": "x"}), "body[0]: unknown"),
        (card({"type": "TextBlock"}), "needs text"),
        (card({"type": "TextBlock", "text": "x", "weight": "heavy"}), "weight"),
        (card({"type": "Column", "items": []}), "cannot stand here"),
        (card({"type": "ColumnSet", "columns": [{"type": "TextBlock", "text": "x"}]}), "columns[0]"),
        (card({"type": "Container"}), "needs items"),
        (card({"type": "FactSet", "facts": [{"title": "x"}]}), "facts[0]"),
        (card({"type": "Input.Text", "label": "x"}), "needs id"),
        (card({"type": "Input.ChoiceSet", "id": "x"}), "needs choices"),
        (card({"type": "Input.Text", "id": "x"}, {"type": "Input.Date", "id": "x"}), "used twice"),
        (card({"type": "Input.Text", "id": "x", "isRequired": True}), "needs a label"),
        (card(actions=[{"type": "Action.Press"}]), "actions[0]: unknown action"),
        (card(actions=[{"type": "Action.OpenUrl", "title": "x"}]), "needs url"),
        (card(actions=[{"type": "Action.Execute", "style": "loud"}]), "style"),
        (card(actions=[{"type": "Action.Execute", "data": "x"}]), "data"),
        (card(refresh={"action": {"type": "Action.Execute"}, "userIds": list("123456")}), "at most 5"),
        (card(refresh={"action": {"type": "Action.Submit"}}), "must be an Action.Execute"),
        (card({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "x", "color": "pink"}]}), "color"),
        (card({"type": "RichTextBlock", "inlines": [{"type": "TextBlock", "text": "x"}]}), "TextRun"),
        (card("text"), "body[0]"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_card_is_refused_with_the_place_of_its_fault(bad: object, where: str) -> None:
    with pytest.raises(BadCard) as refused:
        validate_card(bad)
    assert where in str(refused.value)


def test_actions_are_found_by_path_verb_id_and_title() -> None:
    for wanted in ("body.3.actions.0", "ack", "Acknowledge", "acknowledge"):
        found = find_action(RICH, wanted)
        assert found is not None and found.path == "body.3.actions.0"
    assert find_action(RICH, "Nothing") is None


def test_a_shown_cards_action_sends_the_outer_inputs_too() -> None:
    inner, outer = find_action(RICH, "sev"), find_action(RICH, "ack")
    assert inner is not None and outer is not None
    assert [node["id"] for node in inner.inputs] == ["who", "why"]
    assert [node["id"] for node in outer.inputs] == ["who"]


INPUTS: list[Json] = [
    {"type": "Input.Text", "id": "text", "label": "Text", "maxLength": 5, "regex": "^[a-z]*$"},
    {"type": "Input.Number", "id": "number", "label": "Number", "min": 0, "max": 10},
    {"type": "Input.Date", "id": "date", "label": "Date", "min": "2026-01-01"},
    {"type": "Input.Time", "id": "time", "label": "Time"},
    {"type": "Input.Toggle", "id": "toggle", "title": "Toggle", "valueOn": "yes", "valueOff": "no"},
    {
        "type": "Input.ChoiceSet",
        "id": "several",
        "label": "Several",
        "isMultiSelect": True,
        "choices": [{"title": "A", "value": "a"}, {"title": "B", "value": "b"}],
    },
    {"type": "Input.Text", "id": "must", "label": "Must", "isRequired": True, "errorMessage": "Say something."},
]


def test_what_is_filled_in_is_sent_as_text() -> None:
    given = {"text": "abc", "number": "7", "date": "2026-02-03", "time": "06:00", "toggle": "true", "several": "a,b"}
    assert gather(INPUTS, {**given, "must": "x"}) == {**given, "toggle": "yes", "must": "x"}


def test_what_is_left_empty_is_sent_as_the_client_does() -> None:
    assert gather(INPUTS, {"must": "x"}) == {"text": "", "toggle": "no", "must": "x"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "abcdef"),
        ("text", "ABC"),
        ("number", "many"),
        ("number", "11"),
        ("date", "3.2.2026"),
        ("date", "2025-12-31"),
        ("time", "6 o'clock"),
        ("several", "a,c"),
        ("must", " "),
        ("unknown", "x"),
    ],
)
def test_what_the_card_does_not_allow_is_refused_by_input(name: str, value: str) -> None:
    with pytest.raises(BadInputs) as refused:
        gather(INPUTS, {"must": "x", name: value})
    assert set(refused.value.problems) == {name}


def test_a_required_inputs_own_message_is_shown() -> None:
    with pytest.raises(BadInputs, match=r"Say something\."):
        gather(INPUTS, {})


def test_everything_from_a_card_is_escaped() -> None:
    evil = '"><script>alert(1)</script>'
    html = str(
        render_card(
            card(
                {"type": "TextBlock", "text": evil, "size": evil, "id": evil},
                {"type": "FactSet", "facts": [{"title": evil, "value": evil}]},
                {"type": "Image", "url": "javascript:alert(1)", "altText": evil},
                {"type": "Input.Text", "id": evil, "label": evil, "value": evil, "placeholder": evil},
                {"type": "Input.ChoiceSet", "id": "c", "label": evil, "choices": [{"title": evil, "value": evil}]},
                actions=[
                    {"type": "Action.Execute", "title": evil, "verb": evil, "tooltip": evil},
                    {"type": "Action.OpenUrl", "title": evil, "url": "javascript:alert(1)"},
                ],
            ),
            Look("x"),
        )
    )
    assert "<script" not in html
    assert 'href="javascript' not in html and 'src="javascript' not in html


def test_secondary_actions_wait_behind_more() -> None:
    actions = [
        {"type": "Action.Execute", "title": "First", "verb": "status", "id": "status-1"},
        {"type": "Action.Execute", "title": "Second", "verb": "status", "id": "status-2", "mode": "secondary"},
    ]
    html = str(render_card(card(actions=actions), Look("x")))
    assert html.index("action-status-1") < html.index("more-actions") < html.index("action-status-2")


def test_runs_of_text_keep_their_look_and_are_never_markdown() -> None:
    runs = [{"type": "TextRun", "text": "**as typed**", "size": "Large", "weight": "Bolder", "color": "Attention"}]
    html = str(render_card(card({"type": "RichTextBlock", "inlines": runs}), Look("x")))
    assert "**as typed**" in html
    assert "ac-size-large ac-weight-bolder ac-color-attention" in html


def test_people_can_be_picked_from_the_directory() -> None:
    picker = {
        "type": "Input.ChoiceSet",
        "id": "lead",
        "label": "Lead",
        "choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"},
    }
    html = str(render_card(card(picker), Look("x", people=[("guid", "Anna Virtanen")])))
    assert '<option value="guid">Anna Virtanen</option>' in html


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (r"\`\`", "``"),
        (r"\`a\`", "`a`"),
        (r"`a\`", r"<code>a\</code>"),
        (r"\\`a`", r"\<code>a</code>"),
    ],
)
def test_an_escaped_backtick_opens_no_code(typed: str, shown: str) -> None:
    assert inline(typed) == shown
