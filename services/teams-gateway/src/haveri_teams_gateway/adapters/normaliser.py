"""From an activity's raw JSON to what it means; nothing of the SDK, whose handlers lose part of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from haveri_teams_gateway.adapters.json_fields import Json, block, blocks, strings, text
from haveri_teams_gateway.adapters.message_text import may_hide_files, plain_text, read_words
from haveri_teams_gateway.domain.activities import (
    Activity,
    Arrival,
    DeclareFromMessage,
    Deleted,
    Edited,
    ExpectedAnswer,
    FileSource,
    Installed,
    Pressed,
    Said,
    Sender,
    SharedFile,
    Unhandled,
)
from haveri_teams_gateway.domain.references import Conversation, split_reference

OWN_DATA = "haveri"
"""The key under which our buttons and forms carry their data, apart from what people fill in."""

FORM = "haveri_form"
"""Beside it: the form that was filled in; a plain button has none."""

_DOWNLOAD = "application/vnd.microsoft.teams.file.download.info"
_ENDS_OF_DIALOGS = frozenset({"task/submit", "composeExtension/submitAction"})


class UnreadableActivity(ValueError):
    """The JSON is no activity that can be answered; the message names the field."""


def read_activity(body: Json, bot_id: str) -> Activity:
    """Say what an activity means. `bot_id` is the bot's `28:` id. Raises UnreadableActivity."""
    arrival = read_arrival(body)
    reader = _READERS.get(arrival.type)
    return reader(arrival, body, bot_id) if reader else Unhandled(arrival)


def read_arrival(body: Json) -> Arrival:
    """The part that all activities have; raises UnreadableActivity when one of its fields is missing."""
    sender, conversation = block(body, "from"), block(body, "conversation")
    for value, name in (
        (text(body, "type"), "type"),
        (text(body, "id"), "id"),
        (text(sender, "id"), "from.id"),
        (text(conversation, "id"), "conversation.id"),
    ):
        if not value or len(value) > 500:
            raise UnreadableActivity(f"{name} is missing or longer than 500 characters")
    return Arrival(
        id=text(body, "id"),
        type=text(body, "type"),
        sent_at=_moment(text(body, "timestamp")),
        sender=Sender(text(sender, "id"), text(sender, "aadObjectId").lower() or None, text(sender, "name")[:300]),
        conversation=_conversation(body, conversation),
        service_url=text(body, "serviceUrl"),
        locale=text(body, "locale"),
    )


def tenants_of(body: Json) -> set[str]:
    """Every tenant that the activity names; more than one is a contradiction."""
    named = (text(block(body, "channelData", "tenant"), "id"), text(block(body, "conversation"), "tenantId"))
    return {tenant.lower() for tenant in named if tenant}


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise UnreadableActivity("timestamp is missing or not ISO 8601") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _conversation(body: Json, conversation: Json) -> Conversation:
    channel, thread = split_reference(text(conversation, "id"))
    return Conversation(
        id=channel,
        tenant_id=next(iter(sorted(tenants_of(body))), ""),
        personal=text(conversation, "conversationType") == "personal",
        thread=thread,
        group_id=text(block(body, "channelData", "team"), "aadGroupId").lower() or None,
    )


def _read_message(arrival: Arrival, body: Json, bot_id: str) -> Activity:
    if isinstance(body.get("value"), dict) and not text(body, "text"):
        return _pressed(arrival, block(body, "value"), ExpectedAnswer.NOTHING, text(body, "replyToId"))
    words = read_words(body, bot_id)
    private = body.get("recipient", {}).get("isTargeted") is True if isinstance(body.get("recipient"), dict) else False
    return Said(
        arrival,
        text=words.text,
        mentions=words.mentions,
        addressed=words.addressed or private or arrival.conversation.personal,
        private=private,
        files=tuple(_files(arrival, body)),
    )


def _files(arrival: Arrival, body: Json) -> list[SharedFile]:
    found = []
    for attachment in blocks(body, "attachments"):
        kind, url, name = (text(attachment, field) for field in ("contentType", "contentUrl", "name"))
        if kind == _DOWNLOAD:
            url = text(block(attachment, "content"), "downloadUrl")
            found.append(SharedFile(FileSource.DOWNLOAD, url, name))
        elif kind.startswith("image/") and url:
            found.append(SharedFile(FileSource.INLINE, url, name, "" if kind.endswith("*") else kind))
    if not arrival.conversation.personal and may_hide_files(body):
        found.append(SharedFile(FileSource.CHANNEL))
    return found


def _read_update(arrival: Arrival, body: Json, bot_id: str) -> Activity:
    return Edited(arrival, read_words(body, bot_id).text)


def _read_deletion(arrival: Arrival, _body: Json, _bot_id: str) -> Activity:
    return Deleted(arrival)


def _read_installation(arrival: Arrival, body: Json, _bot_id: str) -> Activity:
    return Installed(arrival, removed=text(body, "action").startswith("remove"))


def _read_invoke(arrival: Arrival, body: Json, _bot_id: str) -> Activity:
    name, value = text(body, "name"), block(body, "value")
    reply_to = text(body, "replyToId")
    if name == "adaptiveCard/action":
        return _pressed(arrival, block(value, "action", "data"), ExpectedAnswer.CARD, reply_to)
    if name == "task/fetch":
        return _pressed(arrival, block(value, "data"), ExpectedAnswer.DIALOG, reply_to)
    if name in _ENDS_OF_DIALOGS:
        return _pressed(arrival, block(value, "data"), ExpectedAnswer.DIALOG_END, reply_to)
    if name == "composeExtension/fetchTask":
        return DeclareFromMessage(arrival, plain_text(text(block(value, "messagePayload", "body"), "content")))
    return Unhandled(arrival)


def _pressed(arrival: Arrival, data: Json, expected: ExpectedAnswer, card_message_id: str) -> Pressed:
    values = {name: value for name, value in strings(data).items() if name != FORM}
    form = text(data, FORM) or None
    return Pressed(arrival, strings(block(data, OWN_DATA)), values, expected, card_message_id or None, form)


_READERS: dict[str, Callable[[Arrival, Json, str], Activity]] = {
    "message": _read_message,
    "messageUpdate": _read_update,
    "messageDelete": _read_deletion,
    "installationUpdate": _read_installation,
    "invoke": _read_invoke,
}
