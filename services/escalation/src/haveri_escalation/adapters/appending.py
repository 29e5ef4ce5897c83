"""Writing what was decided: events, what is read of them, messages and the command's outcome, in one statement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from haveri_chassis.messages import Sender
from haveri_chassis.outbox import event_subject, wake_outbox_sql
from haveri_contracts.envelope import Envelope
from haveri_contracts.outcomes import Outcome
from haveri_contracts.types import member_actor
from haveri_escalation.adapters import projections
from haveri_escalation.adapters.translation_events import stored_type, to_published, to_stored
from haveri_escalation.application.engine_ports import Input
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.events import NotificationAnswered
from haveri_escalation.domain.facts import EscalationEvent
from haveri_escalation.domain.state import Escalation

_ACTING = "system:escalation"
_HEAD_WIDTH = 24


def _places(first: int, count: int) -> list[str]:
    return [f"${number}" for number in range(first, first + count)]


_APPEND = f"""
WITH appended AS (
    INSERT INTO events (organization_id, incident_id, version, event_id, type, occurred_at, actor, payload,
                        correlation_id, causation_id)
    SELECT $1, $2, e.version, e.id, e.type, $4, e.actor, e.payload::jsonb, $5, $6
    FROM unnest($7::int[], $8::uuid[], $9::text[], $10::text[], $11::text[]) AS e(version, id, type, actor, payload)
), headed AS (
    UPDATE escalations SET version = $12, followed = greatest(followed, $13), number = $14, title = $15,
        severity = $16, facility_id = $3, area_id = $17, asset_ids = $18::uuid[]
    WHERE organization_id = $1 AND incident_id = $2
), published AS (
    SELECT * FROM unnest($19::uuid[], $20::text[], $21::bytea[]) WITH ORDINALITY AS t(id, subject, body, place)
), queued AS (
    INSERT INTO outbox (organization_id, id, key, subject, body)
    SELECT $1, id, $2::uuid::text, subject, body FROM published ORDER BY place
), logged AS (
    INSERT INTO event_log (organization_id, id, subject, body)
    SELECT $1, id, subject, body FROM published ORDER BY place
), answered AS (
    INSERT INTO command_outcomes (organization_id, command_id, outcome)
    SELECT $1, $22, $23::text::jsonb WHERE $22::uuid IS NOT NULL
), runs_now AS (
    {projections.RUNS_SQL.format(*_places(_HEAD_WIDTH, 7))}
), steps_now AS (
    {projections.STEPS_SQL.format(*_places(_HEAD_WIDTH + 7, 7))}
), calls_now AS (
    {projections.CALLS_SQL.format(*_places(_HEAD_WIDTH + 14, 11))}
)
{wake_outbox_sql()}
"""  # noqa: S608 - put together from constants
_FOLLOWED = "UPDATE escalations SET followed = $3 WHERE organization_id = $1 AND incident_id = $2"


async def append(
    connection: asyncpg.Connection, sender: Sender, given: Input, before: Escalation | None, case: Case
) -> None:
    """Write a case's events and all that follows from them; raises asyncpg.UniqueViolationError for a taken outcome."""
    first = (before.version if before else 0) + 1
    events = case.events
    ids = [sender.ids.new() for _ in events]
    published = [
        _envelope(sender, given, event, id, version)
        for version, (event, id) in enumerate(zip(events, ids, strict=True), start=first)
    ]
    envelopes = [envelope for envelope in published if envelope is not None]
    incident, correlation = case.incident, given.cause.caused()
    outcome_of: UUID | None = given.cause.id if given.is_command else None
    values: list[Any] = [
        given.organization,
        given.incident_id,
        incident.facility_id,
        given.now,
        *correlation,
        [first + place for place in range(len(events))],
        ids,
        [stored_type(event) for event in events],
        [_actor(event) for event in events],
        [to_stored(event) for event in events],
        case.state.version,
        given.sequence or 0,
        incident.number,
        incident.title,
        incident.severity.value,
        incident.area_id,
        list(incident.asset_ids),
        [envelope.id for envelope in envelopes],
        [event_subject(envelope) for envelope in envelopes],
        [envelope.encode() for envelope in envelopes],
        outcome_of,
        Outcome.accepted(outcome_of, {}).model_dump_json() if outcome_of else None,
        *projections.run_columns(before, case.state),
        *projections.step_columns(before, case.state),
        *projections.call_columns(before, case.state),
    ]
    await connection.execute(_APPEND, *values)


async def store_followed(connection: asyncpg.Connection, given: Input) -> None:
    """Note that an event was taken in which changed nothing."""
    await connection.execute(_FOLLOWED, given.organization, given.incident_id, given.sequence)


def _envelope(sender: Sender, given: Input, event: EscalationEvent, id: UUID, version: int) -> Envelope | None:
    message = to_published(event)
    if message is None:
        return None
    return sender.event(
        message,
        id=id,
        organization=given.organization,
        actor=_actor(event),
        cause=given.cause,
        sequence=version,
        time=given.now,
    )


def _actor(event: EscalationEvent) -> str:
    """People answer; everything else the engine does."""
    return member_actor(event.member_id) if isinstance(event, NotificationAnswered) else _ACTING
