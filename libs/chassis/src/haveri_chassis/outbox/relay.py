"""Publishing what the outbox holds: one relay of all replicas leads, the others stand by."""

from __future__ import annotations

import asyncio

from haveri_chassis.clock import Clock, SystemClock
from haveri_chassis.database import Database
from haveri_chassis.listening import Listener, stirred_or_due
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import gauge
from haveri_chassis.outbox.leadership import Leadership
from haveri_chassis.outbox.partitions import DurablePublisher, Partitions
from haveri_chassis.outbox.writing import LEAD, outbox_channel
from haveri_chassis.tasks import cancel

_STANDBY_PAUSE = 1.0
_RECONNECT_PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_FINISHING = 5.0
_CONNECTION_SETTINGS = {
    # A deletion lost in a crash of PostgreSQL only publishes a row again under the same Nats-Msg-Id, so the relay need
    # not wait for the disk.
    "synchronous_commit": "off",
    # Row security hides from the planner that every row matches; with a long backlog it would sort the whole table.
    "enable_seqscan": "off",
}

LEADING = gauge("outbox_leading", "1 in the replica whose relay publishes.", ("schema",))

log = get_logger(__name__)


class OutboxRelay:
    """Publishes committed outbox rows and deletes each after its acknowledgement. A Component.

    Rows of one key leave in order, keys beside each other; a failing key holds back only itself. The row's id is the
    `Nats-Msg-Id`, so a row published twice (a crash between publishing and deleting) is stored once. Outlives the
    loss of PostgreSQL and of the bus. `clock` times the rests after failures.
    """

    name = "outbox-relay"

    def __init__(self, database: Database, bus: DurablePublisher, *, clock: Clock | None = None) -> None:
        self._database = database
        self._bus = bus
        self._clock: Clock = clock or SystemClock()
        self._schema = database.schema
        self._stirred = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._partitions: Partitions | None = None
        self._problem: str | None = "the outbox relay has not connected yet"

    async def start(self) -> None:
        """Begin in the background; returns at once."""
        if self._task is None:
            self._stopping = False
            self._task = asyncio.create_task(self._run(), name=f"outbox-relay-{self._schema}")

    async def stop(self) -> None:
        """Take no more rows, finish those in hand (at most seconds), hand over the lead."""
        task, self._task = self._task, None
        if task is None:
            return
        self._stopping = True
        self._stirred.set()
        await asyncio.wait((task,), timeout=_FINISHING + 2)
        await cancel(task)

    def problem(self) -> str | None:
        """Why messages do not leave; None while this relay publishes or stands by."""
        if self._task is not None and self._task.done() and not self._stopping:
            return "the outbox relay has ended unexpectedly"
        if self._problem is None and self._partitions is not None and self._partitions.last_error is not None:
            return f"messages cannot be published ({self._partitions.last_error})"
        return self._problem

    async def _run(self) -> None:
        attempt = 0
        while not self._stopping:
            try:
                async with Listener(
                    self._database, outbox_channel(self._schema), self._stirred, **_CONNECTION_SETTINGS
                ) as listener:
                    attempt = 0
                    await self._stand_by(listener)
                    if not self._stopping:
                        await self._lead(listener)
            except Exception as error:  # noqa: BLE001 - whatever the database does, the rows are still there: go on
                pause = _RECONNECT_PAUSES[min(attempt, len(_RECONNECT_PAUSES) - 1)]
                attempt += 1
                self._problem = f"the outbox cannot be read ({type(error).__name__})"
                log.warning("the relay lost the database", schema=self._schema, error=str(error), again_in=pause)
                await self._pause(pause)

    async def _stand_by(self, listener: Listener) -> None:
        # Asked for once a second instead of waited for: a waiting statement would hold back vacuum.
        while not self._stopping and not await listener.connection.fetchval(LEAD):
            self._problem = None
            await self._pause(_STANDBY_PAUSE)

    async def _lead(self, listener: Listener) -> None:
        partitions = Partitions(self._bus, self._clock, self._schema, self._stirred)
        leadership = Leadership(listener.connection, partitions, self._schema)
        self._partitions, self._problem = partitions, None
        LEADING.labels(self._schema).set(1)
        log.info("this relay publishes now", schema=self._schema)
        try:
            while not self._stopping:
                self._stirred.clear()
                seconds, due = await leadership.look()
                if not self._stopping:
                    await stirred_or_due(self._stirred, seconds, self._clock, due)
            await partitions.finish(_FINISHING)
            await leadership.delete_published()
        finally:
            self._partitions = None
            leadership.end()
            LEADING.labels(self._schema).set(0)
            await partitions.finish(0)

    async def _pause(self, seconds: float) -> None:
        await stirred_or_due(self._stirred, seconds, self._clock)
        self._stirred.clear()
