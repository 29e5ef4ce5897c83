"""What the leading relay does each time that something stirs."""

from __future__ import annotations

import time
from datetime import datetime

import asyncpg

from haveri_chassis.metrics import gauge
from haveri_chassis.outbox.partitions import Partitions
from haveri_chassis.outbox.rows import backlog, delete_rows, waiting_rows
from haveri_chassis.outbox.writing import FALL_ASLEEP, STAY_AWAKE

_LOOK_AGAIN = (0.001, 0.002, 0.003, 0.005)
_SAFETY_PAUSE = 5.0
_MEASURING_INTERVAL = 5.0

BACKLOG = gauge("outbox_backlog", "Messages that wait in the outbox.", ("schema",))
OLDEST = gauge("outbox_oldest_seconds", "Age of the oldest message that waits in the outbox.", ("schema",))

Rest = tuple[float, datetime | None]
"""How long to rest unless something stirs: at most so many real seconds, and not beyond that moment of the clock."""


class Leadership:
    """One leadership over the table, on the leader's connection.

    The relay is awake, looking every few milliseconds, or asleep, holding the lock that makes writers call. It may
    fall asleep only when a look *after* taking the lock found nothing: see `haveri_chassis.outbox.writing`.
    """

    def __init__(self, connection: asyncpg.Connection, partitions: Partitions, schema: str) -> None:
        self._connection = connection
        self._partitions = partitions
        self._schema = schema
        self._asleep = False
        self._idle_looks = 0
        self._measured_at = float("-inf")

    async def look(self) -> Rest:
        """Delete what was published and start publishing what waits; raises when the connection is lost."""
        await self.delete_published()
        await self._measure()
        outage = self._partitions.outage_until()
        if outage is not None or self._partitions.room() == 0:
            return _SAFETY_PAUSE, outage
        if await self._take_rows() or (await self._fall_asleep() and await self._take_rows()):
            return await self._stay_awake()
        if self._asleep:
            return _SAFETY_PAUSE, self._partitions.next_release()
        # A writer has met us awake and has not committed yet.
        self._idle_looks += 1
        return _LOOK_AGAIN[min(self._idle_looks, len(_LOOK_AGAIN) - 1)], None

    async def delete_published(self) -> None:
        """Remove the rows that the bus has acknowledged."""
        done = self._partitions.take_done()
        if done:
            await delete_rows(self._connection, done)
            self._partitions.forget(done)

    def end(self) -> None:
        """Leave measuring to the next leader."""
        BACKLOG.labels(self._schema).set(0)
        OLDEST.labels(self._schema).set(0)

    async def _take_rows(self) -> bool:
        held = self._partitions.begin_select()
        rows = await waiting_rows(
            self._connection, taken=self._partitions.taken, held=held, limit=self._partitions.room()
        )
        return self._partitions.add(rows) > 0

    async def _fall_asleep(self) -> bool:
        """Make writers call from now on; gives False when we do so already or when a writer is in between."""
        if not self._asleep and await self._connection.fetchval(FALL_ASLEEP):
            self._asleep = True
            return True
        return False

    async def _stay_awake(self) -> Rest:
        self._idle_looks = 0
        if self._asleep:
            self._asleep = False
            await self._connection.execute(STAY_AWAKE)
        return _LOOK_AGAIN[0], None

    async def _measure(self) -> None:
        if time.monotonic() - self._measured_at < _MEASURING_INTERVAL:
            return
        self._measured_at = time.monotonic()
        rows, age = await backlog(self._connection)
        BACKLOG.labels(self._schema).set(rows)
        OLDEST.labels(self._schema).set(age)
