"""Work that is serial within a key and concurrent across keys."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

from haveri_chassis.logs import get_logger
from haveri_chassis.tasks import cancel

log = get_logger(__name__)
Job = Callable[[], Awaitable[None]]


class Partitions:
    """Runs jobs: those of one key one after another in the order of `submit`, those of others up to `workers` at once.

    A job must not raise: what becomes of a failure is its own business. `capacity` bounds the jobs that are taken in.
    """

    def __init__(self, workers: int, capacity: int) -> None:
        self._workers = asyncio.Semaphore(workers)
        self._room = asyncio.Semaphore(max(capacity, workers))
        self._partitions: dict[Hashable, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, key: Hashable, job: Job) -> None:
        """Take a job in; waits while there is no room."""
        await self._room.acquire()
        partition = self._partitions.get(key)
        if partition is not None:
            partition.append(job)
            return
        self._partitions[key] = deque((job,))
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> bool:
        """Wait until everything taken in is done, at most `seconds`; then cancel the rest and give False."""
        if not self._tasks:
            return True
        _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
        await cancel(*late)
        return not late

    async def _run(self, key: Hashable) -> None:
        partition = self._partitions[key]
        try:
            while partition:
                async with self._workers:
                    await self._do(partition[0])
                partition.popleft()
                self._room.release()
        finally:
            del self._partitions[key]
            for _ in partition:
                self._room.release()

    @staticmethod
    async def _do(job: Job) -> None:
        try:
            await job()
        except Exception:
            # A fault of ours: it must not keep the partition's later jobs from running.
            log.exception("a job raised instead of settling its message")
