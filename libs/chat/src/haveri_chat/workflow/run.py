"""One pass over one incident's workflow: which steps there are, in which order, and what each does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from uuid import uuid5

from haveri_chat.cards import Card
from haveri_chat.cards.incident import global_card, workflow_card
from haveri_chat.plant import Plant
from haveri_chat.ports import ChatPlatform, Conflict, PlatformRefused, Posted
from haveri_chat.requests import Person
from haveri_chat.texts import say
from haveri_chat.workflow import VERSION
from haveri_chat.workflow.channel import find_own_channel, open_channel
from haveri_chat.workflow.shown import ShownCard, visible_state
from haveri_chat.workflow.steps import Steps
from haveri_chat.workflow.store import StepState
from haveri_chat.workflow.surroundings import IncidentReader, LinkSender, Setting
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.commands import LinkChat
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Status

Phase = dict[str, Callable[[], Awaitable[None]]]

CHANNEL = "create_channel"
WORKFLOW_CARD = "post_workflow_card"
GLOBAL_CARD = "post_global_card"
LINK = "link_chat"


class Run:
    """One pass. Phases come after each other; the steps of a phase side by side."""

    def __init__(
        self,
        platform: ChatPlatform,
        incidents: IncidentReader,
        links: LinkSender,
        steps: Steps,
        incident: Incident,
        setting: Setting,
        plant: Plant,
        now: Callable[[], datetime],
    ) -> None:
        self._platform = platform
        self._incidents = incidents
        self._links = links
        self._steps = steps
        self._incident = incident
        self._setting = setting
        self._plant = plant
        self._now = now
        self._marker = f"{VERSION}:{incident.id}"

    def phases(self) -> Iterator[Callable[[], Phase]]:
        """The phases in order; each says when it is reached which steps it has. `archiving` comes after all."""
        yield self._place
        yield self._first_cards
        yield self._reopening
        yield self._people_and_link
        yield self._newest_cards

    @property
    def has_place(self) -> bool:
        """True when the incident has a channel or a thread, without which nothing else makes sense."""
        return self._channel is not None

    @property
    def _in_thread(self) -> bool:
        """True when the incident lives in a thread; what was begun stays so, whatever the setting says later."""
        if self._steps.begun(CHANNEL):
            return self._steps.done(CHANNEL) and not self._steps.record(CHANNEL).reference
        if self._steps.begun(WORKFLOW_CARD):
            return True
        return self._setting.incident_channel == "thread" and self._setting.global_channel is not None

    @property
    def _channel(self) -> str | None:
        if not self._in_thread:
            return self._steps.record(CHANNEL).reference or None
        return self._shown(WORKFLOW_CARD).posted.thread if self._steps.done(WORKFLOW_CARD) else None

    def _shown(self, step: str) -> ShownCard:
        return ShownCard.decode(self._steps.record(step).reference)

    # The place

    def _place(self) -> Phase:
        return {} if self._in_thread else {CHANNEL: self._create_channel}

    async def _create_channel(self) -> None:
        home, incident = self._setting.home, self._incident
        await self._steps.once(
            CHANNEL,
            self._channel_or_thread,
            look=lambda: find_own_channel(self._platform, home, incident, self._marker),
        )

    async def _channel_or_thread(self) -> str:
        """The new channel; empty, which means a thread, when there can be no more channels."""
        try:
            return await open_channel(self._platform, self._setting.home, self._incident, self._marker)
        except Conflict:
            raise
        except PlatformRefused:
            if self._setting.global_channel is None:
                raise
            return ""

    # The cards

    def _first_cards(self) -> Phase:
        phase: Phase = {WORKFLOW_CARD: lambda: self._post(WORKFLOW_CARD)}
        if self._setting.global_channel is not None and not self._in_thread:
            phase[GLOBAL_CARD] = lambda: self._post(GLOBAL_CARD)
        return phase

    async def _post(self, step: str) -> None:
        channel = self._setting.global_channel if step == GLOBAL_CARD or self._in_thread else self._channel
        if channel is None:
            raise PlatformRefused(Reason.of(ReasonCode.NO_GLOBAL_CHANNEL))
        marker = f"{self._marker}:{step}"

        async def post() -> str:
            posted = await self._platform.post_card(channel, self._card(step, self._incident), marker=marker)
            return ShownCard(posted, visible_state(self._incident)).encode()

        async def look() -> str | None:
            found = await self._platform.find_card(channel, marker)
            return ShownCard(found).encode() if found is not None else None

        await self._steps.once(step, post, look=look, version=self._incident.version)

    def _card(self, step: str, incident: Incident) -> Card:
        if step == GLOBAL_CARD:
            return global_card(incident, self._plant, channel=self._channel, now=self._now())
        return workflow_card(incident, self._plant, now=self._now())

    def _newest_cards(self) -> Phase:
        cards = [step for step in (WORKFLOW_CARD, GLOBAL_CARD) if self._steps.done(step)]
        if self._archives_begun > self._archives_undone:
            cards = [step for step in cards if step != WORKFLOW_CARD]  # a message in an archived channel is read-only
        return {f"update:{step}": self._updating(step) for step in cards}

    def _updating(self, step: str) -> Callable[[], Awaitable[None]]:
        async def update() -> None:
            while await self._update_once(step):
                pass

        return update

    async def _update_once(self, step: str) -> bool:
        """Come nearer to the card showing the newest state, never an older one; False when it does."""
        incident = await self._incidents.current(self._incident.id)
        if self._steps.record(step).version >= incident.version:
            return False
        async with self._steps.claimed(step) as before:
            if before.version >= incident.version:
                await self._steps.release(step, before)
                return False
            shown, state = ShownCard.decode(before.reference), visible_state(incident)
            if shown.state == state:
                await self._steps.finish(step, before.reference, incident.version)
            elif shown.state:
                # Said before it is done: who dies now leaves a card of which nobody knows what it shows.
                await self._steps.finish(step, ShownCard(shown.posted).encode(), before.version)
            else:
                await self._platform.update_card(shown.posted, self._card(step, incident))
                await self._steps.finish(step, ShownCard(shown.posted, state).encode(), incident.version)
            return True

    # The people and the link

    def _people_and_link(self) -> Phase:
        phase: Phase = {LINK: self._link}
        for role, member_id in (("lead", self._incident.assigned_to), ("comms", self._incident.comms_lead)):
            if member_id is None or self._incident.status is Status.CLOSED:
                continue
            person = self._plant.person(member_id, self._setting.platform)
            if person.user_id is not None:
                phase[f"invite:{role}:{member_id}"] = self._inviting(role, f"invite:{role}:{member_id}", person)
        return phase

    def _inviting(self, role: str, step: str, person: Person) -> Callable[[], Awaitable[None]]:
        channel, marker = self._channel or "", f"{self._marker}:{step}"
        text = say(self._plant.locale, f"invite.{role}", people="{people}", number=self._incident.number)

        async def invite() -> str:
            return (await self._platform.invite(channel, [person], text, marker=marker)).encode()

        async def look() -> str | None:
            found: Posted | None = await self._platform.find_card(channel, marker)
            return found.encode() if found is not None else None

        async def once() -> None:
            await self._steps.once(step, invite, look=look)

        return once

    async def _link(self) -> None:
        globally = GLOBAL_CARD if self._steps.done(GLOBAL_CARD) else WORKFLOW_CARD if self._in_thread else None
        shown = self._shown(globally).posted if globally and self._steps.done(globally) else None
        command = LinkChat(
            incident_id=self._incident.id,
            chat_channel_ref=self._channel,
            global_channel_ref=shown.channel if shown else None,
            global_message_ref=shown.message if shown else None,
        )
        wanted = command.model_dump_json()
        if self._steps.record(LINK).reference == wanted:
            return
        async with self._steps.claimed(LINK):
            await self._links.link(command, uuid5(self._incident.id, wanted))
            await self._steps.finish(LINK, wanted, self._incident.version)

    # Closing and reopening

    @property
    def _archives_begun(self) -> int:
        return self._count("archive", self._steps.begun)

    @property
    def _archives_undone(self) -> int:
        return self._count("unarchive", self._steps.done)

    def _count(self, step: str, holds: Callable[[str], bool]) -> int:
        count = 0
        while holds(f"{step}:{count}"):
            count += 1
        return count

    def _reopening(self) -> Phase:
        cycle = self._archives_undone
        wanted = self._incident.status is not Status.CLOSED or self._steps.begun(f"unarchive:{cycle}")
        if self._archives_begun == cycle or not wanted:
            return {}
        return {f"unarchive:{cycle}": lambda: self._unarchive(cycle)}

    async def _unarchive(self, cycle: int) -> None:
        """Make the channel writable again, also when it is not known whether archiving it took effect."""
        step, archive, channel = f"unarchive:{cycle}", f"archive:{cycle}", self._channel or ""
        async with self._steps.claimed(archive), self._steps.claimed(step):
            await self._platform.unarchive_channel(channel)
            await self._steps.finish(archive, channel, self._incident.version)
            await self._steps.finish(step, channel, self._incident.version)

    def archiving(self) -> Phase:
        """The last phase, for when the cards show that the incident is closed: nobody can change them afterwards."""
        cycle = self._archives_undone
        if self._incident.status is not Status.CLOSED or self._in_thread or self._steps.done(f"archive:{cycle}"):
            return {}
        return {f"archive:{cycle}": lambda: self._archive(cycle)}

    async def _archive(self, cycle: int) -> None:
        step, channel = f"archive:{cycle}", self._channel or ""
        async with self._steps.claimed(step) as before:
            if before.state is not StepState.DONE:
                await self._platform.archive_channel(channel)
            await self._steps.finish(step, channel, self._incident.version)
