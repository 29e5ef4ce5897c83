"""What was left undone is taken up again, by whichever replica is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from haveri_chassis.clock import Clock
from haveri_chassis.endings import end
from haveri_chassis.logs import get_logger

log = get_logger(__name__)

EVERY_SECONDS = 1.0
CLEAN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Chore:
    """Something to look after on every round."""

    name: str
    do: Callable[[], Awaitable[None]]


class Sweeper:
    """A Component: every second of its clock, and at once when poked, it does its chores one after the other."""

    name = "sweeper"

    def __init__(self, clock: Clock) -> None:
        self._chores: list[Chore] = []
        self._clock = clock
        self._poked = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    def look_after(self, *chores: Chore) -> None:
        """Add to what is done on every round, in this order."""
        self._chores.extend(chores)

    def poke(self) -> None:
        """Something new may be due."""
        self._poked.set()

    async def start(self) -> None:
        """Begin, in the background."""
        self._loop = asyncio.create_task(self._run(), name="sweeper")

    async def stop(self) -> None:
        """End."""
        await end(self._loop)

    def problem(self) -> str | None:
        """A dead sweeper forgets people's commands."""
        return None if self._loop is not None and not self._loop.done() else "it does not run"

    async def round(self) -> None:
        """Every chore once; one that fails keeps no other from being done."""
        for chore in self._chores:
            try:
                await chore.do()
            except Exception:
                log.exception("a chore failed", chore=chore.name)

    async def _run(self) -> None:
        while True:
            self._poked.clear()
            await self.round()
            await self._pause()

    async def _pause(self) -> None:
        poked = asyncio.create_task(self._poked.wait())
        slept = asyncio.create_task(self._clock.sleep(EVERY_SECONDS))
        try:
            await asyncio.wait((poked, slept), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (poked, slept):
                task.cancel()
            await asyncio.gather(poked, slept, return_exceptions=True)
