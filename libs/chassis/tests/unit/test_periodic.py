"""What periodic work promises: at once, then in its time, whatever a round ends with."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from haveri_chassis.periodic import Periodic
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.waiting import eventually

EVERY = timedelta(seconds=15)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 1, tzinfo=UTC))


async def test_work_is_done_at_once_and_then_in_its_time(clock: ManualClock) -> None:
    rounds: list[datetime] = []

    async def work() -> None:
        rounds.append(clock.now())

    periodic = Periodic("work", EVERY, work, clock)
    await periodic.start()
    await clock.advance_and_settle(timedelta(seconds=44))
    await periodic.stop()
    start = datetime(2026, 3, 1, tzinfo=UTC)
    assert rounds == [start, start + EVERY, start + 2 * EVERY]


async def test_a_round_that_fails_is_counted_and_the_next_one_comes(clock: ManualClock) -> None:
    rounds: list[datetime] = []

    async def work() -> None:
        rounds.append(clock.now())
        if len(rounds) == 1:
            raise ConnectionError("the database is away")

    def failed() -> float:
        return REGISTRY.get_sample_value("haveri_periodic_failed_total", {"work": "failing"}) or 0.0

    before = failed()
    periodic = Periodic("failing", EVERY, work, clock)
    await periodic.start()
    await clock.advance_and_settle(EVERY)
    assert (len(rounds), failed() - before, periodic.problem()) == (2, 1.0, None)
    await periodic.stop()


async def test_a_poke_brings_the_next_round_forward(clock: ManualClock) -> None:
    rounds: list[datetime] = []

    async def work() -> None:
        rounds.append(clock.now())

    periodic = Periodic("work", EVERY, work, clock)
    await periodic.start()
    await eventually(lambda: clock.sleeping == 1)
    periodic.poke()
    await eventually(lambda: len(rounds) == 2)
    await clock.advance_and_settle(EVERY - timedelta(seconds=1))
    assert len(rounds) == 2
    await periodic.stop()


async def test_a_poke_during_a_round_is_not_forgotten(clock: ManualClock) -> None:
    rounds: list[datetime] = []

    async def work() -> None:
        rounds.append(clock.now())
        if len(rounds) == 1:
            periodic.poke()

    periodic = Periodic("work", EVERY, work, clock)
    await periodic.start()
    await eventually(lambda: len(rounds) == 2)
    await periodic.stop()


async def test_stopping_does_not_wait_for_a_round_that_hangs(clock: ManualClock) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    periodic = Periodic("work", EVERY, work, clock)
    await periodic.start()
    await begun.wait()
    async with asyncio.timeout(5):
        await periodic.stop()
    assert periodic.problem() == "it does not run"
