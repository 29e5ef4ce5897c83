"""A connection of its own on which PostgreSQL can call: for workers that sleep until there is something to do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import asyncpg

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.tenancy import EVERY_ORGANIZATION, SETTING

_CLOSING_TIMEOUT = 2.0


class Listener:
    """Listens on a channel and sees the infrastructure rows of every organisation; `stirred` is set by each call.

    Whoever waits clears `stirred` *before* looking at the table: a call in between is then not lost. A lost connection
    sets it too, so that the next statement finds out.
    """

    def __init__(self, database: Database, channel: str, stirred: asyncio.Event, **settings: str) -> None:
        self._database = database
        self._channel = channel
        self._stirred = stirred
        self._settings = {SETTING: EVERY_ORGANIZATION, **settings}
        self._connection: asyncpg.Connection | None = None

    async def __aenter__(self) -> Self:
        """Connect and listen; raises what asyncpg raises when the database is away."""
        connection = await self._database.dedicated_connection(**self._settings)
        self._connection = connection
        connection.add_termination_listener(self._on_end)
        await connection.add_listener(self._channel, self._on_call)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.remove_termination_listener(self._on_end)
            try:
                await connection.close(timeout=_CLOSING_TIMEOUT)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                connection.terminate()

    @property
    def connection(self) -> asyncpg.Connection:
        """The connection, inside the context."""
        if self._connection is None:
            raise RuntimeError("the listener is not connected")
        return self._connection

    def _on_call(self, *_: Any) -> None:
        self._stirred.set()

    def _on_end(self, _: Any) -> None:
        self._stirred.set()


async def stirred_or_due(stirred: asyncio.Event, seconds: float, clock: Clock, due: datetime | None = None) -> None:
    """Wait until `stirred` is set, `clock` shows `due`, or real `seconds` are over. Does not clear `stirred`."""
    alarm = None if due is None else asyncio.ensure_future(clock.wait_until(due))
    if alarm is not None:
        alarm.add_done_callback(lambda rung: None if rung.cancelled() else stirred.set())
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stirred.wait()
    finally:
        if alarm is not None:
            alarm.cancel()
