"""What a chat platform must be able to do for the workflow, and how it says that it could not.

A `ChatPlatform` is bound to one organisation. Channel and message references are the platform's own, opaque here.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from haveri_chat.cards import Card
from haveri_chat.forms import Form
from haveri_chat.requests import Person
from haveri_contracts.escalation.reasons import Reason, ReasonCode


class PlatformError(Exception):
    """The platform did not do what was asked."""


class PlatformUnavailable(PlatformError):
    """It did not answer, or asked to come back later; whether it took effect is unknown.

    `retry_after` is the wait in seconds that it named, `status` its answer's code, if any.
    """

    def __init__(self, reason: str, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.status = status


class PlatformRefused(PlatformError):
    """It understood and will not do it, now or later; nothing took effect. A text is its answer as it came."""

    def __init__(self, reason: Reason | str, status: int | None = None) -> None:
        super().__init__(str(reason))
        if isinstance(reason, str):
            reason = Reason.of(ReasonCode.PROVIDER_REFUSED, detail=reason)
        self.reason = reason
        self.status = status


class Conflict(PlatformRefused):
    """The name is taken."""


@dataclass(frozen=True)
class FoundChannel:
    """A channel found by name; `marker` is the one it was created with, None when somebody else made it."""

    channel: str
    marker: str | None


@dataclass(frozen=True)
class Posted:
    """A message that stands in a channel; `thread` is the channel reference of the replies below it."""

    channel: str
    message: str
    thread: str = ""

    def encode(self) -> str:
        """As one string, for a store."""
        return json.dumps([self.channel, self.message, self.thread])

    @classmethod
    def decode(cls, text: str) -> Posted:
        """Back from the string."""
        channel, message, thread = json.loads(text)
        return cls(channel, message, thread)


Draw = Callable[[], Awaitable[Card | None]]
"""Draws a card at the moment of sending; None when there is nothing to send any more."""


class ChatPlatform(Protocol):
    """One organisation's side of a chat platform. Every method raises PlatformUnavailable or PlatformRefused."""

    async def create_channel(self, home: str, name: str, *, title: str, marker: str) -> str:
        """Create a channel under the team `home` and give its reference; Conflict when the name is taken.

        `title` is for people (a description); `marker` must be kept with the channel, so that `find_channel` gives it.
        """
        ...

    async def find_channel(self, home: str, name: str) -> FoundChannel | None:
        """The channel of this name, archived or not."""
        ...

    async def archive_channel(self, channel: str) -> None:
        """Make the channel read-only; archiving an archived channel is no error."""
        ...

    async def unarchive_channel(self, channel: str) -> None:
        """Make the channel writable again; a channel that is not archived is no error."""
        ...

    async def post_card(self, channel: str, card: Card, *, marker: str) -> Posted:
        """Post a card. `marker` must be kept with the message, so that `find_card` gives it."""
        ...

    async def find_card(self, channel: str, marker: str) -> Posted | None:
        """The card, text or invitation posted in the channel with this marker."""
        ...

    async def update_card(self, posted: Posted, card: Card) -> None:
        """Put another card in the place of a posted one."""
        ...

    async def post_text(self, channel: str, text: str, *, marker: str) -> Posted:
        """Post plain text."""
        ...

    async def invite(self, channel: str, people: Sequence[Person], text: str, *, marker: str) -> Posted:
        """Bring people into the channel, with a text that mentions them; `{people}` in it stands for the mentions."""
        ...

    async def send_direct(self, person: Person, draw: Draw, *, marker: str, about: str) -> Posted | None:
        """Send a card to one person (with `user_id`) in their own chat with the bot, before everything else.

        `draw` is asked for the card when its turn has come, and gives None when it is not wanted any more; then None is
        given. Of several people who are called `about` the same thing one goes before all others' calls, so that every
        incident is heard of when there are many. PlatformRefused, in words, when the person cannot be written to.
        `marker` as for `post_card`, and `update_card` updates it.
        """
        ...

    async def find_direct(self, person: Person, marker: str) -> Posted | None:
        """The card sent to the person with this marker."""
        ...

    async def send_privately(self, person: Person, channel: str, content: str | Card | Form) -> None:
        """Send to one person (with `user_id`), in the channel where only they see it, or in a chat of their own."""
        ...
