"""The table `tokens`: API tokens, kept as SHA-256 only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

_COLUMNS = "organization_id, id, member_id, name, scopes, created_at, expires_at, revoked_at, last_used_at"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An API token without its secret."""

    organization_id: str
    id: UUID
    member_id: UUID
    name: str
    scopes: Sequence[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


async def find_token(connection: asyncpg.Connection, digest: bytes) -> TokenRow | None:
    """The token of a digest, dead ones too."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM tokens WHERE digest = $1", digest)  # noqa: S608
    return TokenRow(*row) if row else None


async def token_with_id(connection: asyncpg.Connection, organization_id: str, token_id: UUID) -> TokenRow | None:
    """One token of the organisation."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM tokens WHERE organization_id = $1 AND id = $2",  # noqa: S608
        organization_id,
        token_id,
    )
    return TokenRow(*row) if row else None


async def tokens_of(
    connection: asyncpg.Connection, organization_id: str, before: UUID | None, limit: int
) -> list[TokenRow]:
    """The organisation's tokens, newest first, those older than `before`."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM tokens WHERE organization_id = $1 "  # noqa: S608
        "AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        organization_id,
        before,
        limit,
    )
    return [TokenRow(*row) for row in rows]


async def add_token(connection: asyncpg.Connection, token: TokenRow, digest: bytes) -> None:
    """Keep a new token."""
    await connection.execute(
        "INSERT INTO tokens (organization_id, id, digest, member_id, name, scopes, created_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        token.organization_id,
        token.id,
        digest,
        token.member_id,
        token.name,
        list(token.scopes),
        token.created_at,
        token.expires_at,
    )


async def touch_token(connection: asyncpg.Connection, token: TokenRow, now: datetime) -> None:
    """Remember that the token was used."""
    await connection.execute(
        "UPDATE tokens SET last_used_at = $3 WHERE organization_id = $1 AND id = $2",
        token.organization_id,
        token.id,
        now,
    )


async def revoke_token(connection: asyncpg.Connection, organization_id: str, token_id: UUID, now: datetime) -> bool:
    """Take a token's power away, for good; False when there is no such token. An earlier revocation stays as it was."""
    done = await connection.execute(
        "UPDATE tokens SET revoked_at = coalesce(revoked_at, $3) WHERE organization_id = $1 AND id = $2",
        organization_id,
        token_id,
        now,
    )
    return str(done).endswith(" 1")


async def organizations_with_tokens(connection: asyncpg.Connection) -> list[str]:
    """Who has API tokens."""
    rows = await connection.fetch("SELECT DISTINCT organization_id FROM tokens ORDER BY 1")
    return [row["organization_id"] for row in rows]
