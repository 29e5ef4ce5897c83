"""What is in the outbox reaches the bus, in order and once, whatever dies on the way."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import nats
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.outbox import DurablePublisher, OutboxRelay, emit
from haveri_contracts.envelope import open_envelope
from haveri_contracts.streams import EVENTS
from haveri_devservers import PostgresServer, ServerProcess, free_port
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.house import House
from haveri_devservers.testing.postgres import PostgresForTests
from haveri_devservers.testing.waiting import eventually

SECOND = timedelta(seconds=1)


class Stream:
    """A bus of its own making: remembers what it stored, by message id, and fails when it is told to."""

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self.stored: dict[str, bytes] = {}
        self.failing: set[str] = set()
        self.away = False
        self.stored_one = asyncio.Event()
        self.hold_acknowledgements = asyncio.Event()
        self.hold_acknowledgements.set()

    async def publish_durable(
        self, subject: str, body: bytes, message_id: str, headers: Mapping[str, str] | None = None
    ) -> bool:
        self.attempts.append(message_id)
        await asyncio.sleep(0)
        if self.away or message_id in self.failing:
            raise ConnectionError("no stream answered")
        known = message_id in self.stored
        self.stored.setdefault(message_id, body)
        self.stored_one.set()
        await self.hold_acknowledgements.wait()
        return not known

    def sequences(self) -> dict[str, list[int]]:
        """The sequence numbers that each aggregate's readers see, in their order."""
        seen: dict[str, list[int]] = defaultdict(list)
        for body in self.stored.values():
            envelope = open_envelope(body)
            seen[envelope.subject].append(envelope.sequence)
        return seen


@pytest.fixture
async def house(postgres_server, sample_schema) -> AsyncIterator[House]:
    """A house of its own: a relay publishes the rows of all organisations in its database."""
    house = await House.start(postgres_server, schemas=[sample_schema])
    yield house
    await house.stop()


@pytest.fixture
async def database(house) -> AsyncIterator[Database]:
    database = house.database("sample")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
async def started() -> AsyncIterator[Callable[..., Awaitable[OutboxRelay]]]:
    """A function that starts a relay; what a test does not stop is stopped after it."""
    relays: list[OutboxRelay] = []

    async def start(database: Database, bus: DurablePublisher, clock: Clock | None = None) -> OutboxRelay:
        relays.append(OutboxRelay(database, bus, clock=clock))
        await relays[-1].start()
        return relays[-1]

    yield start
    await asyncio.gather(*(relay.stop() for relay in relays))


async def waiting(database: Database) -> int:
    async with database.across_organizations() as connection:
        return await connection.fetchval("SELECT count(*) FROM outbox")


async def empty(database: Database) -> bool:
    return await waiting(database) == 0


async def say(database: Database, organization: str, *messages) -> None:
    async with database.transaction(organization) as connection:
        await emit(connection, messages)


async def kill_connections(house: House, like: str) -> int:
    """End, from outside, the connections that listen for the relay or stand by."""
    administrator = await asyncpg.connect(house.admin_url)
    try:
        return await administrator.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE $1",
            like,
        )
    finally:
        await administrator.close()


async def test_everything_said_before_and_after_the_start_is_published_and_removed(
    started, database, fresh_organization, make_event
):
    ours, theirs, bus = fresh_organization(), fresh_organization(), Stream()
    before, after = make_event(ours), make_event(theirs)
    await say(database, ours, before)
    relay = await started(database, bus)
    await eventually(lambda: str(before.id) in bus.stored)
    await eventually(lambda: empty(database))
    await say(database, theirs, after)
    await eventually(lambda: str(after.id) in bus.stored)
    await eventually(lambda: empty(database))
    assert bus.stored == {str(before.id): before.encode(), str(after.id): after.encode()}
    assert relay.problem() is None
    await relay.stop()


async def test_a_message_of_a_slow_writer_is_found_although_a_later_one_went_before(
    started, database, fresh_organization, make_event
):
    organization, bus = fresh_organization(), Stream()
    relay = await started(database, bus)
    slow, quick = make_event(organization), make_event(organization)
    async with database.transaction(organization) as connection:
        await emit(connection, [slow])
        await say(database, organization, quick)
        await eventually(lambda: str(quick.id) in bus.stored)
        assert str(slow.id) not in bus.stored
    await eventually(lambda: str(slow.id) in bus.stored)
    await relay.stop()


@given(
    order=st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=40),
    pauses=st.lists(st.sampled_from([SECOND, 60 * SECOND]), min_size=1),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_each_aggregate_stays_in_order_whatever_fails(
    database, clock, fresh_organization, make_event, order, pauses
):
    organization, bus, aggregates = fresh_organization(), Stream(), [uuid4() for _ in range(5)]
    versions: dict[UUID, int] = defaultdict(int)
    relay = OutboxRelay(database, bus, clock=clock)
    await relay.start()
    try:
        for index, fails in order:
            aggregate = aggregates[index]
            versions[aggregate] += 1
            message = make_event(organization, aggregate, versions[aggregate])
            if fails:
                bus.failing.add(str(message.id))
            await say(database, organization, message)
        for recovered, pause in zip(tuple(bus.failing), itertools.cycle(pauses), strict=False):
            bus.failing.discard(recovered)
            clock.advance(pause)
            await asyncio.sleep(0)

        async def all_published() -> bool:
            clock.advance(60 * SECOND)
            return await empty(database)

        await eventually(all_published)
    finally:
        await relay.stop()
    assert bus.sequences() == {str(key): list(range(1, count + 1)) for key, count in versions.items()}


async def test_a_failing_aggregate_holds_back_only_itself(started, database, clock, fresh_organization, make_event):
    organization, bus = fresh_organization(), Stream()
    stuck, free = uuid4(), uuid4()
    first, second = make_event(organization, stuck, 1), make_event(organization, stuck, 2)
    bus.failing.add(str(first.id))
    relay = await started(database, bus, clock)
    await say(database, organization, first, second)
    others = [make_event(organization, free, number) for number in range(1, 50)]
    await say(database, organization, *others)
    await eventually(lambda: len(bus.stored) == len(others))
    assert str(second.id) not in bus.attempts
    bus.failing.clear()
    clock.advance(60 * SECOND)
    await eventually(lambda: empty(database))
    assert bus.sequences()[str(stuck)] == [1, 2]
    assert relay.problem() is None
    await relay.stop()


async def test_a_bus_that_is_away_makes_the_relay_unready_and_loses_nothing(
    started, database, clock, fresh_organization, make_event
):
    organization, bus = fresh_organization(), Stream()
    bus.away = True
    messages = [make_event(organization, sequence=1) for _ in range(200)]
    await say(database, organization, *messages)
    relay = await started(database, bus, clock)
    await eventually(lambda: "cannot be published" in (relay.problem() or ""))
    attempts = len(bus.attempts)
    await asyncio.sleep(0.05)
    assert len(bus.attempts) <= max(attempts, 200), "the relay must not hammer a bus that is away"
    bus.away = False

    async def recovered() -> bool:
        clock.advance(60 * SECOND)
        return await empty(database)

    await eventually(recovered)
    assert set(bus.stored) == {str(message.id) for message in messages}
    assert relay.problem() is None
    await relay.stop()


async def test_a_crash_between_publishing_and_deleting_publishes_again_under_the_same_id(
    started, house, database, fresh_organization, make_event
):
    organization, bus = fresh_organization(), Stream()
    message = make_event(organization)
    bus.hold_acknowledgements.clear()
    relay = await started(database, bus)
    await say(database, organization, message)
    await bus.stored_one.wait()
    assert await kill_connections(house, "%outbox%") >= 1
    bus.hold_acknowledgements.set()
    await eventually(lambda: empty(database))
    assert len(bus.attempts) >= 2
    assert set(bus.attempts) == {str(message.id)}
    await eventually(lambda: relay.problem() is None)
    await relay.stop()


async def test_another_replica_takes_over_when_the_leader_goes(
    started, house, database, fresh_organization, make_event
):
    organization = fresh_organization()
    buses = [Stream(), Stream()]
    relays = [await started(database, bus) for bus in buses]
    await eventually(lambda: all(relay.problem() is None for relay in relays))
    await say(database, organization, make_event(organization))
    await eventually(lambda: empty(database))
    leader = 0 if buses[0].stored else 1
    assert not buses[1 - leader].stored, "two relays published at once"
    await relays[leader].stop()
    await say(database, organization, make_event(organization))
    await eventually(lambda: empty(database))
    assert len(buses[1 - leader].stored) == 1
    await relays[1 - leader].stop()


async def test_a_stopping_relay_finishes_what_it_has_in_hand(started, database, fresh_organization, make_event):
    organization, bus = fresh_organization(), Stream()
    bus.hold_acknowledgements.clear()
    relay = await started(database, bus)
    await say(database, organization, make_event(organization))
    await bus.stored_one.wait()
    stopping = asyncio.create_task(relay.stop())
    await asyncio.sleep(0)
    bus.hold_acknowledgements.set()
    await stopping
    assert await empty(database)


async def test_messages_survive_kill_9_of_the_database(
    started, server_home, sample_schema, fresh_organization, make_event
):
    server = PostgresServer(server_home / "postgres", free_port(), durable=True)
    with ServerProcess(server) as process:
        endpoint = server.endpoint()
        house = await House.start(
            PostgresForTests(port=endpoint.port, password=endpoint.password), schemas=[sample_schema]
        )
        database = house.database("sample")
        await database.open()
        organization, bus = fresh_organization(), Stream()
        relay = await started(database, bus)
        await eventually(lambda: relay.problem() is None)
        bus.away = True
        messages = [make_event(organization) for _ in range(10)]
        await say(database, organization, *messages)
        process.kill()
        await eventually(lambda: "cannot be read" in (relay.problem() or ""))
        bus.away = False
        process.start()
        process.wait_until_ready()
        await eventually(lambda: len(bus.stored) == len(messages))
        await eventually(lambda: relay.problem() is None)
        await relay.stop()
        await database.close()


async def test_a_message_published_twice_is_once_in_the_real_stream(
    started, postgres_server, nats_server, sample_schema, fresh_organization, make_event
):
    house = await House.start(postgres_server, nats_server, schemas=[sample_schema])
    database = house.database("sample")
    await database.open()
    client = await nats.connect(nats_server.url)
    organization, publisher = fresh_organization(), JetStreamTwice(client.jetstream())
    relay = await started(database, publisher)
    messages = [make_event(organization) for _ in range(5)]
    await say(database, organization, *messages)
    await eventually(lambda: empty(database))
    stream = await client.jetstream().stream_info(EVENTS.name, subjects_filter=f"haveri.{organization}.>")
    assert sum((stream.state.subjects or {}).values()) == len(messages)
    await relay.stop()
    await client.close()
    await database.close()
    await house.stop()


class JetStreamTwice:
    """A real JetStream publisher that says everything twice, as after a crash."""

    def __init__(self, jetstream) -> None:
        self._jetstream = jetstream

    async def publish_durable(self, subject, body, message_id, headers=None):
        for _ in range(2):
            await self._jetstream.publish(subject, body, headers={**(headers or {}), "Nats-Msg-Id": message_id})
