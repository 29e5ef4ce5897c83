"""Putting messages into the outbox."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from haveri_chassis.messages import MessageTooLarge
from haveri_contracts.envelope import Envelope, UnknownMessage
from haveri_contracts.message import find

MAX_BODY_BYTES = 1_000_000
"""Below NATS's default limit of 1 MiB for a message, with room for its headers."""

_CHANNEL = "'haveri_' || current_schema() || '_outbox'"
_CHANNEL_LOCK = f"hashtextextended({_CHANNEL}, 0)"

# NOTIFY takes a lock that PostgreSQL holds until the commit is on disk, so that commits which notify wait for each
# other instead of sharing one fsync. Writers therefore call only a relay that sleeps: while it sleeps it holds
# this advisory lock, and before it sleeps it tries the lock, stays awake when a writer has it, and else looks at
# the table once more. A writer that gets the lock, shared, to its commit has met a relay that is awake and will see
# the rows.
WAKE = f"SELECT pg_notify({_CHANNEL}, '') WHERE NOT pg_try_advisory_xact_lock_shared({_CHANNEL_LOCK})"

FALL_ASLEEP = f"SELECT pg_try_advisory_lock({_CHANNEL_LOCK})"
STAY_AWAKE = f"SELECT pg_advisory_unlock({_CHANNEL_LOCK})"
LEAD = f"SELECT pg_try_advisory_lock(hashtextextended({_CHANNEL} || '_leader', 0))"

_ROWS = """
WITH message AS (
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::bytea[])
        WITH ORDINALITY AS message (organization_id, id, key, subject, body, place)
), queued AS (
    INSERT INTO outbox (organization_id, id, key, subject, body)
    SELECT organization_id, id, key, subject, body FROM message ORDER BY place
)"""
_LOG = """, logged AS (
    INSERT INTO event_log (organization_id, id, subject, body)
    SELECT organization_id, id, subject, body FROM message ORDER BY place
)"""
_EMIT = f"{_ROWS} {WAKE}"
_EMIT_AND_LOG = f"{_ROWS}{_LOG} {WAKE}"


def outbox_channel(schema: str) -> str:
    """The NOTIFY channel that wakes the relay of a service."""
    return f"haveri_{schema}_outbox"


def wake_outbox_sql() -> str:
    """The SELECT that ends a statement which writes outbox rows itself: `WITH … <this>`. It takes no parameters."""
    return WAKE


def event_subject(envelope: Envelope) -> str:
    """The subject that a message travels on; raises UnknownMessage when contracts do not know its type."""
    message = find(envelope.type)
    if message is None:
        raise UnknownMessage(f"{envelope.type} is not known here; see the catalogue of messages")
    return message.subject(envelope.organization)


def ordering_key(envelope: Envelope) -> str:
    """Messages with the same key leave in the order in which they were written: the aggregate, or the organisation."""
    return envelope.subject or envelope.organization


async def emit(connection: asyncpg.Connection, envelopes: Sequence[Envelope], *, log: bool = True) -> None:
    """Write messages into the outbox (and the event log) in the caller's transaction, in one statement.

    They are published after the commit, those of one aggregate in this order. `log=False` is for a service whose own
    tables are its log. Raises UnknownMessage for a type that contracts do not know, and MessageTooLarge, a
    Refusal, for one of more than a million bytes, which the bus would refuse for ever.
    """
    if not envelopes:
        return
    bodies = [_encoded(envelope) for envelope in envelopes]
    await connection.execute(
        _EMIT_AND_LOG if log else _EMIT,
        [envelope.organization for envelope in envelopes],
        [envelope.id for envelope in envelopes],
        [ordering_key(envelope) for envelope in envelopes],
        [event_subject(envelope) for envelope in envelopes],
        bodies,
    )


def _encoded(envelope: Envelope) -> bytes:
    body = envelope.encode()
    if len(body) > MAX_BODY_BYTES:
        raise MessageTooLarge(f"This would be told in a message of {len(body)} bytes; the most is {MAX_BODY_BYTES}.")
    return body
