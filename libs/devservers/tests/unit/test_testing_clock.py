"""Time moves when a test says so, and everybody wakes in their order."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haveri_devservers.testing.clock import ManualClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


async def test_a_sleeper_wakes_at_its_moment_and_not_before():
    clock = ManualClock(NOON)
    sleeper = asyncio.create_task(clock.sleep(30))
    await clock.advance_and_settle(seconds(29))
    assert not sleeper.done()
    assert clock.sleeping == 1
    await clock.advance_and_settle(seconds(1))
    assert sleeper.done()
    assert clock.sleeping == 0


@settings(max_examples=50)
@given(st.lists(st.integers(1, 100), min_size=1, max_size=20))
async def test_sleepers_wake_in_due_order_and_see_their_own_moment(delays):
    clock = ManualClock(NOON)
    seen: list[tuple[int, datetime]] = []

    async def sleep(delay: int) -> None:
        await clock.sleep(delay)
        seen.append((delay, clock.now()))

    sleepers = [asyncio.create_task(sleep(delay)) for delay in delays]
    await clock.advance_and_settle(seconds(100))
    await asyncio.gather(*sleepers)
    assert seen == [(delay, NOON + seconds(delay)) for delay in sorted(delays)]


async def test_a_loop_runs_as_often_as_its_pause_fits_into_the_advance():
    clock = ManualClock(NOON)
    turns: list[datetime] = []

    async def loop() -> None:
        while True:
            await clock.sleep(60)
            turns.append(clock.now())

    running = asyncio.create_task(loop())
    await clock.advance_and_settle(seconds(185))
    assert turns == [NOON + seconds(60 * number) for number in (1, 2, 3)]
    running.cancel()


async def test_a_plain_advance_wakes_everyone_whose_moment_has_come():
    clock = ManualClock(NOON)
    due, later = asyncio.create_task(clock.sleep(1)), asyncio.create_task(clock.sleep(100))
    await asyncio.sleep(0)
    clock.advance(seconds(50))
    await due
    assert clock.now() == NOON + seconds(50)
    assert not later.done()
    later.cancel()


async def test_a_cancelled_sleeper_does_not_keep_the_others_from_waking():
    clock = ManualClock(NOON)
    cancelled, other = asyncio.create_task(clock.sleep(1)), asyncio.create_task(clock.sleep(2))
    await asyncio.sleep(0)
    cancelled.cancel()
    await clock.advance_and_settle(seconds(2))
    assert cancelled.cancelled()
    assert other.done()


async def test_a_moment_in_the_past_does_not_wait():
    await asyncio.wait_for(ManualClock(NOON).wait_until(NOON), 1)


def test_a_clock_never_goes_back_and_knows_its_zone():
    clock = ManualClock(datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance(seconds(-1))
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(NOON.replace(tzinfo=None))
