"""Serial within an aggregate, concurrent across."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from haveri_chassis.bus.partitions import Partitions

Jobs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=60)


@given(jobs=Jobs, workers=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_jobs_of_one_aggregate_run_one_after_another_in_their_order(jobs: list[tuple[int, int]], workers: int) -> None:
    """Whatever the others do, and never more than `workers` at once."""

    async def play() -> None:
        partitions = Partitions(workers, 2 * workers)
        done: dict[int, list[int]] = defaultdict(list)
        busy: set[int] = set()

        def job(key: int, number: int, turns: int) -> None:
            async def run() -> None:
                assert key not in busy
                busy.add(key)
                assert len(busy) <= workers
                for _ in range(turns):
                    await asyncio.sleep(0)
                busy.discard(key)
                done[key].append(number)

            return run  # type: ignore[return-value]

        for number, (key, turns) in enumerate(jobs):
            await partitions.submit(key, job(key, number, turns))  # type: ignore[arg-type]
        assert await partitions.drain(5)
        for key, numbers in done.items():
            assert numbers == [number for number, (other, _) in enumerate(jobs) if other == key]
        assert sum(len(numbers) for numbers in done.values()) == len(jobs)

    asyncio.run(play())


async def test_a_slow_aggregate_holds_up_no_other() -> None:
    """As long as there is a worker for the other."""
    partitions = Partitions(workers=2, capacity=8)
    gate, reached = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        await gate.wait()

    async def quick() -> None:
        reached.set()

    await partitions.submit("slow", slow)
    await partitions.submit("slow", slow)
    await partitions.submit("quick", quick)

    await asyncio.wait_for(reached.wait(), 2)
    gate.set()
    assert await partitions.drain(2)


async def test_no_more_is_taken_in_than_there_is_room() -> None:
    """So that another replica can have the rest."""
    partitions = Partitions(workers=1, capacity=2)
    gate = asyncio.Event()

    async def job() -> None:
        await gate.wait()

    await partitions.submit("a", job)
    await partitions.submit("b", job)
    third = asyncio.create_task(partitions.submit("c", job))
    await asyncio.sleep(0.01)
    assert not third.done()

    gate.set()
    await asyncio.wait_for(third, 2)
    assert await partitions.drain(2)


async def test_a_job_that_raises_does_not_stop_its_partition() -> None:
    """It is a fault of ours, and it is logged."""
    partitions = Partitions(workers=1, capacity=4)
    ran = asyncio.Event()

    async def broken() -> None:
        raise RuntimeError("oops")

    async def fine() -> None:
        ran.set()

    await partitions.submit("a", broken)
    await partitions.submit("a", fine)

    await asyncio.wait_for(ran.wait(), 2)


async def test_draining_gives_up_on_what_takes_too_long() -> None:
    """A stop is not held up for ever."""
    partitions = Partitions(workers=1, capacity=4)

    async def endless() -> None:
        await asyncio.Event().wait()

    await partitions.submit("a", endless)

    assert not await partitions.drain(0.01)
