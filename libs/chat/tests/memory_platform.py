"""Stand-ins for a chat platform and a workflow store that live in memory and die when told to; for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from haveri_chat.cards import Card
from haveri_chat.forms import Form
from haveri_chat.ports import Conflict, Draw, FoundChannel, PlatformRefused, PlatformUnavailable, Posted
from haveri_chat.requests import Person
from haveri_chat.workflow.store import StepBusy, StepRecord, StepState
from haveri_contracts.incident.commands import LinkChat


class Death(BaseException):
    """The process died here: nothing after this line runs, no cleaning up."""


class Fate(StrEnum):
    """What befalls one call."""

    DIES_BEFORE = "dies before"
    DIES_AFTER = "dies after"
    LOST_REQUEST = "no answer, no effect"
    LOST_ANSWER = "no answer, but took effect"


class Fates:
    """Gives each call to the outside its fate, by its number; once dead, everything is dead until `revived`."""

    def __init__(self, fates: Mapping[int, Fate] | None = None) -> None:
        self._fates = dict(fates or {})
        self.calls = 0
        self.dead = False

    def revived(self, fates: Mapping[int, Fate] | None = None) -> None:
        """A new process begins, with fates of its own."""
        self._fates, self.calls, self.dead = dict(fates or {}), 0, False

    @asynccontextmanager
    async def call(self, remote: bool = True) -> AsyncIterator[None]:
        """Around the effect of one call; only a remote one can lose its answer."""
        fate = self._fates.get(self.calls)
        self.calls += 1
        await asyncio.sleep(0)
        self._die_if(self.dead or fate is Fate.DIES_BEFORE)
        if remote and fate is Fate.LOST_REQUEST:
            raise PlatformUnavailable("no answer", retry_after=1.0)
        yield
        await asyncio.sleep(0)
        self._die_if(self.dead or fate is Fate.DIES_AFTER)
        if remote and fate is Fate.LOST_ANSWER:
            raise PlatformUnavailable("no answer", retry_after=1.0)

    def _die_if(self, dies: bool) -> None:
        if dies:
            self.dead = True
            raise Death


@dataclass
class MemoryChannel:
    """A channel of the stand-in."""

    channel: str
    home: str
    name: str
    marker: str | None
    archived: bool = False


@dataclass
class MemoryMessage:
    """A message of the stand-in."""

    posted: Posted
    marker: str
    card: Card | None = None
    text: str = ""
    people: tuple[Person, ...] = ()
    versions: list[Card] = field(default_factory=list)


class MemoryPlatform:
    """A ChatPlatform in memory. `refusing` makes a method answer with a refusal."""

    def __init__(self, fates: Fates | None = None) -> None:
        self.fates = fates or Fates()
        self.channels: list[MemoryChannel] = []
        self.messages: list[MemoryMessage] = []
        self.private: list[tuple[Person, str, str | Card | Form]] = []
        self.refusing: dict[str, str] = {}

    def marked(self, marker: str) -> list[MemoryMessage]:
        """Every message with this marker."""
        return [message for message in self.messages if message.marker == marker]

    async def create_channel(self, home: str, name: str, *, title: str, marker: str) -> str:
        """See ChatPlatform."""
        self._refuse("create_channel")
        async with self.fates.call():
            if any(one.home == home and one.name == name for one in self.channels):
                raise Conflict(f"{name} is taken")
            channel = f"channel-{len(self.channels) + 1}"
            self.channels.append(MemoryChannel(channel, home, name, marker))
        return channel

    async def find_channel(self, home: str, name: str) -> FoundChannel | None:
        """See ChatPlatform."""
        async with self.fates.call():
            found = [one for one in self.channels if one.home == home and one.name == name]
        return FoundChannel(found[0].channel, found[0].marker) if found else None

    async def archive_channel(self, channel: str) -> None:
        """See ChatPlatform."""
        async with self.fates.call():
            self._channel(channel).archived = True

    async def unarchive_channel(self, channel: str) -> None:
        """See ChatPlatform."""
        async with self.fates.call():
            self._channel(channel).archived = False

    async def post_card(self, channel: str, card: Card, *, marker: str) -> Posted:
        """See ChatPlatform."""
        self._refuse("post_card")
        async with self.fates.call():
            message = self._post(channel, marker)
            message.card = card
        return message.posted

    async def find_card(self, channel: str, marker: str) -> Posted | None:
        """See ChatPlatform."""
        async with self.fates.call():
            found = [one.posted for one in self.marked(marker) if one.posted.channel == channel]
        return found[0] if found else None

    async def update_card(self, posted: Posted, card: Card) -> None:
        """See ChatPlatform."""
        self._refuse("update_card")
        async with self.fates.call():
            self._writable(posted.channel)
            message = next(one for one in self.messages if one.posted == posted)
            message.card = card
            message.versions.append(card)

    async def post_text(self, channel: str, text: str, *, marker: str) -> Posted:
        """See ChatPlatform."""
        async with self.fates.call():
            message = self._post(channel, marker)
            message.text = text
        return message.posted

    async def invite(self, channel: str, people: Sequence[Person], text: str, *, marker: str) -> Posted:
        """See ChatPlatform."""
        self._refuse("invite")
        async with self.fates.call():
            message = self._post(channel, marker)
            message.text, message.people = text, tuple(people)
        return message.posted

    async def send_direct(self, person: Person, draw: Draw, *, marker: str, about: str) -> Posted | None:
        """See ChatPlatform."""
        self._refuse("send_direct")
        card = await draw()
        if card is None:
            return None
        async with self.fates.call():
            message = self._post(f"chat {person.user_id}", marker)
            message.card, message.people = card, (person,)
        return message.posted

    async def find_direct(self, person: Person, marker: str) -> Posted | None:
        """See ChatPlatform."""
        return await self.find_card(f"chat {person.user_id}", marker)

    async def send_privately(self, person: Person, channel: str, content: str | Card | Form) -> None:
        """See ChatPlatform."""
        async with self.fates.call():
            self.private.append((person, channel, content))

    def _refuse(self, method: str) -> None:
        if method in self.refusing:
            raise PlatformRefused(self.refusing[method])

    def _channel(self, channel: str) -> MemoryChannel:
        return next(one for one in self.channels if one.channel == channel)

    def _writable(self, channel: str) -> None:
        if any(one.channel == channel and one.archived for one in self.channels):
            raise PlatformRefused(f"{channel} is archived")

    def _post(self, channel: str, marker: str) -> MemoryMessage:
        self._writable(channel)
        number = f"message-{len(self.messages) + 1}"
        message = MemoryMessage(Posted(channel, number, f"{channel};{number}"), marker)
        self.messages.append(message)
        return message


class MemoryStore:
    """A WorkflowStore in memory; every method is one transaction that happens or does not."""

    def __init__(self, fates: Fates | None = None) -> None:
        self.fates = fates or Fates()
        self.records: dict[tuple[UUID, str], StepRecord] = {}
        self._claims: dict[tuple[UUID, str], datetime] = {}

    async def steps(self, incident_id: UUID) -> Mapping[str, StepRecord]:
        """See WorkflowStore."""
        async with self.fates.call(remote=False):
            return {step: record for (incident, step), record in self.records.items() if incident == incident_id}

    async def claim(self, incident_id: UUID, step: str, *, at: datetime, until: datetime) -> StepRecord:
        """See WorkflowStore."""
        key = (incident_id, step)
        async with self.fates.call(remote=False):
            held = self._claims.get(key)
            if held is not None and held > at:
                raise StepBusy(step, (held - at).total_seconds())
            self._claims[key] = until
            before = self.records.get(key, StepRecord())
            if before.state is StepState.PENDING:
                self.records[key] = StepRecord(StepState.ATTEMPTING)
        return before

    async def finish(self, incident_id: UUID, step: str, *, reference: str, version: int) -> None:
        """See WorkflowStore."""
        async with self.fates.call(remote=False):
            self.records[incident_id, step] = StepRecord(StepState.DONE, reference, version)
            self._claims.pop((incident_id, step), None)

    async def release(self, incident_id: UUID, step: str) -> None:
        """See WorkflowStore."""
        async with self.fates.call(remote=False):
            self._claims.pop((incident_id, step), None)


class MemoryLinks:
    """A LinkSender that remembers each command once, as the bus does."""

    def __init__(self, fates: Fates | None = None) -> None:
        self.fates = fates or Fates()
        self.sent: dict[UUID, LinkChat] = {}

    async def link(self, command: LinkChat, command_id: UUID) -> None:
        """See LinkSender."""
        async with self.fates.call():
            self.sent[command_id] = command
