"""A timer's message is sent once, at its moment, unless it was taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from haveri_chassis.database import Database
from haveri_chassis.timers import GENERATION_HEADER, Scheduled, TimerWorker, cancel, reschedule, schedule
from haveri_contracts.envelope import wrap
from haveri_contracts.escalation.events import WindowDue
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.house import House
from haveri_devservers.testing.waiting import eventually

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def quiet_house(postgres_server, sample_schema) -> AsyncIterator[House]:
    """A house of its own: a worker fires the timers of all organisations in its database."""
    house = await House.start(postgres_server, schemas=[sample_schema])
    yield house
    await house.stop()


@pytest.fixture
async def database(quiet_house) -> AsyncIterator[Database]:
    database = quiet_house.database("sample")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def worker(database, clock) -> AsyncIterator[TimerWorker]:
    worker = TimerWorker(database, clock)
    await worker.start()
    await eventually(lambda: worker.problem() is None)
    yield worker
    await worker.stop()


async def sent(database: Database) -> list[asyncpg.Record]:
    async with database.across_organizations() as connection:
        return await connection.fetch("SELECT id, key, subject, headers FROM outbox ORDER BY position")


async def pending(database: Database) -> int:
    async with database.across_organizations() as connection:
        return await connection.fetchval("SELECT count(*) FROM due_timers")


async def test_a_message_is_sent_when_its_moment_comes_and_not_before(
    database, worker, clock, fresh_organization, make_event
):
    organization = fresh_organization()
    message = make_event(organization)
    async with database.transaction(organization) as connection:
        generation = await schedule(connection, organization, "escalation", NOON + 5 * MINUTE, message)
    await eventually(lambda: clock.sleeping)
    await clock.advance_and_settle(4 * MINUTE)
    assert await sent(database) == []
    await eventually(lambda: clock.sleeping)
    await clock.advance_and_settle(MINUTE)
    (row,) = await eventually(lambda: sent(database))
    assert row["id"] == message.id
    assert row["key"] == message.subject
    assert row["headers"] == {GENERATION_HEADER: str(generation)}
    assert await pending(database) == 0


async def test_a_sleeping_worker_hears_of_an_earlier_timer(database, worker, clock, fresh_organization, make_event):
    organization = fresh_organization()
    later, earlier = make_event(organization), make_event(organization)
    async with database.transaction(organization) as connection:
        await schedule(connection, organization, "later", NOON + 60 * MINUTE, later)
    await eventually(lambda: clock.sleeping)
    async with database.transaction(organization) as connection:
        await schedule(connection, organization, "earlier", NOON - MINUTE, earlier)
    (row,) = await eventually(lambda: sent(database))
    assert row["id"] == earlier.id


async def test_a_timer_that_was_cancelled_is_not_sent(database, worker, clock, fresh_organization, make_event):
    organization = fresh_organization()
    kept = make_event(organization)
    async with database.transaction(organization) as connection:
        await schedule(connection, organization, "step-1", NOON + MINUTE, make_event(organization))
        await schedule(connection, organization, "step-2", NOON + MINUTE, kept)
    async with database.transaction(organization) as connection:
        assert await cancel(connection, organization, "step-1")
        assert not await cancel(connection, organization, "step-1")
    clock.advance(2 * MINUTE)
    await eventually(lambda: sent(database))
    assert await pending(database) == 0
    assert [row["id"] for row in await sent(database)] == [kept.id]


async def test_several_timers_are_set_and_others_taken_back_at_once(
    database, worker, clock, fresh_organization, make_event
):
    organization = fresh_organization()
    old, first, second, replaced = (make_event(organization) for _ in range(4))
    async with database.transaction(organization) as connection:
        await schedule(connection, organization, "old", NOON + MINUTE, old)
        await schedule(connection, organization, "second", NOON + MINUTE, replaced)
    timers = [Scheduled("first", NOON + MINUTE, first), Scheduled("second", NOON + MINUTE, second)]
    async with database.transaction(organization) as connection:
        await reschedule(connection, organization, timers, ["old", "never-there"])
        await reschedule(connection, organization, [], [])
    clock.advance(MINUTE)
    rows = await eventually(lambda: sent(database))
    assert [row["id"] for row in rows] == [first.id, second.id]


async def test_news_sent_by_a_timer_is_logged_and_a_services_note_to_itself_is_not(
    database, worker, clock, fresh_organization, make_event
):
    organization = fresh_organization()
    told = make_event(organization)
    note = wrap(
        WindowDue(window_id=uuid4(), edge="end", due_at=NOON),
        id=uuid4(),
        source="sample",
        organization=organization,
        actor="system:test",
        time=NOON,
    )
    async with database.transaction(organization) as connection:
        await reschedule(connection, organization, [Scheduled("a", NOON, told), Scheduled("b", NOON, note)])
    assert {row["id"] for row in await eventually(lambda: sent(database))} == {told.id, note.id}
    async with database.transaction(organization) as connection:
        assert [row["id"] for row in await connection.fetch("SELECT id FROM event_log")] == [told.id]


async def test_a_rolled_back_schedule_or_cancel_changes_nothing(database, fresh_organization, make_event):
    organization = fresh_organization()
    for failing in (schedule, cancel):
        with pytest.raises(RuntimeError):
            async with database.transaction(organization) as connection:
                if failing is schedule:
                    await schedule(connection, organization, "new", NOON, make_event(organization))
                else:
                    await cancel(connection, organization, "old")
                raise RuntimeError("the handler failed")
        assert await pending(database) == (0 if failing is schedule else 1)
        async with database.transaction(organization) as connection:
            await schedule(connection, organization, "old", NOON, make_event(organization))


async def test_a_replaced_timer_sends_only_its_successor_with_a_newer_generation(
    database, worker, clock, fresh_organization, make_event
):
    organization = fresh_organization()
    first, second, third = make_event(organization), make_event(organization), make_event(organization)
    generations = []
    for message in (first, second):
        async with database.transaction(organization) as connection:
            generations.append(await schedule(connection, organization, "step", NOON + MINUTE, message))
    clock.advance(MINUTE)
    assert [row["id"] for row in await eventually(lambda: sent(database))] == [second.id]
    async with database.transaction(organization) as connection:
        generations.append(await schedule(connection, organization, "step", NOON, third))
    assert generations == sorted(set(generations)), "a generation came again after its timer had fired"


async def test_each_timer_is_sent_exactly_once_by_three_workers(database, clock, fresh_organization, make_event):
    organizations = [fresh_organization() for _ in range(5)]
    messages = {}
    for organization in organizations:
        async with database.transaction(organization) as connection:
            for number in range(200):
                message = make_event(organization)
                messages[message.id] = organization
                await schedule(connection, organization, f"timer-{number}", NOON + (number % 10) * MINUTE, message)
    workers = [TimerWorker(database, clock) for _ in range(3)]
    for one in workers:
        await one.start()
    for _ in range(10):
        clock.advance(MINUTE)
        await asyncio.sleep(0)

    async def all_fired() -> bool:
        return await pending(database) == 0

    await eventually(all_fired)
    rows = await sent(database)
    assert len(rows) == len(messages)
    assert {row["id"] for row in rows} == set(messages)
    for one in workers:
        await one.stop()


async def test_a_worker_that_loses_its_connection_sends_what_came_due_meanwhile(
    database, worker, clock, fresh_organization, make_event, quiet_house
):
    organization = fresh_organization()
    async with database.transaction(organization) as connection:
        await schedule(connection, organization, "step", NOON + MINUTE, make_event(organization))
    await eventually(lambda: clock.sleeping)
    administrator = await asyncpg.connect(quiet_house.admin_url)
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND query LIKE '%due_timers%' AND pid <> pg_backend_pid()"
    )
    await administrator.close()
    clock.advance(2 * MINUTE)
    assert len(await eventually(lambda: sent(database))) == 1
    await eventually(lambda: worker.problem() is None)


async def test_a_timer_needs_a_time_zone_and_its_own_organization(database, fresh_organization, make_event):
    organization = fresh_organization()
    async with database.transaction(organization) as connection:
        with pytest.raises(ValueError, match="time zone"):
            await schedule(connection, organization, "step", datetime(2026, 3, 1), make_event(organization))  # noqa: DTZ001
        with pytest.raises(ValueError, match="carries a message of"):
            await schedule(connection, organization, "step", NOON, make_event("another-plant"))


async def test_one_organization_cannot_cancel_anothers_timer(database, fresh_organization, make_event):
    ours, theirs = fresh_organization(), fresh_organization()
    async with database.transaction(theirs) as connection:
        await schedule(connection, theirs, "step", NOON, make_event(theirs))
    async with database.transaction(ours) as connection:
        assert not await cancel(connection, theirs, "step")
    assert await pending(database) == 1
