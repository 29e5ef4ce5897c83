"""Microsoft's own models read what we read and what we write: the SDK as a measure, not as a part (decision 11)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botbuilder.schema import Activity

from haveri_chat.cards import Card, Heading, Tone
from haveri_teams_gateway.adapters.adaptive_cards import TeamPlace, card_message, draw_card
from haveri_teams_gateway.adapters.normaliser import read_activity

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_an_activity_means_the_same_to_the_sdk_and_to_us(path: Path) -> None:
    body = json.loads(path.read_text())
    theirs = Activity().deserialize(body)
    ours = read_activity(body, body["recipient"]["id"])
    assert (ours.arrival.id, ours.arrival.type) == (theirs.id, theirs.type)
    assert ours.arrival.sender.object_id == theirs.from_property.aad_object_id
    assert ours.arrival.sender.name == theirs.from_property.name
    assert ours.arrival.service_url == theirs.service_url
    assert ours.arrival.sent_at == theirs.timestamp


def test_the_sdk_understands_a_card_that_we_send() -> None:
    content = draw_card(
        Card((Heading("INC-1 Filler 2 jammed", Tone.PLAIN),), "INC-1"), TeamPlace("tenant", "group"), "marker"
    )
    theirs = Activity().deserialize(card_message(content, "INC-1"))
    (attachment,) = theirs.attachments
    assert (theirs.type, theirs.summary) == ("message", "INC-1")
    assert attachment.content_type == "application/vnd.microsoft.card.adaptive"
    assert attachment.content == content
