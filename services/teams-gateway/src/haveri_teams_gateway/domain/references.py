"""How Teams names conversations, and what of it becomes a channel reference.

A channel's conversation is `19:…@thread.tacv2`; a thread in it is the same with `;messageid=<the opening message>`.
Both stand in `chat_channel_ref` as they are, so that people find them again in Teams' own tools.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

_THREAD = ";messageid="


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where something was said. `id` is without the thread; `thread` is the opening message's id, if known.

    `group_id` is the team's aadGroupId (what Graph wants), never `channelData.team.id`.
    """

    id: str
    tenant_id: str
    personal: bool = False
    thread: str | None = None
    group_id: str | None = None

    @property
    def thread_ref(self) -> str | None:
        """The reference of the thread, None outside one."""
        return thread_reference(self.id, self.thread) if self.thread else None

    @property
    def reply_ref(self) -> str:
        """Where an answer belongs: the thread when there is one, else the conversation."""
        return self.thread_ref or self.id


def thread_reference(channel: str, message_id: str) -> str:
    """The reference of the thread that a message opens."""
    return f"{channel}{_THREAD}{message_id}"


def split_reference(reference: str) -> tuple[str, str | None]:
    """The channel's id and the thread's opening message, if the reference names a thread."""
    channel, mark, message_id = reference.partition(_THREAD)
    return channel, message_id if mark else None


def channel_address(channel: str, name: str, group_id: str, tenant_id: str) -> str:
    """The address that opens a channel in the Teams client."""
    channel_id, message_id = split_reference(channel)
    kind = (
        f"message/{quote(channel_id, safe='')}/{message_id}"
        if message_id
        else f"channel/{quote(channel_id, safe='')}/{quote(name, safe='')}"
    )
    return f"https://teams.microsoft.com/l/{kind}?groupId={group_id}&tenantId={tenant_id}"
