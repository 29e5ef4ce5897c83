"""Passwords and API tokens of members, through the web's own code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_web.adapters.account_rows import account_of
from haveri_web.adapters.token_rows import find_token
from haveri_web.security.accounts import set_password
from haveri_web.security.secrets import digest
from haveri_web.security.tokens import LONGEST_LIFE, create_token

SCHEMA = "web"
EVERY_SCOPE = ("read", "respond", "administer")
_RENEW_BEFORE = timedelta(days=30)


class Accounts:
    """Accounts and tokens in the web's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def has_account(self, organization: str, member_id: UUID) -> bool:
        """True when the member has a password."""
        async with self._database.transaction(organization) as connection:
            return await account_of(connection, organization, member_id) is not None

    async def set_password(self, organization: str, member_id: UUID, email: str, password: str) -> None:
        """Give the member this password and end his sessions; raises the web's Refusals."""
        await set_password(self._database, organization, member_id, email, password)

    async def create_token(
        self,
        organization: str,
        member_id: UUID,
        name: str,
        scopes: Collection[str] = EVERY_SCOPE,
        life: timedelta = LONGEST_LIFE,
    ) -> str:
        """A new API token, shown this once; raises the web's Refusals."""
        token, _ = await create_token(self._database, organization, member_id, name, scopes, SystemClock().now() + life)
        return token

    async def is_good(self, token: str, organization: str) -> bool:
        """True when the token can be used for another month in this organisation."""
        async with self._database.transaction(organization) as connection:
            row = await find_token(connection, digest(token))
        if row is None or row.revoked_at is not None:
            return False
        return row.expires_at > SystemClock().now() + _RENEW_BEFORE


@asynccontextmanager
async def accounts_at(database_url: str) -> AsyncIterator[Accounts]:
    """Accounts in this database; `database_url` signs in as the web's role."""
    database = Database(database_url, schema=SCHEMA, pool_size=2)
    await database.open()
    try:
        yield Accounts(database)
    finally:
        await database.close()
