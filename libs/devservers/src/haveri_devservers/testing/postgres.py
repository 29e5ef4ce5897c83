"""A PostgreSQL server as tests see it."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from haveri_devservers.endpoints import PostgresEndpoint

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class PostgresForTests(PostgresEndpoint):
    """One server for the whole session. Organisations keep tests apart; make a database only where that cannot do."""

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """Make the database `name`, a copy of `template` if given, and give the superuser's URL of it.

        Names are lower-case letters, digits and underscores; raises ValueError for others.
        """
        statement = f"CREATE DATABASE {_checked(name)}"
        if template is not None:
            statement += f" TEMPLATE {_checked(template)}"
        self.execute(statement)
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drop the database `name` if it exists, ending its connections."""
        self.execute(f"DROP DATABASE IF EXISTS {_checked(name)} WITH (FORCE)")

    def execute(self, statement: str, *, database: str = "postgres") -> None:
        """Run one statement as superuser; usable in ordinary and in `async` tests, as it waits in a thread."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._execute(statement, database)).result()

    async def _execute(self, statement: str, database: str) -> None:
        import asyncpg  # noqa: PLC0415 -- pytest loads this module in every run

        connection = await asyncpg.connect(self.dsn(database))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a database: use lower-case letters, digits and underscores.")
    return name
