"""A task that is told to end ends, however stubborn."""

from __future__ import annotations

import asyncio

from haveri_chassis.tasks import cancel


async def test_a_task_that_swallows_its_first_cancellation_ends_all_the_same() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed > 1:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await cancel(task, None)
    assert task.cancelled()
    assert swallowed == 2


async def test_a_task_that_failed_is_over_too() -> None:
    async def fails() -> None:
        raise RuntimeError("broken")

    await cancel(asyncio.create_task(fails()))
