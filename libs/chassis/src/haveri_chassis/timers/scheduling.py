"""Setting, replacing and cancelling timers in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from haveri_chassis.outbox.writing import event_subject, ordering_key
from haveri_contracts.envelope import Envelope

GENERATION_HEADER = "Haveri-Timer-Generation"
"""The header of a timer's message that holds the generation `schedule` gave."""

# The generation is an identity value: it grows with every scheduling in the table and never comes again, so that a
# message of a replaced timer can be told from its successor's even after the row is gone.
_SCHEDULE = """
WITH scheduled AS (
    INSERT INTO due_timers (organization_id, key, due_at, message_id, message_key, subject, body)
    SELECT $1, t.key, t.due_at, t.message_id, t.message_key, t.subject, t.body
    FROM unnest($2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::bytea[])
        WITH ORDINALITY AS t(key, due_at, message_id, message_key, subject, body, place) ORDER BY t.place
    ON CONFLICT (organization_id, key) DO UPDATE SET
        generation = DEFAULT, due_at = excluded.due_at, message_id = excluded.message_id,
        message_key = excluded.message_key, subject = excluded.subject, body = excluded.body
    RETURNING generation
), cancelled AS (
    DELETE FROM due_timers WHERE organization_id = $1 AND key = ANY($8::text[])
)
SELECT generation, pg_notify('haveri_' || current_schema() || '_timers', '') FROM scheduled
"""
_CANCEL = "DELETE FROM due_timers WHERE organization_id = $1 AND key = $2"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message that is to be sent at `due_at` (aware) unless the timer under `key` is cancelled or replaced."""

    key: str
    due_at: datetime
    message: Envelope


def timers_channel(schema: str) -> str:
    """The NOTIFY channel that tells a service's timer workers of new timers."""
    return f"haveri_{schema}_timers"


async def schedule(
    connection: asyncpg.Connection, organization_id: str, key: str, due_at: datetime, message: Envelope
) -> int:
    """Send `message` at `due_at` (aware), unless cancelled or replaced by another under the same key before.

    Gives the generation, which travels in the message's header `Haveri-Timer-Generation`: whoever keeps it can refuse
    the message of a timer that was replaced at the last moment. The receiver checks the state again in any case.
    Raises ValueError for a moment without a time zone or a message of another organisation.
    """
    (generation,) = await _write(connection, organization_id, (Scheduled(key, due_at, message),), ())
    return generation


async def reschedule(
    connection: asyncpg.Connection,
    organization_id: str,
    timers: Sequence[Scheduled],
    cancelled: Iterable[str] = (),
) -> None:
    """Set several timers and take others back, in one statement; no key may be in both. Raises as `schedule` does."""
    gone = list(cancelled)
    if timers or gone:
        await _write(connection, organization_id, timers, gone)


async def _write(
    connection: asyncpg.Connection, organization_id: str, timers: Sequence[Scheduled], cancelled: Sequence[str]
) -> list[int]:
    for timer in timers:
        if timer.due_at.tzinfo is None:
            raise ValueError(f"the timer {timer.key!r} needs a moment with a time zone")
        if timer.message.organization != organization_id:
            theirs = timer.message.organization
            raise ValueError(f"the timer {timer.key!r} of {organization_id!r} carries a message of {theirs!r}")
    rows = await connection.fetch(
        _SCHEDULE,
        organization_id,
        [timer.key for timer in timers],
        [timer.due_at for timer in timers],
        [timer.message.id for timer in timers],
        [ordering_key(timer.message) for timer in timers],
        [event_subject(timer.message) for timer in timers],
        [timer.message.encode() for timer in timers],
        list(cancelled),
    )
    return [row["generation"] for row in rows]


async def cancel(connection: asyncpg.Connection, organization_id: str, key: str) -> bool:
    """Take a timer back; False when there was none (any more): its message may be on its way."""
    return await connection.execute(_CANCEL, organization_id, key) != "DELETE 0"
