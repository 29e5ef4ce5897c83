"""Events of incident channels. References are the platform's own identifiers, opaque to everybody else."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.message import Event
from haveri_contracts.plain import EntryType
from haveri_contracts.types import LARGEST_INTEGER, Frozen, Label, MessageText, Reference, ShortText, Timestamp


class Author(Frozen):
    """Who wrote: the member when the platform's identity is known, always the name shown in chat."""

    member_id: UUID | None = None
    display_name: Label = Field(max_length=300)
    platform_user_id: Label = Field(max_length=300)


class ChatEvent(Event):
    """What all events of an incident channel say: which incident, where, which message, by whom."""

    owner = "chat"
    incident_id: UUID
    platform: Label = Field(max_length=40)
    channel_ref: Reference
    message_ref: Reference
    author: Author

    def aggregate_id(self) -> UUID:
        """The incident."""
        return self.incident_id


class MessagePosted(ChatEvent):
    """Somebody wrote in an incident channel. `text` is plain; `command` names the command if it was one."""

    name = "message_posted"
    entry = EntryType.MESSAGE
    thread_ref: Reference | None = None
    text: MessageText
    command: Label | None = Field(default=None, max_length=40)
    posted_at: Timestamp


class MessageEdited(ChatEvent):
    """A message was changed; the earlier text stays in the timeline."""

    name = "message_edited"
    entry = EntryType.MESSAGE_EDITED
    text: MessageText
    edited_at: Timestamp


class MessageDeleted(ChatEvent):
    """A message was taken back in chat; what was written stays in the timeline."""

    name = "message_deleted"
    entry = EntryType.MESSAGE_DELETED
    deleted_at: Timestamp


class FileShared(ChatEvent):
    """A photo or file was shared; its bytes are in the object store under `key`."""

    name = "file_shared"
    entry = EntryType.ATTACHMENT
    file_id: UUID
    file_name: ShortText
    content_type: Label = Field(max_length=200)
    size_bytes: int = Field(ge=0, le=LARGEST_INTEGER)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    key: Reference
    shared_at: Timestamp


class NotificationFailed(ChatEvent):
    """Something Haveri wanted to say in chat did not get through after every retry."""

    name = "notification_failed"
    entry = EntryType.NOTIFICATION
    what: ShortText
    reason: ShortText
    cause: Reason | None = None
    failed_at: Timestamp
