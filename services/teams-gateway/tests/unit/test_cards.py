"""Cards and forms as Teams shows them: valid, small, and nobody's words do anything but be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from haveri_chat.cards import Button, Buttons, Card, ChannelLink, Facts, Heading, Note, Style, Text, Tone
from haveri_chat.forms import Choice, Field, FieldKind, Form
from haveri_teams_gateway.adapters.adaptive_cards import (
    LARGEST,
    TeamPlace,
    card_message,
    draw_card,
    escape_markdown,
)
from haveri_teams_gateway.adapters.adaptive_forms import dialog, draw_form
from haveri_teams_tenant.cards.markdown import inline
from haveri_teams_tenant.cards.validate import validate_card

PLACE = TeamPlace("tenant", "group")
words = st.text(max_size=300)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from nodes(item)


def card_of(*texts: str) -> Card:
    """A card with these words everywhere."""
    text = " ".join(texts)
    ack = Button("ack", text or "Ack", {"verb": "ack", "incident": "1", "nonce": "1.ack"}, Style.PRIMARY)
    note = Button("note", "Note", {"verb": "note", "incident": "1", "nonce": "1.note"}, opens_form=True)
    return Card(
        (
            Heading(text, Tone.DANGER),
            Text(text, subtle=True),
            Facts((("What", text), (text, "x"))),
            Note(text, Tone.WARNING),
            ChannelLink(text or "there", "19:abc@thread.tacv2"),
            Buttons((ack, note), shown=1),
        ),
        text,
    )


@given(words)
def test_any_words_give_a_valid_card(text: str) -> None:
    validate_card(draw_card(card_of(text), PLACE, "marker"))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
@example("``")
def test_words_in_facts_show_as_they_were_typed(text: str) -> None:
    shown = inline(escape_markdown(text.replace("\n", " ").replace("\r", " ")))
    for tag in ("<strong>", "<em>", "<a ", "<code>", "<s>"):
        assert tag not in shown


def test_markdown_html_and_mentions_of_people_are_only_words() -> None:
    evil = "**bold** [x](http://evil.example) <at>Boss</at> {{DATE(2026-01-01T00:00:00Z)}} <b>b</b> ${x}"
    drawn = draw_card(card_of(evil), PLACE)
    for node in nodes(drawn):
        if node.get("type") == "TextBlock":
            assert not re.search(r"(?<!\\)\]\(http://evil", node["text"])
        for name in ("text", "value", "title"):
            if isinstance(node.get(name), str):
                assert "<at>" not in node[name] or node.get("type") == "Action.Execute"
                assert "{{" not in node[name] or node.get("type") == "Action.Execute"
    assert "entities" not in drawn.get("msteams", {})


def test_a_card_too_large_is_shortened_until_it_fits() -> None:
    blocks = tuple(Text("ä🔥" * 2000) for _ in range(20))
    drawn = draw_card(Card(blocks, "summary"), PLACE, "marker")
    assert len(orjson.dumps(drawn)) <= LARGEST
    assert "marker" in json.dumps(drawn)
    validate_card(drawn)
    endless = draw_card(Card(tuple(Text("x" * 90) for _ in range(2000)), "summary"), PLACE, "marker")
    assert len(orjson.dumps(endless)) <= LARGEST


def test_a_card_travels_without_text_beside_it() -> None:
    message = card_message(draw_card(card_of("x"), PLACE), "x")
    assert "text" not in message
    assert len(message["attachments"]) == 1


def test_buttons_carry_their_data_apart_and_forms_ask_for_a_dialog() -> None:
    drawn = draw_card(card_of("Filler"), PLACE)
    (actions,) = [node["actions"] for node in nodes(drawn) if node.get("type") == "ActionSet"]
    ack, note = actions
    assert ack["data"]["haveri"]["nonce"] == "1.ack"
    assert ack["type"] == "Action.Execute"
    assert note["type"] == "Action.Submit"
    assert note["data"]["msteams"] == {"type": "task/fetch"}
    assert note["mode"] == "secondary"


def test_a_form_has_every_kind_of_field_and_shows_what_was_wrong() -> None:
    fields = tuple(
        Field(kind.value, kind.value, kind, required=True, choices=(Choice("a", "A"),), error="not like this")
        for kind in FieldKind
    )
    form = Form("resolve", "Resolve", fields, "Send", {"verb": "resolve", "nonce": "n"}, "What happened?")
    for drawn in (draw_form(form, in_dialog=False), dialog(form)["task"]["value"]["card"]["content"]):
        validate_card(drawn)
        assert "not like this" in json.dumps(drawn)
    assert draw_form(form, in_dialog=True)["actions"][0]["type"] == "Action.Submit"
    assert draw_form(form, in_dialog=False)["actions"][0]["type"] == "Action.Execute"


def test_more_people_than_fit_are_chosen_with_teams_own_picker() -> None:
    choices = tuple(Choice(str(number), f"Person {number}") for number in range(500))
    form = Form("lead", "Lead", (Field("member", "Who", FieldKind.MEMBER, choices=choices),), "Name")
    (picker,) = [node for node in nodes(draw_form(form, in_dialog=True)) if node.get("type") == "Input.ChoiceSet"]
    assert picker["choices.data"]["dataset"] == "graph.microsoft.com/users"
