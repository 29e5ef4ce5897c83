"""The table `sessions`: who is signed in. Cookies are kept as SHA-256 only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. `seen_at` is when it was last used, give or take a minute."""

    organization_id: str
    id: UUID
    member_id: UUID
    seen_at: datetime
    expires_at: datetime


async def find_session(connection: asyncpg.Connection, digest: bytes) -> Session | None:
    """The session of a cookie's digest, expired ones too."""
    row = await connection.fetchrow(
        "SELECT organization_id, id, member_id, seen_at, expires_at FROM sessions WHERE digest = $1", digest
    )
    return Session(*row) if row else None


async def add_session(connection: asyncpg.Connection, session: Session, digest: bytes) -> None:
    """Keep a new session."""
    await connection.execute(
        "INSERT INTO sessions (organization_id, id, digest, member_id, created_at, seen_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $5, $6)",
        session.organization_id,
        session.id,
        digest,
        session.member_id,
        session.seen_at,
        session.expires_at,
    )


async def touch_session(connection: asyncpg.Connection, session: Session, now: datetime) -> None:
    """Remember that the session was used."""
    await connection.execute(
        "UPDATE sessions SET seen_at = $3 WHERE organization_id = $1 AND id = $2",
        session.organization_id,
        session.id,
        now,
    )


async def remove_session(connection: asyncpg.Connection, session: Session) -> None:
    """Forget one session."""
    await connection.execute(
        "DELETE FROM sessions WHERE organization_id = $1 AND id = $2", session.organization_id, session.id
    )


async def remove_sessions_of(connection: asyncpg.Connection, organization_id: str, member_id: UUID) -> None:
    """Sign a member out everywhere."""
    await connection.execute(
        "DELETE FROM sessions WHERE organization_id = $1 AND member_id = $2", organization_id, member_id
    )


async def organizations_with_sessions(connection: asyncpg.Connection) -> list[str]:
    """Whose members signed in."""
    rows = await connection.fetch("SELECT DISTINCT organization_id FROM sessions ORDER BY 1")
    return [row["organization_id"] for row in rows]


async def remove_dead_sessions(
    connection: asyncpg.Connection, organization_id: str, unused_since: datetime, now: datetime
) -> None:
    """Forget an organisation's sessions that are over or were not used since."""
    await connection.execute(
        "DELETE FROM sessions WHERE organization_id = $1 AND (expires_at <= $2 OR seen_at < $3)",
        organization_id,
        now,
        unused_since,
    )
