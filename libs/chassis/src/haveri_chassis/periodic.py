"""Work that comes round: the same thing every so often, for as long as the service runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import counter
from haveri_chassis.tasks import cancel

FAILED = counter("periodic_failed", "Rounds of periodic work that failed; the next one came in its time.", ("work",))

log = get_logger(__name__)


class Periodic:
    """A Component that does `work` at once and then `every` so often of its clock.

    The time runs from the end of a round, so rounds never overlap. One that fails is logged and counted, and keeps
    nothing from being done the next time. Stopping ends a round that is being done.
    """

    def __init__(self, name: str, every: timedelta, work: Callable[[], Awaitable[object]], clock: Clock) -> None:
        self.name = name
        self._every = every.total_seconds()
        self._work = work
        self._clock = clock
        self._poked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def poke(self) -> None:
        """Do it again now, or as soon as the round in hand is over."""
        self._poked.set()

    async def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        """End."""
        await cancel(self._task)

    def problem(self) -> str | None:
        """A failed round is no problem, its work may be done the next time."""
        return None if self._task is not None and not self._task.done() else "it does not run"

    async def _run(self) -> None:
        while True:
            self._poked.clear()
            try:
                await self._work()
            except Exception:
                FAILED.labels(self.name).inc()
                log.exception("a round failed", work=self.name)
            await self._rest()

    async def _rest(self) -> None:
        alarm = asyncio.ensure_future(self._clock.sleep(self._every))
        alarm.add_done_callback(lambda rung: None if rung.cancelled() else self._poked.set())
        try:
            await self._poked.wait()
        finally:
            alarm.cancel()
