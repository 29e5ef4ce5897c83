"""The engine on real PostgreSQL and NATS with a clock that is moved, and people who can be called."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from haveri_chassis.bus import Bus, CommandBus, Received
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_chassis.outbox import OutboxRelay
from haveri_chassis.timers import TimerWorker
from haveri_contracts.envelope import Envelope, open_envelope
from haveri_contracts.escalation import events
from haveri_contracts.streams import ESCALATION_COMMANDS
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.house import House
from haveri_devservers.testing.waiting import eventually
from haveri_escalation.adapters.event_store import EscalationStore
from haveri_escalation.adapters.incident_commands import IncidentCommands
from haveri_escalation.adapters.policy_store import PolicyStore
from haveri_escalation.adapters.run_reads import RunReads
from haveri_escalation.adapters.window_work import MaintenanceWork
from haveri_escalation.adapters.worlds import LiveWorlds
from haveri_escalation.domain.people import Roster, Way
from haveri_escalation.entrypoints import policies
from haveri_escalation.entrypoints.engine import Engine, EventHandler
from haveri_escalation.entrypoints.timers import attach_timers

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
            commands=IncidentCommands(self.commands),
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
