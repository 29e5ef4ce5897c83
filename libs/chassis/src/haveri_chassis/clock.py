"""Time as an argument."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits for it. Every moment is an aware UTC datetime."""

    def now(self) -> datetime:
        """The current moment."""

    async def sleep(self, seconds: float) -> None:
        """Wait for this many seconds of this clock."""

    async def wait_until(self, moment: datetime) -> None:
        """Wait until this clock shows `moment` or later; returns at once when it already does."""


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """The current moment, with microseconds."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for real seconds."""
        await asyncio.sleep(seconds)

    async def wait_until(self, moment: datetime) -> None:
        """Wait until `moment`; measured again after each wait, because machine clocks are stepped."""
        while (remaining := (moment - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 - time itself is awaited
            await asyncio.sleep(min(remaining, 60.0))
