"""Setting, replacing and cancelling timers in the caller's transaction."""

from __future__ import annotations

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
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (organization_id, key) DO UPDATE SET
        generation = DEFAULT, due_at = excluded.due_at, message_id = excluded.message_id,
        message_key = excluded.message_key, subject = excluded.subject, body = excluded.body
    RETURNING generation
)
SELECT generation, pg_notify('haveri_' || current_schema() || '_timers', '') FROM scheduled
"""
_CANCEL = "DELETE FROM due_timers WHERE organization_id = $1 AND key = $2"


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
    if due_at.tzinfo is None:
        raise ValueError(f"the timer {key!r} needs a moment with a time zone")
    if message.organization != organization_id:
        raise ValueError(f"the timer {key!r} of {organization_id!r} carries a message of {message.organization!r}")
    generation: int = await connection.fetchval(
        _SCHEDULE,
        organization_id,
        key,
        due_at,
        message.id,
        ordering_key(message),
        event_subject(message),
        message.encode(),
    )
    return generation


async def cancel(connection: asyncpg.Connection, organization_id: str, key: str) -> bool:
    """Take a timer back; False when there was none (any more): its message may be on its way."""
    return await connection.execute(_CANCEL, organization_id, key) != "DELETE 0"
