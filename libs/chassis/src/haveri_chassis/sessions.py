"""The SQLAlchemy side of the database: sessions that belong to one organisation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
from sqlalchemy import Connection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from haveri_chassis.database import to_json
from haveri_chassis.tenancy import SETTING, OrganizationRequired, checked_organization

_ORGANIZATION_KEY = "haveri_organization"


class OrganizationSession(Session):
    """A session whose every transaction carries an organisation, or does not begin."""


@event.listens_for(OrganizationSession, "after_begin")
def _set_organization(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    organization = session.info.get(_ORGANIZATION_KEY)
    if organization is None:
        raise OrganizationRequired("this session was opened without an organisation; use Database.session")
    connection.exec_driver_sql("SELECT set_config($1, $2, true)", (SETTING, checked_organization(organization)))


def create_engine(connect: Callable[[], Awaitable[asyncpg.Connection]], pool_size: int) -> AsyncEngine:
    """An engine over connections that `connect` makes; none is made yet."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=pool_size,
        max_overflow=0,
        json_serializer=to_json,
        json_deserializer=orjson.loads,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_lost_connection)
    return engine


def _refuse_lost_connection(connection: Any, _record: object, _proxy: object) -> None:
    """Have the pool make a new connection in place of one that was lost while it waited: no round trip is needed."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the connection was lost while nobody used it")


@asynccontextmanager
async def open_session(engine: AsyncEngine, organization_id: str) -> AsyncIterator[AsyncSession]:
    """A session of one organisation that commits at the end of the block and rolls back when it raises."""
    session = AsyncSession(
        engine,
        sync_session_class=OrganizationSession,
        expire_on_commit=False,
        info={_ORGANIZATION_KEY: organization_id},
    )
    async with session, session.begin():
        yield session


async def driver_connection(session: AsyncSession) -> asyncpg.Connection:
    """The asyncpg connection under a session, inside the session's transaction.

    For the chassis's outbox, inbox, outcome and timer calls. Flush the session first when order matters; JSON values
    are plain text on this connection, which the chassis's own statements allow for.
    """
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if not isinstance(driver, asyncpg.Connection):
        raise TypeError(f"expected an asyncpg connection under the session, found {type(driver).__name__}")
    return driver
