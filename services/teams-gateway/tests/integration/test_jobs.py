"""What is left to do: in order, in time, by one replica at a time, and whatever happens to that one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from haveri_chassis.database import Database
from haveri_chat.ports import PlatformUnavailable
from haveri_chat.workflow.store import StepBusy
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.waiting import eventually
from haveri_teams_gateway.application.worker import OUT_OF_TURN_AFTER, Ended, Kind, Retry, Worker
from haveri_teams_gateway.store.jobs import OWN, Job, Jobs

NOW = datetime(2026, 3, 14, 5, 42, tzinfo=UTC)
RETRY = Retry(first=2.0, longest=300.0, most=3)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def database(house: Any) -> AsyncIterator[Database]:
    found = house.database("teams-gateway")
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
def organization(fresh_organization: Callable[[], str]) -> str:
    return fresh_organization()


class Replica:
    """One replica's view of the table, alive as long as it holds its lock."""

    def __init__(self, database: Database, clock: ManualClock, owner: int) -> None:
        self.jobs = Jobs(database, owner, clock)
        self._database = database
        self._owner = owner

    async def live(self) -> None:
        """Hold the lock."""
        self._connection = await self._database.dedicated_connection()
        await self._connection.execute("SELECT pg_advisory_lock($1)", self._owner)

    def die(self) -> None:
        """Lose it."""
        self._connection.terminate()

    async def put(self, organization: str, ids: list[UUID], **how: Any) -> list[Job]:
        async with self._database.transaction(organization) as connection:
            return await self.jobs.put(connection, organization, "work", ids, **how)

    async def claim(self, organization: str, *kinds: str) -> list[UUID]:
        return [job.id for job in await self.jobs.claim(organization, kinds or ("work",), ())]


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def here(database: Database, clock: ManualClock) -> AsyncIterator[Replica]:
    found = Replica(database, clock, uuid4().int >> 66)
    await found.live()
    yield found
    found.die()


@pytest.fixture
async def there(database: Database, clock: ManualClock) -> AsyncIterator[Replica]:
    found = Replica(database, clock, uuid4().int >> 66)
    await found.live()
    yield found
    found.die()


async def test_a_job_is_nobody_elses_while_its_replica_lives_and_anybodys_at_once_when_it_is_gone(
    organization: str, here: Replica, there: Replica
) -> None:
    (job,) = await here.put(organization, [uuid4()])
    assert await there.claim(organization) == []
    here.die()

    async def taken_over() -> list[UUID]:
        return await there.claim(organization)

    assert await eventually(taken_over) == [job.id]


async def test_jobs_of_one_lane_are_taken_up_one_after_the_other_and_those_without_at_once(
    organization: str, here: Replica, there: Replica, clock: ManualClock
) -> None:
    first, second, third, alone = (uuid4() for _ in range(4))
    (begun,) = await here.put(organization, [first], lane="conversation")
    await here.jobs.later(begun, 2 * SECOND)
    assert await here.put(organization, [second], lane="conversation") == []
    assert await there.put(organization, [third], lane="conversation") == []
    assert await there.put(organization, [alone]) != []
    assert await here.claim(organization) == []
    clock.advance(2 * SECOND)
    (job,) = await here.jobs.claim(organization, ["work"], ())
    assert (job.id, job.attempts) == (first, 2)
    await here.jobs.end(job)
    assert await there.claim(organization) == [second]


async def test_what_only_follows_keeps_nobody_of_its_lane_waiting(organization: str, here: Replica) -> None:
    first, second = uuid4(), uuid4()
    (begun,) = await here.put(organization, [first], lane="conversation")
    await here.jobs.later(begun, 60 * SECOND, aside=True)
    assert [job.id for job in await here.put(organization, [second], lane="conversation")] == [second]


async def test_what_was_asked_for_again_meanwhile_does_not_end_with_what_was_asked_for_before(
    organization: str, here: Replica, there: Replica, clock: ManualClock
) -> None:
    wanted = uuid4()
    (before,) = await here.put(organization, [wanted])
    (after,) = await there.put(organization, [wanted])
    await here.jobs.end(before)
    await here.jobs.later(before, SECOND)
    assert await here.claim(organization) == []
    clock.advance(OWN)
    assert await there.claim(organization) == [after.id]


async def test_a_job_whose_end_could_not_be_stored_is_taken_up_again_by_its_own_replica(
    organization: str, here: Replica, clock: ManualClock
) -> None:
    (job,) = await here.put(organization, [uuid4()])
    assert await here.claim(organization) == []
    clock.advance(OWN)
    assert await here.jobs.claim(organization, ["work"], [job.key]) == []
    assert await here.claim(organization) == [job.id]


async def test_the_urgent_is_taken_up_first_whoever_came_first(
    database: Database, organization: str, here: Replica, clock: ManualClock
) -> None:
    ids = {}
    for kind in ("third", "second", "first"):
        ids[kind] = uuid4()
        async with database.transaction(organization) as connection:
            await here.jobs.put(connection, organization, kind, [ids[kind]], mine=False)
        clock.advance(SECOND)
    jobs = await here.jobs.claim(organization, ["first", "second"], ())
    assert [job.id for job in jobs] == [ids["first"], ids["second"]]


async def test_what_a_job_waits_for_wakes_it(organization: str, here: Replica, there: Replica) -> None:
    (job,) = await here.put(organization, [uuid4()])
    await here.jobs.later(job, timedelta(hours=1))
    assert await there.jobs.wake(organization, "work", uuid4()) == []
    (woken,) = await there.jobs.wake(organization, "work", job.id)
    assert (woken.id, woken.attempts) == (job.id, 1)


async def test_one_organisations_jobs_are_not_anothers(
    fresh_organization: Callable[[], str], here: Replica, there: Replica
) -> None:
    ours, theirs = fresh_organization(), fresh_organization()
    await here.put(ours, [uuid4()], mine=False)
    assert await there.claim(theirs) == []
    assert theirs not in await there.jobs.organizations()
    assert ours in await there.jobs.organizations()


# The worker


class Work:
    """A kind of job that does what it is told, and remembers."""

    def __init__(self, worker: Worker, retry: Retry = RETRY, at_once: int = 1000) -> None:
        self.problems: list[Exception] = []
        self.attempts: list[int] = []
        self.given_up = 0
        self.gate = asyncio.Event()
        self.gate.set()
        worker.look_after(Kind("work", self.do, retry, self.give_up, at_once))

    async def do(self, job: Job) -> Ended:
        self.attempts.append(job.attempts)
        await self.gate.wait()
        if self.problems:
            raise self.problems.pop(0)
        return Ended(answer=job.id)

    async def give_up(self, job: Job, error: Exception) -> Ended:
        self.given_up += 1
        return Ended()


@pytest.fixture
async def worker(here: Replica, clock: ManualClock) -> AsyncIterator[Worker]:
    made = Worker(here.jobs, clock)
    yield made
    await made.stop()


async def left(database: Database, organization: str) -> list[tuple[int, timedelta]]:
    """Attempts and remaining wait of what is left to do."""
    async with database.transaction(organization) as connection:
        rows = await connection.fetch("SELECT attempts, due_at FROM jobs WHERE organization_id = $1", organization)
    return [(row["attempts"], row["due_at"] - NOW) for row in rows]


async def test_who_asks_gets_the_answer_and_nothing_is_left_to_do(
    database: Database, organization: str, worker: Worker
) -> None:
    Work(worker)
    ended = await worker.ask(organization, "work", wanted := uuid4())
    assert ended is not None
    assert ended.answer == wanted
    assert await left(database, organization) == []


@pytest.mark.parametrize(
    ("problem", "wait"),
    [
        (PlatformUnavailable("away"), 2),
        (PlatformUnavailable("busy", 7.0), 7),
        (StepBusy("invite", 110.0), 2),
        (ValueError("a fault of ours"), 2),
    ],
    ids=["away", "named", "held-by-somebody-who-may-be-gone-soon", "fault"],
)
async def test_what_cannot_be_done_now_is_put_off_for_as_long_as_was_asked_for(
    database: Database, organization: str, worker: Worker, problem: Exception, wait: float
) -> None:
    Work(worker).problems = [problem]
    assert await worker.ask(organization, "work", uuid4()) is None
    assert await left(database, organization) == [(1, timedelta(seconds=wait))]


async def test_somebody_elses_bad_moment_is_given_up_for_after_the_last_time_and_a_fault_of_ours_never(
    database: Database, organization: str, here: Replica, worker: Worker, clock: ManualClock
) -> None:
    work = Work(worker)
    work.problems = [ValueError("ours"), ValueError("ours"), ValueError("ours"), PlatformUnavailable("away")]
    await worker.ask(organization, "work", uuid4())
    for wait in (2, 4, 8):
        clock.advance(timedelta(seconds=wait))
        (job,) = await here.jobs.claim(organization, ["work"], ())
        worker.begin(job)
        await worker.task_of(job.key)
    assert (work.attempts, work.given_up) == ([1, 2, 3, 4], 1)
    assert await left(database, organization) == []


async def test_a_conversation_waits_for_what_fails_at_first_and_not_for_what_always_does(
    organization: str, here: Replica, worker: Worker, clock: ManualClock
) -> None:
    work = Work(worker)
    work.problems = [ValueError("ours")] * OUT_OF_TURN_AFTER
    failing, behind = uuid4(), uuid4()
    (job,) = await here.put(organization, [failing], lane="conversation")
    for failed in range(1, OUT_OF_TURN_AFTER + 1):
        worker.begin(job)
        await worker.task_of(job.key)
        if failed == 1:
            assert await here.put(organization, [behind], lane="conversation") == []
        clock.advance(timedelta(seconds=2**failed))
        claimed = await here.jobs.claim(organization, ["work"], ())
        job = next(job for job in claimed if job.id == failing)
        assert len(claimed) == (2 if failed == OUT_OF_TURN_AFTER else 1)
    assert {job.id for job in claimed} == {failing, behind}
    assert job.attempts == OUT_OF_TURN_AFTER + 1


async def test_what_is_asked_for_while_it_is_being_done_is_done_once_more(
    database: Database, organization: str, worker: Worker
) -> None:
    work = Work(worker)
    work.gate.clear()
    wanted = uuid4()
    first = asyncio.create_task(worker.ask(organization, "work", wanted))
    await eventually(lambda: work.attempts)
    second = asyncio.create_task(worker.ask(organization, "work", wanted))
    await eventually(lambda: len(worker._tasks[organization, "work", wanted]) == 2)
    work.gate.set()
    await asyncio.gather(first, second)
    assert len(work.attempts) == 2
    assert await left(database, organization) == []


async def test_no_more_are_done_at_once_than_the_kind_allows_however_many_are_due(
    database: Database, organization: str, here: Replica, worker: Worker, clock: ManualClock
) -> None:
    work = Work(worker, at_once=3)
    work.gate.clear()
    jobs = await here.put(organization, [uuid4() for _ in range(10)])
    worker.begin(*jobs)
    await eventually(lambda: len(work.attempts) >= 3)
    await asyncio.sleep(0)
    assert len(work.attempts) == 3
    work.gate.set()
    await asyncio.gather(*(worker.task_of(job.key) for job in jobs))
    assert len(work.attempts) == 10
    assert await left(database, organization) == []


async def test_a_worker_that_is_stopped_leaves_what_it_had_in_hand_to_others(
    database: Database, organization: str, here: Replica, there: Replica, clock: ManualClock
) -> None:
    worker = Worker(here.jobs, clock)
    work = Work(worker)
    work.gate.clear()
    (job,) = await here.put(organization, [uuid4()])
    worker.begin(job)
    await eventually(lambda: work.attempts)
    await worker.stop()
    here.die()

    async def taken_over() -> list[UUID]:
        return await there.claim(organization)

    assert await eventually(taken_over) == [job.id]
