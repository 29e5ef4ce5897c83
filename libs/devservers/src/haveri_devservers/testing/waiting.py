"""Waiting in a test for what real servers do in their own time."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

_PAUSE = 0.005


async def eventually(
    condition: Callable[[], Awaitable[Any] | Any], *, within: float = 15.0, pause: float = _PAUSE
) -> Any:
    """Ask again and again until the answer is truthy, and give it; fails the test after `within` real seconds.

    For effects that arrive over a network. What waits for a clock is tested by moving the clock.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        answer = condition()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        if loop.time() > deadline:
            raise AssertionError(f"did not become true within {within} seconds: last answer was {answer!r}")
        await asyncio.sleep(pause)
