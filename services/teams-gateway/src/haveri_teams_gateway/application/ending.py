"""Ending a background task for good."""

from __future__ import annotations

import asyncio
from typing import Any

_AGAIN_SECONDS = 0.5


async def end(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task and wait until it is over, whatever it ended with.

    One cancellation is not enough: in Python 3.11 `asyncio.wait_for`, on which NATS's client stands, swallows one that
    comes in the moment its result does, and a loop would go on as if nothing had been said.
    """
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=_AGAIN_SECONDS)
