"""Whose work it is: a lock that PostgreSQL gives back the moment its process is gone.

Every replica holds one session lock of its own number. Work that a replica has begun carries that number; whoever finds
the lock free knows that the owner died, and takes its work over at once instead of waiting for a lease to run out.
"""

from __future__ import annotations

import asyncio
import secrets

import asyncpg

from haveri_chassis.database import Database
from haveri_chassis.logs import get_logger
from haveri_chassis.tasks import cancel

_PAUSE_SECONDS = 1.0
DEAD = "pg_try_advisory_xact_lock(owner)"
"""SQL: nobody holds the lock of the replica in the column `owner` any more. Only to be asked about other replicas."""

log = get_logger(__name__)


class Liveness:
    """A Component that holds this replica's lock, and takes it again when the connection is lost."""

    name = "liveness"

    def __init__(self, database: Database) -> None:
        self._database = database
        # 31 + 32 bits, so that both halves of the lock's key are plain non-negative numbers.
        self.owner = secrets.randbits(62)
        self._held = False
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take the lock, in the background."""
        self._keeper = asyncio.create_task(self._keep(), name="liveness")

    async def stop(self) -> None:
        """Give the lock back."""
        await cancel(self._keeper)

    def problem(self) -> str | None:
        """Why begun work could be taken for abandoned; None while the lock is held."""
        return None if self._held else "this replica's lock is not held"

    async def _keep(self) -> None:
        # No Periodic: holding is one round that lasts, and that the database is away is no failed round to be counted.
        while True:
            try:
                await self._hold()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the replica's lock was lost", error=type(error).__name__)
            self._held = False
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _hold(self) -> None:
        connection = await self._database.dedicated_connection()
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", self.owner)
            self._held = True
            await lost.wait()
        finally:
            # `terminate` and not `close`: the server may be the one that is gone.
            connection.terminate()
