"""The table `accounts`: who signs in with which e-mail address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg


@dataclass(frozen=True, slots=True)
class Account:
    """A member's way in. `email` is lower case, `password_hash` argon2id."""

    organization_id: str
    member_id: UUID
    email: str
    password_hash: str


async def accounts_with(connection: asyncpg.Connection, email: str) -> list[Account]:
    """Every account of this address, one an organisation at most."""
    rows = await connection.fetch(
        "SELECT organization_id, member_id, email, password_hash FROM accounts WHERE email = $1 ORDER BY 1", email
    )
    return [Account(*row) for row in rows]


async def account_of(connection: asyncpg.Connection, organization_id: str, member_id: UUID) -> Account | None:
    """A member's account, if there is one."""
    row = await connection.fetchrow(
        "SELECT organization_id, member_id, email, password_hash FROM accounts "
        "WHERE organization_id = $1 AND member_id = $2",
        organization_id,
        member_id,
    )
    return Account(*row) if row else None


async def put_account(connection: asyncpg.Connection, account: Account, now: datetime) -> None:
    """Keep the account, replacing the member's earlier one; UniqueViolationError when the address is taken."""
    await connection.execute(
        "INSERT INTO accounts (organization_id, member_id, email, password_hash, created_at, changed_at) "
        "VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (organization_id, member_id) DO UPDATE "
        "SET email = excluded.email, password_hash = excluded.password_hash, changed_at = excluded.changed_at",
        account.organization_id,
        account.member_id,
        account.email,
        account.password_hash,
        now,
    )
