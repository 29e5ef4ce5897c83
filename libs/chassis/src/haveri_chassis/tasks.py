"""Ending background tasks for good."""

from __future__ import annotations

import asyncio
from typing import Any

_AGAIN_SECONDS = 0.5


async def cancel(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel tasks and wait until they are over, whatever they ended with.

    One cancellation is not enough: in Python 3.11 `asyncio.wait_for`, on which NATS's client and others stand, swallows
    one that comes in the moment its result does, and a loop goes on as if nothing had been said.
    """
    left = {task for task in tasks if task is not None}
    while left:
        for task in left:
            task.cancel()
        done, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)
        for task in done:
            if not task.cancelled():
                task.exception()  # looked at, so that asyncio does not complain that nobody did
