"""What arrived is handled: by somebody known, once, with an answer in their language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from haveri_chassis.bus import BusUnavailable, OwnerUnavailable
from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_chat import answers
from haveri_chat.plant import Plant, Who
from haveri_chat.ports import PlatformRefused, PlatformUnavailable
from haveri_chat.requests import Mention, Person
from haveri_contracts.directory.models import Locale, Member
from haveri_teams_gateway.application.converse import Converse, Turn
from haveri_teams_gateway.application.handling_ports import (
    ActivityEnds,
    ChannelIncidents,
    InvokeAnswers,
    WhoIsWho,
)
from haveri_teams_gateway.application.metrics import HANDLED
from haveri_teams_gateway.application.ports import Plants, Platforms
from haveri_teams_gateway.application.reply import Reply
from haveri_teams_gateway.domain.activities import Activity, Arrival, Asked, DeclareFromMessage, Pressed, Said
from haveri_teams_gateway.domain.tenant import Tenant

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
MOST_ATTEMPTS = 200
"""With the waits above about 16 hours; then the person is told that it failed."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """An activity in hand. `attempts` counts from 1; `following`: only its command's outcome is still to be told."""

    tenant: Tenant
    id: UUID
    activity: Activity
    attempts: int = 1
    following: bool = False


class HandleActivity:
    """Handles one activity to its end, or says when it is to be tried again. Never raises for what others do."""

    def __init__(
        self,
        converse: Converse,
        plants: Plants,
        platforms: Platforms,
        people: WhoIsWho,
        channels: ChannelIncidents,
        ends: ActivityEnds,
        invokes: InvokeAnswers,
        clock: Clock,
    ) -> None:
        self._converse = converse
        self._plants = plants
        self._platforms = platforms
        self._people = people
        self._channels = channels
        self._ends = ends
        self._invokes = invokes
        self._clock = clock

    async def handle(self, work: Work) -> Any:
        """Carry it out, tell the person, record the end. Gives the body that answers an invoke, None for messages."""
        organization = work.tenant.organization
        try:
            reply, plant = await self._reply(work)
            answer = await self._tell(work, plant, reply)
        except (OwnerUnavailable, BusUnavailable, PlatformUnavailable) as error:
            return await self._again(work, type(error).__name__)
        if reply.follows:
            await self._ends.follow(organization, work.id, self._next_try(work), answer)
        else:
            # A press that was refused changed nothing; who presses once more, when that may be, is heard once more.
            again = bool(reply.refusal) and isinstance(work.activity, Pressed)
            await self._ends.finish(organization, work.id, answer, may_come_again=again)
        HANDLED.labels("refused" if reply.refusal else "follows" if reply.follows else "done").inc()
        return answer

    async def _reply(self, work: Work) -> tuple[Reply, Plant]:
        plant = await self._plants.get(work.tenant.organization)
        activity = work.activity
        if not isinstance(activity, Said | Pressed | DeclareFromMessage):
            return Reply(), plant
        member = await self._member(work, plant)
        if member is None:
            names = [administrator.name for administrator in plant.administrators]
            shown_id = activity.arrival.sender.object_id or activity.arrival.sender.teams_id
            text = answers.unknown_person(_locale(activity.arrival, plant.locale), shown_id, names)
            return Reply(text=text, refusal="person-unknown"), plant
        reply = await self._converse.take(await self._turn(work, activity, Who(member), plant))
        return reply, plant

    async def _member(self, work: Work, plant: Plant) -> Member | None:
        arrival = work.activity.arrival
        object_id = arrival.sender.object_id
        if object_id is None:
            known = await self._people.find(work.tenant, arrival.conversation.id, arrival.sender.teams_id)
            object_id = known.object_id if known else None
        return plant.member_of_user.get(object_id) if object_id else None

    async def _turn(self, work: Work, activity: Said | Pressed | DeclareFromMessage, who: Who, plant: Plant) -> Turn:
        mentions: list[Mention] = []
        for mentioned in activity.mentions if isinstance(activity, Said) else ():
            known = await self._people.find(work.tenant, activity.arrival.conversation.id, mentioned.teams_id)
            mentions.append(Mention(mentioned.text, known.object_id if known else mentioned.teams_id, mentioned.name))
        conversation = activity.arrival.conversation

        async def channel_incident() -> UUID | None:
            refs = [conversation.id, conversation.thread_ref] if conversation.thread_ref else [conversation.id]
            return await self._channels.channel_incident(work.tenant.organization, [ref for ref in refs if ref])

        return Turn(work.tenant.organization, work.id, activity, tuple(mentions), who, plant, channel_incident)

    async def _tell(self, work: Work, plant: Plant, reply: Reply) -> Any:
        """Answer the invoke, or say privately what there is to say."""
        activity = work.activity
        asked = activity.asked if isinstance(activity, Pressed) else Asked.NOTHING
        if isinstance(activity, DeclareFromMessage):
            asked = Asked.DIALOG
        if work.following:
            # The person was told that it follows; a success shows on the cards, so only a refusal is news.
            if reply.refusal:
                await self._privately(work, plant, reply)
            return None
        if asked is Asked.NOTHING:
            if not (reply.follows and work.attempts > 1):
                await self._privately(work, plant, reply)
            return None
        if reply.card is not None:
            # The card of an answer is not the card that was pressed: it goes to the person, not in its place.
            await self._privately(work, plant, reply)
        return await self._invokes.body(work.tenant, activity, asked, reply, plant)

    async def _privately(self, work: Work, plant: Plant, reply: Reply) -> None:
        if reply.content is None:
            return
        arrival = work.activity.arrival
        person = Person(arrival.sender.name, arrival.sender.object_id or arrival.sender.teams_id)
        platform = self._platforms.of(work.tenant)
        try:
            await platform.tell_privately(person, arrival.conversation.reply_ref, reply.content)
        except PlatformRefused as error:
            log.warning("somebody could not be told", organization=work.tenant.organization, reason=error.reason)

    async def _again(self, work: Work, why: str) -> Any:
        """Put it off; somebody who waits for an invoke's answer is told that it follows."""
        organization = work.tenant.organization
        if work.attempts >= MOST_ATTEMPTS:
            log.error("an activity was given up", organization=organization, activity=str(work.id), why=why)
            await self._ends.finish(organization, work.id)
            HANDLED.labels("given_up").inc()
            return None
        log.warning("an activity is put off", organization=organization, activity=str(work.id), why=why)
        await self._ends.later(organization, work.id, self._next_try(work))
        HANDLED.labels("put_off").inc()
        return self._invokes.later(work.activity, _locale(work.activity.arrival, Locale.ENGLISH))

    def _next_try(self, work: Work) -> Any:
        wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * (2 ** min(work.attempts - 1, 10)))
        return self._clock.now() + wait


def _locale(arrival: Arrival, otherwise: Locale) -> Locale:
    """The language of somebody's client, when Haveri speaks it."""
    language = arrival.locale.partition("-")[0].lower()
    return Locale(language) if language in set(Locale) else otherwise
