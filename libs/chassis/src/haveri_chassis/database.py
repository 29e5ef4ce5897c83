"""One service's door to PostgreSQL. Whoever comes through says for which organisation.

Hot paths use `Database.transaction` (asyncpg, three round trips with one statement inside), the rest may use
`Database.session` (SQLAlchemy). Nothing else in Haveri opens connections; `haveri_chassis.lints` holds that.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import orjson

from haveri_chassis.clock import SystemClock
from haveri_chassis.periodic import Periodic
from haveri_chassis.tenancy import EVERY_ORGANIZATION, SETTING, OrganizationRequired, checked_organization

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

__all__ = ["Database", "OrganizationRequired", "TransactionRolledBack", "aware", "savepoint"]

_COMMAND_TIMEOUT = 30.0
_CONNECT_TIMEOUT = 10.0
_WATCH_INTERVAL = timedelta(seconds=2)
_IDLE_CONNECTION_LIFETIME = 600.0


def aware(moment: datetime) -> datetime:
    """A moment as it was kept: asyncpg writes the calendar's first and last as infinite and gives those back naive."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class TransactionRolledBack(RuntimeError):
    """A statement failed inside the block and the error was swallowed: PostgreSQL kept nothing of the transaction."""


class Database:
    """One service's pool, and its engine once a session is asked for; a Component, ready while PostgreSQL answers.

    `open` never waits for PostgreSQL: connections are made when they are needed, so a service starts (unready) while
    the database is down. A caller whose connection is lost sees asyncpg's or SQLAlchemy's exception.
    """

    name = "database"

    def __init__(self, url: str, *, schema: str, pool_size: int = 10) -> None:
        self.schema = schema
        self._url = url.replace("postgresql+asyncpg://", "postgresql://", 1)
        self._pool_size = pool_size
        self._pool: asyncpg.Pool | None = None
        self._engine: AsyncEngine | None = None
        self._watcher = Periodic("database-watcher", _WATCH_INTERVAL, self._look, SystemClock())
        self._problem: str | None = "the database has not answered yet"

    async def open(self) -> None:
        """Prepare the pool without connecting; repeating it does nothing."""
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                min_size=0,
                max_size=self._pool_size,
                max_inactive_connection_lifetime=_IDLE_CONNECTION_LIFETIME,
                connect=self._connect,
                reset=_nothing_to_reset,
            )

    async def close(self) -> None:
        """Close every connection, waiting a moment for those in use."""
        pool, engine = self._pool, self._engine
        self._pool = self._engine = None
        if engine is not None:
            await engine.dispose()
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), _CONNECT_TIMEOUT)
            except TimeoutError:
                pool.terminate()

    async def ping(self) -> None:
        """Ask PostgreSQL for a sign of life; raises what asyncpg raises (or OSError, TimeoutError) without one."""
        async with self._open_pool().acquire(timeout=_CONNECT_TIMEOUT) as connection:
            await connection.execute("SELECT 1")

    def transaction(self, organization_id: str) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A transaction of one organisation on a pooled asyncpg connection.

        Commits at the end of the block, rolls back when it raises. Use `savepoint` for a part that may fail alone
        (`connection.transaction()` does not work inside). Raises OrganizationRequired for an invalid organisation and
        TransactionRolledBack when a failed statement's error was swallowed inside the block.
        """
        return _Transaction(self._open_pool(), checked_organization(organization_id))

    def across_organizations(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A transaction that sees every organisation's rows of those tables whose policy admits it.

        Only for infrastructure and for look-ups that find out the organisation; tenant tables look empty from here.
        """
        return _Transaction(self._open_pool(), EVERY_ORGANIZATION)

    def session(self, organization_id: str) -> AbstractAsyncContextManager[AsyncSession]:
        """A SQLAlchemy session of one organisation; commits at the end of the block, rolls back when it raises."""
        # SQLAlchemy is for those who ask for sessions: it costs 19 MB and a third of the start.
        from haveri_chassis.sessions import create_engine, open_session  # noqa: PLC0415

        checked_organization(organization_id)
        self._open_pool()
        if self._engine is None:
            self._engine = create_engine(self.dedicated_connection, self._pool_size)
        return open_session(self._engine, organization_id)

    async def dedicated_connection(self, **settings: str) -> asyncpg.Connection:
        """A connection outside the pool, which the caller closes: for LISTEN and session locks.

        `settings` are PostgreSQL settings of the whole connection.
        """
        connection: asyncpg.Connection = await asyncpg.connect(
            self._url,
            timeout=_CONNECT_TIMEOUT,
            command_timeout=_COMMAND_TIMEOUT,
            # Our statements are a fixed, small set; preparing them again every five minutes would only cost latency.
            max_cached_statement_lifetime=0,
            server_settings={
                "search_path": self.schema,
                "application_name": f"haveri-{self.schema}",
                "timezone": "UTC",
                # Statements here touch few rows: compiling them takes longer than running them.
                "jit": "off",
                **settings,
            },
        )
        return connection

    async def start(self) -> None:
        """Open, and watch in the background whether PostgreSQL answers."""
        await self.open()
        await self._watcher.start()

    async def stop(self) -> None:
        """Stop watching and close."""
        await self._watcher.stop()
        await self.close()

    def problem(self) -> str | None:
        """Why the service is not ready on the database's account; None when it is."""
        return self._problem

    async def _connect(self, *_: Any, **__: Any) -> asyncpg.Connection:
        connection = await self.dedicated_connection()
        for type_name in ("json", "jsonb"):
            await connection.set_type_codec(
                type_name, schema="pg_catalog", encoder=to_json, decoder=orjson.loads, format="text"
            )
        return connection

    async def _look(self) -> None:
        try:
            await asyncio.wait_for(self.ping(), _CONNECT_TIMEOUT)
            self._problem = None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what keeps us from being ready
            self._problem = f"the database does not answer ({type(error).__name__})"

    def _open_pool(self) -> asyncpg.Pool:
        if self._pool is None:
            raise RuntimeError("the database is not open: await Database.open() first")
        return self._pool


class _Transaction:
    """BEGIN and the organisation travel in one round trip; that is why asyncpg's own Transaction is not used."""

    def __init__(self, pool: asyncpg.Pool, organization: str) -> None:
        self._pool = pool
        self._organization = organization
        self._connection: asyncpg.pool.PoolConnectionProxy | None = None

    async def __aenter__(self) -> asyncpg.Connection:
        connection = await self._pool.acquire()
        try:
            # The organisation was checked (or is "*"), so it cannot end the literal; SET takes no parameters.
            await connection.execute(f"BEGIN; SET LOCAL {SETTING} = '{self._organization}'")
        except BaseException:
            await self._pool.release(connection)
            raise
        self._connection = connection
        return cast("asyncpg.Connection", connection)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if error is None:
                await self._commit(connection)
            elif not connection.is_closed():
                await connection.execute("ROLLBACK")
        finally:
            await self._pool.release(connection)

    @staticmethod
    async def _commit(connection: asyncpg.pool.PoolConnectionProxy) -> None:
        if await connection.execute("COMMIT") != "COMMIT":
            raise TransactionRolledBack("a statement in this transaction failed, so nothing of it was kept")


class savepoint:  # noqa: N801 - used like a function
    """A part of a transaction that may fail alone: `async with savepoint(connection): ...`.

    Undoes the block's own statements when it raises (and lets the exception through); the transaction goes on.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def __aenter__(self) -> None:
        await self._connection.execute("SAVEPOINT haveri_part")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self._connection.execute("RELEASE SAVEPOINT haveri_part")
        elif not self._connection.is_closed():
            await self._connection.execute("ROLLBACK TO SAVEPOINT haveri_part; RELEASE SAVEPOINT haveri_part")


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """Spare the round trip of asyncpg's reset (unlock all, CLOSE ALL, UNLISTEN, RESET ALL) after each use.

    On a pooled connection everything is local to a transaction, which has ended here: the organisation is set with
    SET LOCAL, locks are taken with the `_xact_` functions, LISTEN happens on dedicated connections only. asyncpg
    itself still rolls back a transaction that was left open. tests/integration/test_database.py holds all this.
    """


def to_json(value: Any) -> str:
    """A value as PostgreSQL takes JSON."""
    return orjson.dumps(value).decode()
