"""Every activity that Teams is known to send means what it should."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_teams_gateway.adapters.normaliser import UnreadableActivity, read_activity, tenants_of
from haveri_teams_gateway.domain.activities import (
    DeclareFromMessage,
    Deleted,
    Edited,
    ExpectedAnswer,
    FileSource,
    Installed,
    Pressed,
    Said,
    Unhandled,
)

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))


def recorded(name: str) -> dict[str, Any]:
    """An activity as Teams sends it, under other ids."""
    body: dict[str, Any] = json.loads((Path(__file__).parent / "recorded" / f"{name}.json").read_text())
    return body


def read(body: dict[str, Any]) -> Any:
    """What it means to the bot it is addressed to."""
    return read_activity(body, body["recipient"]["id"])


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_every_recorded_activity_is_understood(path: Path) -> None:
    activity = read(json.loads(path.read_text()))
    arrival = activity.arrival
    assert arrival.sent_at == datetime(2026, 2, 23, 19, 34, 7, 478000, tzinfo=UTC)
    assert arrival.sender.object_id is not None
    assert arrival.service_url == "https://smba.trafficmanager.net/amer/"
    assert ";messageid=" not in arrival.conversation.id
    assert tenants_of(json.loads(path.read_text())) == {arrival.conversation.tenant_id}


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("conversationUpdate_channelCreated", Unhandled),
        ("conversationUpdate_teamMemberAdded_bot", Unhandled),
        ("conversationUpdate_teamMemberAdded_user", Unhandled),
        ("installationUpdate_add", Installed),
        ("invoke_adaptiveCard_action", Pressed),
        ("invoke_composeExtension_fetchTask_from_message", DeclareFromMessage),
        ("invoke_task_fetch", Pressed),
        ("invoke_task_submit", Pressed),
        ("messageDelete_softDelete", Deleted),
        ("messageReaction_added", Unhandled),
        ("messageUpdate_editMessage", Edited),
        ("message_action_submit", Pressed),
        ("message_channel_file", Said),
        ("message_channel_mention", Said),
        ("message_inline_image", Said),
        ("message_personal", Said),
        ("message_thread_reply", Said),
    ],
)
def test_each_kind_is_told_apart(name: str, meaning: type[Any]) -> None:
    assert isinstance(read(recorded(name)), meaning)


def test_a_mention_of_the_bot_is_taken_out_with_the_hard_space_behind_it() -> None:
    body = recorded("message_channel_mention")
    said = read(body)
    assert (said.text, said.addressed, said.mentions) == ("/incident Press line 3 down", True, ())
    for spelling in (
        "<at>Haveri</at>&nbsp;/incident x",
        '<at id="0">Haveri</at>\u00a0/incident x',
        "/incident x <at>Haveri</at>",
    ):
        body["text"] = spelling
        assert read(body).text == "/incident x"


def test_other_mentions_stay_in_the_text_and_typed_tags_are_no_mentions() -> None:
    body = recorded("message_channel_mention")
    body["text"] = "<at>Haveri</at> lead <at>Mikko Korhonen</at> not <at>Nobody</at>"
    body["entities"].append(
        {
            "type": "mention",
            "text": "<at>Mikko Korhonen</at>",
            "mentioned": {"id": "29:mikko", "name": "Mikko Korhonen"},
        }
    )
    said = read(body)
    assert said.text == "lead @Mikko Korhonen not <at>Nobody</at>"
    assert [(m.text, m.teams_id) for m in said.mentions] == [("@Mikko Korhonen", "29:mikko")]


def test_a_slash_command_is_private_and_addressed() -> None:
    body = recorded("message_thread_reply")
    body["recipient"]["isTargeted"] = True
    said = read(body)
    assert (said.private, said.addressed) == (True, True)


def test_a_thread_is_known_by_its_conversation() -> None:
    said = read(recorded("message_thread_reply"))
    assert said.arrival.conversation.thread_ref == recorded("message_thread_reply")["conversation"]["id"]
    assert said.arrival.conversation.thread != said.arrival.id


def test_files_are_recognised_in_each_of_their_three_shapes() -> None:
    (channel,) = read(recorded("message_channel_file")).files
    (inline,) = read(recorded("message_inline_image")).files
    personal = recorded("message_personal")
    personal["attachments"].append(
        {
            "contentType": "application/vnd.microsoft.teams.file.download.info",
            "contentUrl": "https://works.sharepoint.example/plc.txt",
            "name": "plc.txt",
            "content": {"downloadUrl": "https://download.example/plc.txt?tempauth=x", "fileType": "txt"},
        }
    )
    (download,) = read(personal).files
    assert (channel.source, inline.source, download.source) == (
        FileSource.CHANNEL,
        FileSource.INLINE,
        FileSource.DOWNLOAD,
    )
    assert inline.url.endswith("/views/original")
    assert (download.url, download.name) == ("https://download.example/plc.txt?tempauth=x", "plc.txt")
    assert read(recorded("message_channel_mention")).files == ()


def test_what_a_button_carries_and_what_was_filled_in_stay_apart() -> None:
    body = recorded("invoke_task_submit")
    body["value"]["data"] = {"haveri": {"verb": "note", "nonce": "7"}, "haveri_form": "note", "note_text": "torn"}
    pressed = read(body)
    assert (pressed.data, pressed.form, pressed.expected) == (
        {"verb": "note", "nonce": "7"},
        "note",
        ExpectedAnswer.DIALOG_END,
    )
    assert pressed.values == {"note_text": "torn"}


def test_a_message_to_declare_from_is_read_as_text() -> None:
    body = recorded("invoke_composeExtension_fetchTask_from_message")
    content = '<div>Oil &amp; water<br>under <b>press 3</b></div><div><attachment id="1"></attachment></div>'
    body["value"]["messagePayload"]["body"]["content"] = content
    assert read(body).text == "Oil & water\nunder press 3"


@pytest.mark.parametrize("field", ["type", "id", "from", "conversation", "timestamp"])
def test_an_activity_without_its_essentials_is_unreadable(field: str) -> None:
    body = recorded("message_personal")
    del body[field]
    with pytest.raises(UnreadableActivity):
        read(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    name=st.sampled_from([path.stem for path in RECORDED]),
    field=st.sampled_from(
        [
            "text",
            "value",
            "entities",
            "attachments",
            "channelData",
            "conversation",
            "from",
            "recipient",
            "timestamp",
            "name",
        ]
    ),
    value=json_values,
)
def test_no_json_whatever_makes_the_reader_fail_in_any_other_way(name: str, field: str, value: Any) -> None:
    body = recorded(name)
    bot_id = body["recipient"]["id"]
    body[field] = value
    try:
        read_activity(body, bot_id)
        tenants_of(body)
    except UnreadableActivity:
        pass
