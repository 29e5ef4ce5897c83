"""The engine on real PostgreSQL and NATS with a clock that is moved, and people who can be called."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from haveri_chassis.bus import Bus, CommandBus, Received
from haveri_chassis.clock import ManualClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_chassis.outbox import OutboxRelay
from haveri_chassis.testing.house import House
from haveri_chassis.testing.waiting import eventually
from haveri_chassis.timers import TimerWorker
from haveri_contracts.envelope import Envelope, open_envelope, unwrap
from haveri_contracts.escalation import commands, events
from haveri_contracts.escalation.models import EscalationPolicy, EscalationRun, MaintenanceWindow
from haveri_contracts.escalation.queries import ListRunning, ListRuns, RunList, RunningList
from haveri_contracts.incident import events as incident_events
from haveri_contracts.incident.commands import ExpireAcknowledgement
from haveri_contracts.message import Command, Event
from haveri_contracts.outcomes import Outcome
from haveri_contracts.streams import ESCALATION_COMMANDS
from haveri_escalation.adapters.event_store import EscalationStore
from haveri_escalation.adapters.incident_orders import IncidentOrders
from haveri_escalation.adapters.policy_store import PolicyStore
from haveri_escalation.adapters.run_reads import RunReads
from haveri_escalation.adapters.window_work import MaintenanceWork
from haveri_escalation.adapters.worlds import LiveWorlds
from haveri_escalation.domain.people import Person, Roster, Way
from haveri_escalation.entrypoints import policies
from haveri_escalation.entrypoints.engine import Engine, EventHandler
from haveri_escalation.entrypoints.timers import attach_timers
from haveri_shifts.plan import Plan, Team

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
IDS = SystemIds()
_TIMERS = {events.TimerDue.message_type(), events.WindowDue.message_type()}
_LEFT = """
SELECT (SELECT count(*) FROM due_timers WHERE due_at <= $1), (SELECT count(*) FROM outbox),
       (SELECT count(*) FROM unnest($2::uuid[]) AS m WHERE NOT EXISTS (SELECT FROM inbox WHERE message_id = m))
"""
CHAT, MAIL = Way("chat"), Way("email", 5 * MINUTE)


class Rosters:
    """People by organisation, as the tests say."""

    def __init__(self) -> None:
        self.known: dict[str, Roster] = {}

    async def get(self, organization: str) -> Roster:
        """The people of an organisation; fails when nobody said who they are."""
        return self.known[organization]


class Stage:
    """One engine, everything it says, and the moving of its clock."""

    def __init__(self, house: House) -> None:
        self.clock = ManualClock(MONDAY_NOON)
        self.database: Database = house.database("escalation")
        self.bus = Bus(house.nats_url, service="escalation", clock=self.clock, ids=IDS)
        self.commands = CommandBus(self.bus)
        self.rosters = Rosters()
        self.reads = RunReads(self.database)
        self.heard: dict[str, list[Envelope]] = defaultdict(list)
        self._url = house.nats_url
        sender = Sender("escalation", self.clock, IDS)
        store = PolicyStore(self.database, self.bus, self.clock)
        engine = Engine(
            escalations=EscalationStore(self.database, sender, store),
            worlds=LiveWorlds(self.rosters, store),  # type: ignore[arg-type]
            windows=MaintenanceWork(self.database, sender),
            orders=IncidentOrders(self.commands),
            clock=self.clock,
        )
        engine.attach(self.bus, self.reads)
        changes = policies.handlers(store, self.rosters, self.clock)  # type: ignore[arg-type]
        self.bus.on_command(ESCALATION_COMMANDS, self.database, {**changes, **engine.handlers()})
        self.carried_out: set[UUID] = set()
        attach_timers(self.bus, {kind: self._noting(handler) for kind, handler in engine.on_timer().items()})
        self._parts: list[Any] = [
            self.database,
            self.bus,
            OutboxRelay(self.database, self.bus),
            TimerWorker(self.database, self.clock),
        ]
        self._listener: Client | None = None
        self._ears: list[Subscription] = []

    def _noting(self, handler: EventHandler) -> EventHandler:
        async def handle(received: Received[Any]) -> None:
            await handler(received)
            self.carried_out.add(received.envelope.id)

        return handle

    async def start(self) -> None:
        """Start the engine, and listen to all it says."""
        self._listener = await nats.connect(self._url)
        for subject in ("haveri.*.event.escalation.>", "haveri.*.command.incident.expire_acknowledgement.v1"):
            self._ears.append(await self._listener.subscribe(subject, cb=self._hear))
        await self._listener.flush()
        for part in self._parts:
            await part.start()
        for part in self._parts:
            await eventually(lambda part=part: part.problem() is None)

    async def stop(self) -> None:
        """Stop all of it."""
        for part in reversed(self._parts):
            await part.stop()
        if self._listener is not None:
            await self._listener.close()

    async def _hear(self, message: Msg) -> None:
        envelope = open_envelope(message.data)
        self.heard[envelope.organization].append(envelope)

    async def publish(self, envelope: Envelope, subject: str) -> None:
        """Say something on the bus."""
        await self.bus.publish_durable(subject, envelope.encode(), str(envelope.id))

    async def settle(self, organization: str, *messages: UUID) -> None:
        """Wait until these messages were taken in, and everything that is due by now was carried out."""

        async def quiet() -> bool:
            before = await self._timers_heard(organization)
            if not before <= self.carried_out:
                return False
            async with self.database.transaction(organization) as connection:
                row = await connection.fetchrow(_LEFT, self.clock.now(), list(messages))
            # Nothing was under way before that look, nothing was left then, and nothing has come since.
            return not any(row or ()) and await self._timers_heard(organization) == before

        await eventually(quiet)

    async def _timers_heard(self, organization: str) -> set[UUID]:
        assert self._listener is not None
        await self._listener.flush()
        while any(ear.pending_msgs for ear in self._ears):  # noqa: ASYNC110 - they are in hand already
            await asyncio.sleep(0)
        return {envelope.id for envelope in self.heard[organization] if envelope.type in _TIMERS}

    async def move(self, organization: str, minutes: float) -> None:
        """Let time pass: from one due timer of the organisation to the next."""
        until = self.clock.now() + minutes * MINUTE
        while True:
            async with self.database.transaction(organization) as connection:
                due = await connection.fetchval("SELECT min(due_at) FROM due_timers")
            if due is None or due > until:
                break
            await self.clock.advance_and_settle(max(due - self.clock.now(), timedelta()))
            await self.settle(organization)
        await self.clock.advance_and_settle(until - self.clock.now())
        await self.settle(organization)


class Plant:
    """One organisation: its people, its incident, and what it hears of the engine."""

    def __init__(self, stage: Stage, organization: str) -> None:
        self.stage, self.organization = stage, organization
        self.facility, self.line, self.press, self.incident = (IDS.new() for _ in range(4))
        self.anna, self.ben, self.carla, self.dirk, self.adam, self.viewer = (IDS.new() for _ in range(6))
        self.crew, self.empty = IDS.new(), IDS.new()
        self.version = 0
        names = {self.anna: "Anna", self.ben: "Ben", self.carla: "Carla", self.dirk: "Dirk"}
        people = {id: Person(id, name, (CHAT, MAIL)) for id, name in names.items()}
        people[self.adam] = Person(self.adam, "Adam", (CHAT,), is_administrator=True, may_manage=True)
        people[self.viewer] = Person(self.viewer, "Veera", (CHAT,), may_respond=False)
        teams = (Team(self.crew, "Crew", (self.anna, self.ben)), Team(self.empty, "Nobody", ()))
        self.roster = Roster(
            people=people,
            plans={self.facility: Plan(UTC, teams)},
            team_names={self.crew: "Crew", self.empty: "Nobody"},
            area_names={self.line: "Line 1"},
            area_of_asset={self.press: self.line},
            type_of_asset={self.press: "press"},
            facility_names={self.facility: "Works"},
            facility_of_area={self.line: self.facility},
        )

    @property
    def roster(self) -> Roster:
        """Who is there."""
        return self.stage.rosters.known[self.organization]

    @roster.setter
    def roster(self, roster: Roster) -> None:
        self.stage.rosters.known[self.organization] = roster

    def with_another_incident(self) -> Plant:
        """The same plant, with a second incident on the same line."""
        other = copy(self)
        other.incident, other.version = IDS.new(), 0
        return other

    def reach(self, member: UUID, *ways: Way) -> None:
        """From now on a member is reached by these ways only."""
        people = dict(self.roster.people)
        people[member] = replace(people[member], ways=ways)
        self.roster = replace(self.roster, people=people)

    async def order(self, command: Command, who: UUID | None = None, *, id: UUID | None = None) -> Outcome:
        """Send an order and give its outcome; the administrator orders when nobody is named."""
        outcome = await self.stage.commands.send(
            command,
            organization=self.organization,
            actor=f"member:{who or self.adam}",
            command_id=id or IDS.new(),
            wait=10,
        )
        assert outcome is not None
        return outcome

    async def put(self, severity: str, *steps: dict[str, Any], **values: Any) -> UUID:
        """Put the policy for a severity: steps as JSON."""
        policy = EscalationPolicy.model_validate(
            {
                "id": IDS.new(),
                "name": f"{severity} at the works",
                "facility_id": self.facility,
                "conditions": {"severity": [severity]},
                "steps": list(steps),
                **values,
            }
        )
        outcome = await self.order(commands.PutPolicy(policy=policy))
        assert outcome.problem is None, outcome.problem
        return policy.id

    async def maintain(self, from_minutes: float, to_minutes: float, reason: str = "") -> UUID:
        """Announce work on the line, from and to so many minutes from now."""
        now = self.stage.clock.now()
        window = MaintenanceWindow(
            id=IDS.new(),
            facility_id=self.facility,
            area_ids=[self.line],
            starts_at=now + from_minutes * MINUTE,
            ends_at=now + to_minutes * MINUTE,
            reason=reason,
        )
        outcome = await self.order(commands.PutMaintenanceWindow(window=window))
        assert outcome.problem is None, outcome.problem
        await self.stage.settle(self.organization)
        return window.id

    async def say(self, kind: type[Event], who: UUID | None = None, **values: Any) -> Envelope:
        """News of the incident, in its order; taken in and carried out when this returns."""
        self.version += 1
        news = kind.model_validate({"incident_id": self.incident, **values})
        envelope = self.stage.bus.sender.event(
            news,
            organization=self.organization,
            actor=f"member:{who}" if who else "system:test",
            cause=None,
            sequence=self.version,
        )
        await self.stage.publish(envelope, news.subject(self.organization))
        await self.stage.settle(self.organization, envelope.id)
        return envelope

    async def declare(self, severity: str = "SEV2", **values: Any) -> Envelope:
        """Declare the incident on the line."""
        return await self.say(
            incident_events.IncidentDeclared,
            number="INC-42",
            title="Filler 2 jammed",
            severity=severity,
            facility_id=self.facility,
            area_id=self.line,
            declared_by="system:test",
            declared_at=self.stage.clock.now(),
            **values,
        )

    async def take(self, member: UUID) -> Envelope:
        """A member takes the incident."""
        now = self.stage.clock.now()
        return await self.say(incident_events.IncidentAcknowledged, member, member_id=member, acknowledged_at=now)

    async def move(self, minutes: float) -> None:
        """Let time pass."""
        await self.stage.move(self.organization, minutes)

    async def report(self, call_id: UUID, via: str, outcome: str, reason: str = "") -> Outcome | None:
        """Whoever carries a notification reports."""
        answer = await self.stage.commands.send(
            commands.ReportNotification.model_validate(
                {"incident_id": self.incident, "call_id": call_id, "via": via, "outcome": outcome, "reason": reason}
            ),
            organization=self.organization,
            actor="system:teams-gateway",
            command_id=IDS.new(),
            wait=10,
        )
        await self.stage.settle(self.organization)
        return answer

    async def reach_everybody(self) -> None:
        """Every card that was asked for so far is delivered."""
        for asked in self.told(events.NotificationRequested):
            if asked.incident_id == self.incident and asked.via == "chat":
                await self.report(asked.call_id, "chat", "delivered")

    def told(self, kind: type[Any]) -> list[Any]:
        """What the engine said of one kind."""
        heard = self.stage.heard[self.organization]
        return [unwrap(envelope) for envelope in heard if envelope.type == kind.message_type()]

    def called(self) -> list[UUID]:
        """Everybody who was called, in the order of their calls."""
        return [call.member_id for step in self.told(events.StepFired) for call in step.calls]

    def call_of(self, member: UUID) -> UUID:
        """The newest call of a member."""
        calls = [call for step in self.told(events.StepFired) for call in step.calls]
        return next(call.call_id for call in reversed(calls) if call.member_id == member)

    def expiries(self) -> list[ExpireAcknowledgement]:
        """What the incident service was asked."""
        return self.told(ExpireAcknowledgement)

    async def runs(self) -> list[EscalationRun]:
        """The incident's runs as they are answered."""
        answer = await self.stage.reads.runs(self.organization, ListRuns(incident_id=self.incident))
        return RunList.model_validate_json(answer).items

    async def running(self, **page: Any) -> RunningList:
        """The runs under way."""
        return await self.stage.reads.running(self.organization, ListRunning.model_validate({"page": page}))

    async def rows(self, sql: str) -> list[Any]:
        """Rows of the service's tables."""
        async with self.stage.database.transaction(self.organization) as connection:
            return await connection.fetch(sql)


def calling(*members: UUID, after: float = 0, **values: Any) -> dict[str, Any]:
    """A step that calls members by name."""
    return {"notify": {"member_ids": [str(member) for member in members]}, "after_minutes": after, **values}
