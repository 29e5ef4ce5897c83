"""A clock that tests move by hand."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

_SETTLING_TURNS = 20


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("the start of a clock needs a time zone")
        self._now = start.astimezone(UTC)
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def now(self) -> datetime:
        """The moment this clock was moved to."""
        return self._now

    @property
    def sleeping(self) -> int:
        """How many callers are waiting for this clock."""
        return sum(1 for _, _, waiter in self._sleepers if not waiter.done())

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was moved by this many seconds; zero or less only yields."""
        if seconds <= 0:
            await asyncio.sleep(0)
        else:
            await self.wait_until(self._now + timedelta(seconds=seconds))

    async def wait_until(self, moment: datetime) -> None:
        """Wait until the clock was moved to `moment` or beyond."""
        if moment <= self._now:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (moment, next(self._numbers), waiter))
        await waiter

    def advance(self, by: timedelta) -> None:
        """Move forward and wake everyone whose moment has come, in due order; they run when the caller awaits."""
        target = self._target(by)
        self._now = target
        while self._sleepers and self._sleepers[0][0] <= target:
            self._wake_first()

    async def advance_and_settle(self, by: timedelta) -> None:
        """Move forward in steps: at each sleeper's moment the clock shows that moment and the sleeper runs.

        What a woken sleeper waits for next is honoured too when it falls within `by`. Work that needs input or
        output is only started; await its effect afterwards.
        """
        target = self._target(by)
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= target:
            self._now = max(self._now, self._sleepers[0][0])
            self._wake_first()
            await _settle()
        self._now = target
        await _settle()

    def _target(self, by: timedelta) -> datetime:
        if by < timedelta(0):
            raise ValueError("a clock never goes back")
        return self._now + by

    def _wake_first(self) -> None:
        _, _, waiter = heapq.heappop(self._sleepers)
        if not waiter.done():
            waiter.set_result(None)


async def _settle() -> None:
    for _ in range(_SETTLING_TURNS):
        await asyncio.sleep(0)
