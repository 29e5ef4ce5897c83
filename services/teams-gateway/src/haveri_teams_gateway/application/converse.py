"""What somebody asks for is understood, carried out and answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from haveri_chassis.clock import Clock
from haveri_chat import answers
from haveri_chat.cards import Card
from haveri_chat.commands.base import Context, IncidentRequest, Request
from haveri_chat.commands.incident import Declare
from haveri_chat.commands.incidents import incidents_card
from haveri_chat.commands.oncall import on_call_card
from haveri_chat.commands.timeline import timeline_card
from haveri_chat.conversation import interpret, pressed, submitted
from haveri_chat.decisions import (
    AnswerPrivately,
    Decision,
    OpenForm,
    QueryIncidents,
    QueryOnCall,
    QueryTimeline,
    SendCommand,
    Where,
)
from haveri_chat.grammar import parse
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Mention, Misunderstood, Utterance
from haveri_chat.tidying import SHORT, shortened
from haveri_contracts.escalation.commands import AnswerCall
from haveri_contracts.incident.commands import IncidentCommand
from haveri_contracts.incident.models import Incident
from haveri_contracts.outcomes import Problem
from haveri_contracts.types import member_actor
from haveri_teams_gateway.application.neighbours import Commands, Queries
from haveri_teams_gateway.application.reply import Reply
from haveri_teams_gateway.domain.activities import DeclareFromMessage, Pressed, Said
from haveri_teams_gateway.domain.sameness import DerivedIds

SHOWN_ENTRIES = 15
ALREADY_ACKNOWLEDGED = "already-acknowledged"
Asking = Said | Pressed | DeclareFromMessage


@dataclass(frozen=True)
class Turn:
    """One thing that a member asked for. `mentions` are resolved; `channel_incident` looks up whose channel it is."""

    organization: str
    activity_id: UUID
    activity: Asking
    mentions: tuple[Mention, ...]
    who: Who
    plant: Plant
    channel_incident: Callable[[], Awaitable[UUID | None]]

    @property
    def actor(self) -> str:
        """The member as an actor."""
        return member_actor(self.who.member.id)


class Converse:
    """Takes a turn. Raises OwnerUnavailable or BusUnavailable when it has to be taken again later."""

    def __init__(self, commands: Commands, queries: Queries, clock: Clock) -> None:
        self._commands = commands
        self._queries = queries
        self._clock = clock

    async def take(self, turn: Turn) -> Reply:
        """Understand, act, answer. The same turn again sends the same command."""
        return await self._carry_out(turn, await self._decide(turn))

    async def _decide(self, turn: Turn) -> Decision:
        ids = DerivedIds(turn.activity_id, "turn")
        match turn.activity:
            case DeclareFromMessage(text=text):
                what = shortened(text.partition("\n")[0], SHORT)
                return OpenForm(Declare(what, details=text).form(Context(turn.who, turn.plant, ids.new)))
            case Pressed(form=str(), data=data, values=values):
                addressed = await self._find(turn, data.get("incident"))
                where = Where(addressed=addressed)
                return submitted(data, values, turn.who, where, turn.plant, new_id=ids.new)
            case Pressed(data=data):
                return await self._interpret(turn, pressed(data), ids)
            case Said(text=text):
                return await self._interpret(turn, parse(Utterance(text, turn.mentions)), ids)

    async def _interpret(self, turn: Turn, request: Request | Misunderstood, ids: DerivedIds) -> Decision:
        where = Where()
        # Only requests about one incident have `incident`; the others need not wait for any look-up.
        if isinstance(request, IncidentRequest):
            here_id = None if isinstance(turn.activity, Pressed) else await turn.channel_incident()
            here = await self._find(turn, str(here_id) if here_id else None)
            where = Where(here, await self._find(turn, request.incident))
        return interpret(request, turn.who, where, turn.plant, new_id=ids.new, now=self._clock.now())

    async def _find(self, turn: Turn, wanted: str | None) -> Incident | None:
        return await self._queries.incident(turn.organization, turn.actor, wanted) if wanted else None

    async def _carry_out(self, turn: Turn, decision: Decision) -> Reply:
        match decision:
            case SendCommand():
                return await self._send(turn, decision)
            case OpenForm(form):
                return Reply(form=form)
            case AnswerPrivately(content):
                return (
                    Reply(text=content, refusal="not-carried-out") if isinstance(content, str) else Reply(card=content)
                )
            case _:
                return Reply(card=await self._query(turn, decision))

    async def _send(self, turn: Turn, decision: SendCommand) -> Reply:
        command = decision.command
        outcome = await self._commands.send(
            command, organization=turn.organization, actor=turn.actor, command_id=turn.activity_id
        )
        incident_id = command.incident_id if isinstance(command, IncidentCommand | AnswerCall) else None
        if outcome is None:
            return Reply(text=answers.accepted_later(turn.who.locale), follows=True)
        if outcome.problem is not None:
            text = await self._refused(turn, outcome.problem, incident_id)
            return Reply(text=text, refusal=outcome.problem.type, incident_id=incident_id)
        return Reply(text=decision.then, incident_id=incident_id)

    async def _refused(self, turn: Turn, problem: Problem, incident_id: UUID | None) -> str:
        """Why not; who was first, when that is the reason."""
        if problem.type == ALREADY_ACKNOWLEDGED and incident_id is not None:
            incident = await self._find(turn, str(incident_id))
            if incident is not None:
                return answers.taken_already(turn.who, turn.plant, incident, now=self._clock.now())
        return answers.refused(turn.who.locale, problem)

    async def _query(self, turn: Turn, decision: QueryOnCall | QueryIncidents | QueryTimeline) -> Card:
        organization, actor, now = turn.organization, turn.actor, self._clock.now()
        match decision:
            case QueryOnCall(facility_ids):
                shifts = {
                    facility: await self._queries.on_shift(organization, actor, facility) for facility in facility_ids
                }
                return on_call_card(turn.who, turn.plant, shifts, now=now)
            case QueryIncidents(query):
                found = await self._queries.incidents(organization, actor, query)
                return incidents_card(turn.who, turn.plant, found, now=now)
            case QueryTimeline(incident):
                entries = await self._queries.newest_entries(organization, actor, incident.id, SHOWN_ENTRIES)
                return timeline_card(turn.who, turn.plant, incident, entries)
