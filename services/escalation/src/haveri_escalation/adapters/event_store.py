"""Escalations in PostgreSQL: one input is one transaction, under the lock of its incident's row."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

import asyncpg

from haveri_chassis.database import Database
from haveri_chassis.messages import Sender
from haveri_chassis.outcomes import OutcomeTaken, record_outcome
from haveri_chassis.timers import Scheduled, reschedule
from haveri_contracts.escalation.events import TimerDue
from haveri_contracts.outcomes import Outcome
from haveri_escalation.adapters.appending import append, store_followed
from haveri_escalation.adapters.policy_store import PolicyStore
from haveri_escalation.adapters.round_robin import decide_in_turn
from haveri_escalation.adapters.translation_events import from_stored
from haveri_escalation.application.engine_ports import BeforeCommit, Decision, EventOvertook, Input
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.evolution import fold
from haveri_escalation.domain.state import Escalation
from haveri_escalation.domain.timers import Timer, wanted_timers
from haveri_escalation.domain.world import World

ACTING = "system:escalation"
_REMEMBERED = 4096

# The row is locked, made when it is not there yet, and read as it is once the lock is held.
_OPEN = """
WITH seen AS (
    INSERT INTO inbox (organization_id, consumer, message_id) SELECT $1, $3, $4 WHERE $3::text IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING 1
), locked AS (
    INSERT INTO escalations (organization_id, incident_id) VALUES ($1, $2)
    ON CONFLICT (organization_id, incident_id) DO UPDATE SET version = escalations.version
    RETURNING version, followed
)
SELECT version, followed, (SELECT count(*) FROM seen) AS first FROM locked
"""
_HISTORY = "SELECT type, payload FROM events WHERE organization_id = $1 AND incident_id = $2 ORDER BY version"
_FACILITY = "SELECT facility_id FROM escalations WHERE organization_id = $1 AND incident_id = $2"

Key = tuple[str, UUID]


class EscalationStore:
    """The engine's event store."""

    def __init__(self, database: Database, sender: Sender, policies: PolicyStore) -> None:
        self._database = database
        self._sender = sender
        self._policies = policies
        self._states: OrderedDict[Key, Escalation] = OrderedDict()

    async def facility_of(self, organization: str, incident_id: UUID) -> UUID | None:
        """Where a followed incident is; None for one that is not followed."""
        known = self._states.get((organization, incident_id))
        if known is not None:
            return known.incident.facility_id
        async with self._database.transaction(organization) as connection:
            found: UUID | None = await connection.fetchval(_FACILITY, organization, incident_id)
        return found

    async def take_in(
        self, given: Input, world: World, decision: Decision, before_commit: BeforeCommit | None = None
    ) -> None:
        """Decide and store in one transaction. Raises as `Escalations.take_in` says."""
        async with self._database.transaction(given.organization) as connection:
            opened = await self._open(connection, given)
            if opened is None:
                return
            before, followed = opened
            case = await decide_in_turn(connection, self._policies, given, world, decision, self._case(given, before))
            await self._store(connection, given, before, followed, case)
            if before_commit is not None:
                await before_commit(case)
        if case.is_known:
            self._remember(given, case.state)

    def _case(self, given: Input, before: Escalation | None) -> Callable[[World], Case]:
        return lambda world: Case(given.incident_id, before, world, given.now, self._sender.ids.new)

    async def _open(self, connection: asyncpg.Connection, given: Input) -> tuple[Escalation | None, int] | None:
        """The state under the incident's lock, and the last event taken in; None for a message seen before."""
        message_id = given.cause.id if given.consumer else None
        (row,) = await connection.fetch(_OPEN, given.organization, given.incident_id, given.consumer, message_id)
        if given.consumer is not None and not row["first"]:
            return None
        followed: int = row["followed"]
        if given.patient and given.sequence is not None and given.sequence > followed + 1:
            raise EventOvertook(f"version {given.sequence} of {given.incident_id} came after {followed}")
        return await self._state(connection, given, row["version"]), followed

    async def _state(self, connection: asyncpg.Connection, given: Input, version: int) -> Escalation | None:
        if version == 0:
            return None
        known = self._states.get((given.organization, given.incident_id))
        if known is not None and known.version == version:
            return known
        rows = await connection.fetch(_HISTORY, given.organization, given.incident_id)
        return fold(given.incident_id, (from_stored(given.incident_id, row["type"], row["payload"]) for row in rows))

    async def _store(
        self, connection: asyncpg.Connection, given: Input, before: Escalation | None, followed: int, case: Case
    ) -> None:
        if case.events:
            try:
                await append(connection, self._sender, given, before, case)
            except asyncpg.UniqueViolationError as conflict:
                if conflict.table_name == "command_outcomes":
                    raise OutcomeTaken(given.cause.id) from None
                raise
            await self._set_timers(connection, given, before, case.state)
        elif given.is_command:
            await record_outcome(connection, given.organization, Outcome.accepted(given.cause.id, {}))
        elif given.sequence is not None and given.sequence > followed:
            await store_followed(connection, given)

    async def _set_timers(
        self, connection: asyncpg.Connection, given: Input, before: Escalation | None, after: Escalation
    ) -> None:
        old, new = wanted_timers(before) if before else {}, wanted_timers(after)
        due = [self._scheduled(given, key, timer) for key, timer in new.items() if old.get(key) != timer]
        await reschedule(connection, given.organization, due, [key for key in old if key not in new])

    def _scheduled(self, given: Input, key: str, timer: Timer) -> Scheduled:
        message = TimerDue.model_validate(
            {
                "incident_id": given.incident_id,
                "timer": timer.kind,
                "run_id": timer.run_id,
                "generation": timer.generation,
                "round": timer.round,
                "step": timer.step,
                "call_id": timer.call_id,
                "attempt": timer.attempt,
                "due_at": timer.due_at,
            }
        )
        envelope = self._sender.event(
            message, organization=given.organization, actor=ACTING, cause=given.cause, time=given.now
        )
        return Scheduled(key, timer.due_at, envelope)

    def _remember(self, given: Input, state: Escalation) -> None:
        key = given.organization, given.incident_id
        self._states[key] = state
        self._states.move_to_end(key)
        while len(self._states) > _REMEMBERED:
            self._states.popitem(last=False)
