"""The tables `idempotency_keys` and `pending_commands`: what was asked, so that a repeat gets the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg


@dataclass(frozen=True, slots=True)
class Request:
    """A request under an Idempotency-Key. `caller` is the token or member, `fingerprint` the SHA-256 of what it asks.

    `command_id` and `thing_id` are the ids that the command and what it creates got the first time.
    """

    organization_id: str
    caller: UUID
    key: str
    fingerprint: bytes
    command_id: UUID
    thing_id: UUID


async def claim(connection: asyncpg.Connection, request: Request, now: datetime) -> Request:
    """Keep the request unless its key was used before; give the one that is kept."""
    # The update that changes nothing makes the row visible to RETURNING, whoever was first.
    row = await connection.fetchrow(
        "INSERT INTO idempotency_keys (organization_id, caller, key, fingerprint, command_id, thing_id, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (organization_id, caller, key) "
        "DO UPDATE SET key = excluded.key "
        "RETURNING organization_id, caller, key, fingerprint, command_id, thing_id",
        request.organization_id,
        request.caller,
        request.key,
        request.fingerprint,
        request.command_id,
        request.thing_id,
        now,
    )
    return Request(*row) if row else request


async def forget_requests(connection: asyncpg.Connection, organization_id: str, older_than: datetime) -> None:
    """Forget an organisation's old keys and old pending commands."""
    await connection.execute(
        "DELETE FROM idempotency_keys WHERE organization_id = $1 AND created_at < $2", organization_id, older_than
    )
    await connection.execute(
        "DELETE FROM pending_commands WHERE organization_id = $1 AND sent_at < $2", organization_id, older_than
    )


async def add_pending(connection: asyncpg.Connection, organization_id: str, command_id: UUID, now: datetime) -> None:
    """Remember a command that was handed over and not yet answered."""
    await connection.execute(
        "INSERT INTO pending_commands (organization_id, command_id, sent_at) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        organization_id,
        command_id,
        now,
    )


async def is_pending(connection: asyncpg.Connection, organization_id: str, command_id: UUID) -> bool:
    """True when such a command was handed over."""
    found = await connection.fetchval(
        "SELECT true FROM pending_commands WHERE organization_id = $1 AND command_id = $2", organization_id, command_id
    )
    return bool(found)
