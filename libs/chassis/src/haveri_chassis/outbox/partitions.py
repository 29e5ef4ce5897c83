"""Publishing in partitions: one after the other within a partition, partitions beside each other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import counter, histogram
from haveri_chassis.outbox.rows import OutboxRow, Partition
from haveri_chassis.tasks import cancel

_FIRST_HOLD = 0.1
_LONGEST_HOLD = 30.0
_OUTAGE_PARTITIONS = 32
_LONGEST_OUTAGE_PAUSE = 2.0
_IN_HAND = 512
_IN_HAND_IN_DOUBT = 16

PUBLISHED = counter("outbox_published", "Messages published from the outbox.", ("schema",))
FAILURES = counter("outbox_publish_failures", "Attempts to publish from the outbox that failed.", ("schema",))
LAG = histogram("outbox_lag_seconds", "From the writer's statement to the stream's acknowledgement.", ("schema",))

log = get_logger(__name__)


class DurablePublisher(Protocol):
    """What the relay needs of a bus: to return only when the message is stored, and to raise otherwise."""

    async def publish_durable(
        self, subject: str, body: bytes, message_id: str, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Store a message in its stream under `message_id`."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A partition that has failed so often in a row rests until then."""

    failures: int
    until: datetime


class Partitions:
    """The rows in hand: those being published, and those published but not deleted yet.

    `stirred` is set whenever a row got done or a partition failed. A failed partition gives its rows back and rests,
    each time twice as long; its rows, and later ones of that partition, stay in the table in their order. When many
    partitions rest the fault is the bus's, and everything rests.
    """

    def __init__(self, publisher: DurablePublisher, clock: Clock, schema: str, stirred: asyncio.Event) -> None:
        self._publisher = publisher
        self._clock = clock
        self._schema = schema
        self._stirred = stirred
        self._queues: dict[Partition, deque[OutboxRow]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: list[int] = []
        self._held: dict[Partition, Hold] = {}
        self._failed_since_select: set[Partition] = set()
        self._outages = 0
        self._outage_until: datetime | None = None
        self.taken: set[int] = set()
        """Positions in hand, not to be selected again."""
        self.last_error: str | None = None
        """The kind of the last failure, None after a success."""

    def room(self) -> int:
        """How many more rows may be taken: few while it is not sure that the bus works again."""
        return max(0, (_IN_HAND_IN_DOUBT if self._outages else _IN_HAND) - len(self.taken))

    def outage_until(self) -> datetime | None:
        """Until when nothing is to be tried, None when there is no outage."""
        if self._outage_until is not None and self._outage_until <= self._clock.now():
            self._outage_until = None
        return self._outage_until

    def next_release(self) -> datetime | None:
        """When the first of the resting partitions may be tried again."""
        now = self._clock.now()
        return min((hold.until for hold in self._held.values() if hold.until > now), default=None)

    def begin_select(self) -> list[Partition]:
        """The partitions to leave out of the select that follows."""
        self._failed_since_select.clear()
        now = self._clock.now()
        return [partition for partition, hold in self._held.items() if hold.until > now]

    def add(self, rows: list[OutboxRow]) -> int:
        """Start publishing rows just selected; gives how many.

        Leaves out partitions that failed during the select: their earlier rows are back in the table.
        """
        accepted = [row for row in rows if row.partition not in self._failed_since_select]
        for row in accepted:
            self.taken.add(row.position)
            queue = self._queues.get(row.partition)
            if queue is None:
                self._queues[row.partition] = deque((row,))
                task = asyncio.create_task(self._work(row.partition))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            else:
                queue.append(row)
        return len(accepted)

    def take_done(self) -> list[int]:
        """Positions published since the last call; they count as taken until `forget`."""
        done, self._done = self._done, []
        return done

    def forget(self, positions: list[int]) -> None:
        """These rows are no longer in the table."""
        self.taken.difference_update(positions)

    async def finish(self, seconds: float) -> None:
        """Give what is being published up to `seconds` real seconds, then abandon it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        await cancel(*self._tasks)

    async def _work(self, partition: Partition) -> None:
        queue = self._queues[partition]
        try:
            while queue:
                await self._publish(queue[0])
                self._done.append(queue.popleft().position)
                self._succeeded(partition)
        except Exception as error:  # noqa: BLE001 - whatever the bus raises, the row must stay and be tried again
            self._failed(partition, error)
        finally:
            self.taken.difference_update(row.position for row in queue)
            del self._queues[partition]
            self._stirred.set()

    async def _publish(self, row: OutboxRow) -> None:
        await self._publisher.publish_durable(row.subject, row.body, str(row.id), row.headers)
        PUBLISHED.labels(self._schema).inc()
        LAG.labels(self._schema).observe(max(0.0, (datetime.now(UTC) - row.created_at).total_seconds()))

    def _succeeded(self, partition: Partition) -> None:
        self._held.pop(partition, None)
        self._outages = 0
        self.last_error = None
        self._stirred.set()

    def _failed(self, partition: Partition, error: Exception) -> None:
        FAILURES.labels(self._schema).inc()
        failures = self._held[partition].failures + 1 if partition in self._held else 1
        seconds = min(_FIRST_HOLD * 2 ** min(failures - 1, 20), _LONGEST_HOLD)
        self._held[partition] = Hold(failures, self._clock.now() + timedelta(seconds=seconds))
        self._failed_since_select.add(partition)
        self.last_error = type(error).__name__
        log.warning(
            "a message could not be published; it and later ones of its aggregate wait",
            schema=self._schema,
            organization=partition[0],
            key=partition[1],
            failures=failures,
            wait_seconds=seconds,
            error=str(error) or type(error).__name__,
        )
        if len(self._held) > _OUTAGE_PARTITIONS or self._outages:
            self._begin_outage()

    def _begin_outage(self) -> None:
        # The partitions that fail together count as one outage, and are all free again after it.
        self._held.clear()
        if self.outage_until() is None:
            self._outages += 1
            pause = min(_FIRST_HOLD * 2 ** min(self._outages, 20), _LONGEST_OUTAGE_PAUSE)
            self._outage_until = self._clock.now() + timedelta(seconds=pause)
