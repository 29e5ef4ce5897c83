"""A rush: many incidents at once, whose channels and cards come before everything that can wait a moment."""

from __future__ import annotations

import asyncio
import time
from collections import deque

WINDOW_SECONDS = 1.1
MANY = 15
LONGEST_WAIT_SECONDS = 10.0
_LOOK_EVERY = 0.2


class Rush:
    """Counts what was urgent in one tenant lately; Teams' limits are for all that is sent there."""

    def __init__(self) -> None:
        self._urgent: deque[float] = deque(maxlen=200)

    def note(self) -> None:
        """Something urgent is being sent."""
        self._urgent.append(time.monotonic())

    async def over(self) -> None:
        """Return when it is quiet, or has not become so for ten seconds."""
        waited = 0.0
        while self._busy() and waited < LONGEST_WAIT_SECONDS:
            await asyncio.sleep(_LOOK_EVERY)
            waited += _LOOK_EVERY

    def _busy(self) -> bool:
        since = time.monotonic() - WINDOW_SECONDS
        while self._urgent and self._urgent[0] < since:
            self._urgent.popleft()
        return len(self._urgent) > MANY
