"""The event store: events, projection, outbox and outcome of one command, stored in one transaction or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from haveri_chassis.bus import MessageTooLarge
from haveri_chassis.database import Database
from haveri_chassis.ids import Ids
from haveri_chassis.outbox import MAX_BODY_BYTES, wake_outbox_sql
from haveri_chassis.outcomes import OutcomeTaken, record_outcome
from haveri_chassis.telemetry import current_traceparent
from haveri_contracts.envelope import Envelope, wrap
from haveri_contracts.incident.events import IncidentEvent
from haveri_contracts.incident.models import Incident
from haveri_contracts.message import find
from haveri_contracts.outcomes import Outcome
from haveri_contracts.subjects import Kind, subject_for
from haveri_incident.application.ports import Change, Context, VersionConflictError
from haveri_incident.domain.refusals import IncidentAlreadyDeclared
from haveri_incident.domain.state import Fact, fold

_HISTORY = """
SELECT version, type, payload, recorded_at FROM events
WHERE organization_id = $1 AND incident_id = $2 ORDER BY version
"""

# One statement, one round trip: a second writer of the same version fails on the primary key and stores nothing.
_APPEND = f"""
WITH appended AS (
    INSERT INTO events (organization_id, incident_id, version, event_id, type, occurred_at, recorded_at, actor,
                        payload, correlation_id, causation_id)
    SELECT $1, $2, e.version, e.id, e.type, $3, $4, $5, e.payload::jsonb, $6, $7
    FROM unnest($8::int[], $9::uuid[], $10::text[], $11::text[]) AS e(version, id, type, payload)
), projected AS (
    INSERT INTO incidents (organization_id, id, number, title, status, severity, facility_id, version, state)
    VALUES ($1, $2, $12, $13, $14, $15, $16, $17, $18::text::json)
    ON CONFLICT (organization_id, id) DO UPDATE SET
        title = excluded.title, status = excluded.status, severity = excluded.severity,
        version = excluded.version, state = excluded.state
), queued AS (
    INSERT INTO outbox (organization_id, id, key, subject, body)
    SELECT $1, o.id, $2::uuid::text, o.subject, o.body
    FROM unnest($9::uuid[], $19::text[], $20::bytea[]) AS o(id, subject, body)
), answered AS (
    INSERT INTO command_outcomes (organization_id, command_id, outcome) VALUES ($1, $7, $21::text::jsonb)
)
{wake_outbox_sql()}
"""  # noqa: S608 - put together from constants

_NEXT_NUMBER = """
INSERT INTO numbers (organization_id, last) VALUES ($1, 1)
ON CONFLICT (organization_id) DO UPDATE SET last = numbers.last + 1 RETURNING last
"""


class EventStore:
    """Incidents in PostgreSQL."""

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database = database
        self._ids = ids

    async def load(self, organization: str, incident_id: UUID) -> Incident | None:
        """The present state, folded from the events; None for an incident that is not of this organisation."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(_HISTORY, organization, incident_id)
        return fold(fact_of(row) for row in rows)

    async def append(self, context: Context, change: Change) -> dict[str, Any]:
        """Store a change; raises VersionConflictError when another was stored since it was decided."""
        async with self._database.transaction(context.organization) as connection:
            return await self.store(connection, context, change)

    async def settle(self, context: Context, state: Incident) -> dict[str, Any]:
        """Record that the command was accepted and changed nothing."""
        result = {"incident": state.model_dump(mode="json")}
        async with self._database.transaction(context.organization) as connection:
            await record_outcome(connection, context.organization, Outcome.accepted(context.command_id, result))
        return result

    @asynccontextmanager
    async def declaring(self, organization: str) -> AsyncIterator[DeclaringTransaction]:
        """A transaction that numbers and stores a new incident; a failure gives the number back."""
        async with self._database.transaction(organization) as connection:
            yield DeclaringTransaction(self, connection, organization)

    async def store(self, connection: asyncpg.Connection, context: Context, change: Change) -> dict[str, Any]:
        """Store a change in the caller's transaction; raises VersionConflictError."""
        envelopes = [self._envelope(context, change, index) for index in range(len(change.events))]
        incident = change.after
        state = incident.model_dump(mode="json")
        result = {"incident": state}
        projected, bodies = orjson.dumps(state), [envelope.encode() for envelope in envelopes]
        _check_size(incident.number, projected, *bodies)
        try:
            await connection.execute(
                _APPEND,
                context.organization,
                incident.id,
                change.occurred_at,
                change.recorded_at,
                context.actor,
                context.correlation_id,
                context.command_id,
                [envelope.sequence for envelope in envelopes],
                [envelope.id for envelope in envelopes],
                [envelope.type for envelope in envelopes],
                [_payload(envelope) for envelope in envelopes],
                int(incident.number.removeprefix("INC-")),
                incident.title,
                incident.status.value,
                incident.severity.value,
                incident.facility_id,
                incident.version,
                projected.decode(),
                [_subject(envelope) for envelope in envelopes],
                bodies,
                Outcome.accepted(context.command_id, result).model_dump_json(),
            )
        except asyncpg.UniqueViolationError as conflict:
            if conflict.table_name == "command_outcomes":
                raise OutcomeTaken(context.command_id) from None
            raise VersionConflictError(str(conflict)) from None
        return result

    def _envelope(self, context: Context, change: Change, index: int) -> Envelope:
        return wrap(
            change.events[index],
            id=self._ids.new(),
            source="incident",
            organization=context.organization,
            actor=context.actor,
            time=change.occurred_at,
            correlation_id=context.correlation_id,
            causation_id=context.command_id,
            sequence=change.before + index + 1,
            traceparent=current_traceparent(),
        )


class DeclaringTransaction:
    """One declaration: the number's row stays locked until commit, so numbers have no gap and no double."""

    def __init__(self, store: EventStore, connection: asyncpg.Connection, organization: str) -> None:
        self._store = store
        self._connection = connection
        self._organization = organization

    async def next_number(self) -> str:
        """The organisation's next number, such as INC-42."""
        return f"INC-{await self._connection.fetchval(_NEXT_NUMBER, self._organization)}"

    async def append(self, context: Context, change: Change) -> dict[str, Any]:
        """Store the declaration; raises IncidentAlreadyDeclared when the id was used before."""
        try:
            return await self._store.store(self._connection, context, change)
        except VersionConflictError:
            raise IncidentAlreadyDeclared("Send a new incident id for a new incident.") from None


def fact_of(row: asyncpg.Record) -> Fact:
    """The fact in a row of `events`."""
    return Fact(row["version"], event_of(row["type"], row["payload"]), row["recorded_at"])


def event_of(message_type: str, payload: dict[str, Any]) -> IncidentEvent:
    """The event of a type and its data, as it was published; raises KeyError for a type that is not an incident's."""
    message = find(message_type)
    if message is None or not issubclass(message, IncidentEvent):
        raise KeyError(message_type)
    return message.model_validate(payload)


def _check_size(number: str, *bodies: bytes) -> None:
    """Refuse what the bus would not carry: the relay would hold the incident's events back for ever behind it."""
    if any(len(one) > MAX_BODY_BYTES for one in bodies):
        raise MessageTooLarge(f"{number} holds too much text with this; write less, or put it into a file.")


def _payload(envelope: Envelope) -> str:
    return orjson.dumps(envelope.data).decode()


def _subject(envelope: Envelope) -> str:
    _, owner, name, version = envelope.type.split(".")
    return subject_for(envelope.organization, Kind.EVENT, owner, name, int(version[1:]))
