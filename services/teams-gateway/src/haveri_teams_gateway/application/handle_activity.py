"""What arrived is handled: by somebody known, once, with an answer in their language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from haveri_chassis.logs import get_logger
from haveri_chat import answers
from haveri_chat.plant import Plant, Who
from haveri_chat.ports import PlatformRefused
from haveri_chat.requests import Mention, Person
from haveri_chat.texts import CATALOGUE
from haveri_contracts.directory.models import Locale, Member
from haveri_teams_gateway.application.converse import Converse, Turn
from haveri_teams_gateway.application.metrics import HANDLED
from haveri_teams_gateway.application.ports import FindPerson, InvokeAnswers, PlantOf, PlatformOf, Read
from haveri_teams_gateway.application.reply import Reply
from haveri_teams_gateway.application.worker import NOT_NOW, Ended, Kind, Retry
from haveri_teams_gateway.domain.activities import Activity, Arrival, DeclareFromMessage, ExpectedAnswer, Pressed, Said
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.activities import ACTIVITY, ActivityStore
from haveri_teams_gateway.store.channels import Channels
from haveri_teams_gateway.store.jobs import Job
from haveri_teams_gateway.store.tenants import Tenants

RETRY = Retry(first=2.0, longest=300.0, most=200)
"""About 16 hours."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """An activity in hand. `attempts` counts from 1; `following`: only its command's outcome is still to be sent."""

    tenant: Tenant
    id: UUID
    activity: Activity
    attempts: int = 1
    following: bool = False


class HandleActivity:
    """Handles one activity to its end, or raises what makes it wait."""

    def __init__(
        self,
        tenants: Tenants,
        activities: ActivityStore,
        converse: Converse,
        plant_of: PlantOf,
        platform_of: PlatformOf,
        find_person: FindPerson,
        channels: Channels,
        invokes: InvokeAnswers,
        read: Read,
    ) -> None:
        self._tenants = tenants
        self._activities = activities
        self._converse = converse
        self._plant_of = plant_of
        self._platform_of = platform_of
        self._find_person = find_person
        self._channels = channels
        self._invokes = invokes
        self._read = read

    @property
    def kind(self) -> Kind:
        """The job of handling an activity."""
        return Kind(ACTIVITY, self.do, RETRY, self.give_up)

    async def do(self, job: Job) -> Ended:
        """Carry it out, notify the person. The answer is the body that answers an invoke, None for messages."""
        work = job.given or await self._work(job)
        if work is None:
            return Ended()
        try:
            reply, plant = await self._reply(work)
            answer = await self._answer(work, plant, reply)
        except NOT_NOW:
            HANDLED.labels("put_off").inc()
            raise
        HANDLED.labels("refused" if reply.refusal else "follows" if reply.follows else "done").inc()
        about = {"organization": job.organization, "activity": job.id, "answer": answer}
        if reply.follows:
            return Ended(partial(self._activities.follow, **about), answer, again=True)
        # A press that was refused changed nothing; who presses once more, when that may be, is received once more.
        again = bool(reply.refusal) and isinstance(work.activity, Pressed)
        return Ended(partial(self._activities.finish, **about, may_come_again=again), answer)

    async def give_up(self, job: Job, _: Exception) -> Ended:
        """It was tried for too long."""
        HANDLED.labels("given_up").inc()
        return Ended(partial(self._activities.finish, organization=job.organization, activity=job.id))

    async def _work(self, job: Job) -> Work | None:
        tenant = await self._tenants.connected(job.organization)
        found = await self._activities.find(job.organization, job.id)
        return Work(tenant, job.id, self._read(found[0]), job.attempts, following=found[1]) if found else None

    async def _reply(self, work: Work) -> tuple[Reply, Plant]:
        plant = await self._plant_of(work.tenant.organization)
        activity = work.activity
        if not isinstance(activity, Said | Pressed | DeclareFromMessage):
            return Reply(), plant
        member = await self._member(work, plant)
        if member is None:
            names = [administrator.name for administrator in plant.administrators]
            shown_id = activity.arrival.sender.object_id or activity.arrival.sender.teams_id
            text = answers.unknown_person(locale_of(activity.arrival, plant.locale), shown_id, names)
            return Reply(text=text, refusal="person-unknown"), plant
        reply = await self._converse.take(await self._turn(work, activity, Who(member), plant))
        return reply, plant

    async def _member(self, work: Work, plant: Plant) -> Member | None:
        arrival = work.activity.arrival
        object_id = arrival.sender.object_id
        if object_id is None:
            known = await self._find_person(work.tenant, arrival.conversation.id, arrival.sender.teams_id)
            object_id = known.object_id if known else None
        return plant.member_of_user.get(object_id) if object_id else None

    async def _turn(self, work: Work, activity: Said | Pressed | DeclareFromMessage, who: Who, plant: Plant) -> Turn:
        mentions: list[Mention] = []
        for mentioned in activity.mentions if isinstance(activity, Said) else ():
            known = await self._find_person(work.tenant, activity.arrival.conversation.id, mentioned.teams_id)
            mentions.append(Mention(mentioned.text, known.object_id if known else mentioned.teams_id, mentioned.name))
        conversation = activity.arrival.conversation

        async def channel_incident() -> UUID | None:
            refs = [conversation.id, conversation.thread_ref] if conversation.thread_ref else [conversation.id]
            return await self._channels.incident_of(work.tenant.organization, [ref for ref in refs if ref])

        return Turn(work.tenant.organization, work.id, activity, tuple(mentions), who, plant, channel_incident)

    async def _answer(self, work: Work, plant: Plant, reply: Reply) -> Any:
        """Answer the invoke, or say privately what there is to say."""
        activity = work.activity
        expected = activity.expected if isinstance(activity, Pressed) else ExpectedAnswer.NOTHING
        if isinstance(activity, DeclareFromMessage):
            expected = ExpectedAnswer.DIALOG
        if work.following:
            # The person was answered that it follows; a success shows on the cards, so only a refusal is written.
            if reply.refusal:
                await self._privately(work, plant, reply)
            return None
        if expected is ExpectedAnswer.NOTHING:
            if not (reply.follows and work.attempts > 1):
                await self._privately(work, plant, reply)
            return None
        if reply.card is not None:
            # The card of an answer is not the card that was pressed: it goes to the person, not in its place.
            await self._privately(work, plant, reply)
        return await self._invokes.body(work.tenant, activity, expected, reply, plant)

    async def _privately(self, work: Work, plant: Plant, reply: Reply) -> None:
        if reply.content is None:
            return
        arrival = work.activity.arrival
        person = Person(arrival.sender.name, arrival.sender.object_id or arrival.sender.teams_id)
        platform = self._platform_of(work.tenant)
        try:
            await platform.send_privately(person, arrival.conversation.reply_ref, reply.content)
        except PlatformRefused as error:
            log.warning("somebody could not be notified", organization=work.tenant.organization, reason=str(error))


def locale_of(arrival: Arrival, otherwise: Locale) -> Locale:
    """The language of somebody's client, when Haveri speaks it."""
    language = arrival.locale.partition("-")[0].lower()
    return language if language in CATALOGUE.languages else otherwise
