"""Readers of events: order, retries, poison, and servers that die."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import nats
import pytest
from prometheus_client import REGISTRY

from haveri_chassis.bus import Bus, Received
from haveri_chassis.bus.dead_letters import DeadLetters
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_contracts.incident.events import LeadAssigned
from haveri_contracts.streams import EVENTS, Consumer

Until = Callable[..., Any]
SENDER = Sender("incident", SystemClock(), SystemIds())


@pytest.fixture(autouse=True)
async def empty_stream(nats_url: str) -> None:
    """Nobody else's events, and consumers that have nothing left to do."""
    client = await nats.connect(nats_url)
    await client.jetstream().purge_stream(EVENTS.name)
    await client.jetstream().purge_stream("DEAD_LETTERS")
    await client.close()


async def tell(bus: Bus, incident: UUID, number: int = 0, organization: str = "demo", version: int = 1) -> UUID:
    """Publish one event about an incident; `number` is its sequence."""
    envelope = SENDER.event(
        LeadAssigned(incident_id=incident, member_id=incident),
        organization=organization,
        actor="system:test",
        cause=None,
        sequence=number,
    )
    envelope = envelope.model_copy(update={"type": f"{envelope.type[:-1]}{version}"})
    subject = f"{LeadAssigned.subject(organization)[:-1]}{version}"
    await bus.publish_durable(subject, envelope.encode(), str(envelope.id))
    return envelope.id


async def two_letters(letters: DeadLetters) -> bool:
    """Both readers have laid down theirs."""
    return len(await letters.list()) == 2


async def test_events_of_one_incident_are_handled_in_their_order_while_others_run(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """With eight workers, and handlers that take as long as they like."""
    seen: dict[str, list[int]] = defaultdict(list)
    busy: set[str] = set()
    together = 0

    async def handle(received: Received[Any]) -> None:
        nonlocal together
        incident = str(received.envelope.subject)
        assert incident not in busy
        busy.add(incident)
        together = max(together, len(busy))
        await asyncio.sleep(random.random() / 500)
        busy.discard(incident)
        seen[incident].append(received.envelope.sequence or 0)

    bus = make_bus("sample")
    bus.on_event(consumers["reader"], handle, workers=8)
    incidents = [uuid4() for _ in range(10)]
    async with started(bus):
        for number in range(20):
            for incident in incidents:
                await tell(bus, incident, number)
        await until(lambda: sum(map(len, seen.values())) == 200)

    assert all(numbers == list(range(20)) for numbers in seen.values())
    assert 1 < together <= 8


async def test_a_reader_may_say_what_has_to_be_serial_instead_of_the_incident(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """Four events of one incident wait for each other: one after the other they would never come to an end."""
    waiting = 0
    all_there = asyncio.Event()

    async def handle(received: Received[Any]) -> None:
        nonlocal waiting
        waiting += 1
        if waiting == 4:
            all_there.set()
        await all_there.wait()

    bus = make_bus("sample")
    bus.on_event(consumers["reader"], handle, workers=4, partition_of=lambda received: received.envelope.id)
    incident = uuid4()
    async with started(bus):
        for number in range(4):
            await tell(bus, incident, number)
        await until(all_there.is_set)


async def test_a_failed_event_comes_again_after_a_delay_and_then_succeeds(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """Not at once: a nack without delay would come back forty times a second."""
    times: list[float] = []

    async def handle(received: Received[Any]) -> None:
        times.append(asyncio.get_running_loop().time())
        if received.deliveries < 3:
            raise RuntimeError("not yet")

    bus = make_bus("sample")
    bus.on_event(consumers["reader"], handle)
    async with started(bus):
        await tell(bus, uuid4())
        await until(lambda: len(times) == 3)
        await asyncio.sleep(0.1)

    assert len(times) == 3
    assert times[1] - times[0] >= 0.019
    assert times[2] - times[1] >= 0.029


async def test_an_event_that_always_fails_is_laid_down_with_its_reason_and_can_be_replayed(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """Handled afresh, although the stream had its id already; the letter is gone then."""
    healed = False
    deliveries: list[int] = []

    async def handle(received: Received[Any]) -> None:
        deliveries.append(received.deliveries)
        if not healed:
            raise RuntimeError("the sensor postgresql://x:hunter2@db is broken")

    bus = make_bus("sample")
    bus.on_event(consumers["reader"], handle)
    letters = DeadLetters(bus)
    async with started(bus):
        event_id = await tell(bus, uuid4())
        found = await until(lambda: letters.list(consumer="sample-reader"))
        (letter,) = found
        assert deliveries == [1, 2, 3, 4]
        assert letter.reason == "RuntimeError"
        assert letter.deliveries == 4
        assert letter.subject == LeadAssigned.subject("demo")
        assert letter.body is not None
        assert str(event_id).encode() in letter.body
        assert "hunter2" not in letter.detail

        healed = True
        await letters.replay(letter.sequence)

        await until(lambda: deliveries == [1, 2, 3, 4, 1])
        assert await letters.list() == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"no json", "not-a-cloudevent"),
        (b'{"specversion":"1.0","id":"x"}', "not-a-cloudevent"),
        ("other", "organization-mismatch"),
        ("elsewhere", "unknown-message-version"),
        ("data", "invalid-data"),
    ],
)
async def test_an_unreadable_event_is_laid_down_at_once_and_holds_up_nobody(
    body: bytes | str,
    reason: str,
    make_bus: Callable[[str], Bus],
    started: Any,
    until: Until,
    consumers: dict[str, Consumer],
) -> None:
    """Its bytes are kept as they came."""
    single: list[Any] = []
    batched: list[Any] = []

    async def handle(received: Received[Any]) -> None:
        single.append(received)

    async def handle_batch(received: Sequence[Received[Any]]) -> None:
        batched.extend(received)

    subject, sent = LeadAssigned.subject("demo"), body
    if isinstance(sent, str):
        envelope = SENDER.event(
            LeadAssigned(incident_id=uuid4(), member_id=uuid4()),
            organization="other" if body == "other" else "demo",
            actor="system:test",
            cause=None,
        )
        if body == "elsewhere":
            envelope = envelope.model_copy(update={"type": "haveri.incident.lead_assigned.v9"})
        if body == "data":
            envelope = envelope.model_copy(update={"data": {"incident_id": "nobody"}})
        sent = envelope.encode()
    bus = make_bus("sample")
    bus.on_event(consumers["reader"], handle)
    bus.on_events(consumers["batches"], handle_batch)
    letters = DeadLetters(bus)
    async with started(bus):
        await bus.publish_durable(subject, sent, str(uuid4()))
        await tell(bus, uuid4())
        await until(lambda: single and batched)
        await until(lambda: two_letters(letters))
        found = await letters.list()

    assert {letter.consumer for letter in found} == {"sample-reader", "sample-batches"}
    assert {letter.reason for letter in found} == {reason}
    assert {letter.body for letter in found} == {sent}
    assert {letter.deliveries for letter in found} == {1}
    assert (len(single), len(batched)) == (1, 1)


async def test_an_event_that_is_newer_than_its_readers_is_passed_over_and_counted(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """It is no dead letter; the metric says which service is behind, and a stranger cannot make it grow for ever."""
    single: list[Any] = []
    batched: list[Any] = []

    async def handle(received: Received[Any]) -> None:
        single.append(received)

    async def handle_batch(received: Sequence[Received[Any]]) -> None:
        batched.extend(received)

    def counted(reader: str, type: str) -> float:
        labels = {"consumer": f"sample-{reader}", "type": type}
        return REGISTRY.get_sample_value("haveri_unknown_events_total", labels) or 0

    bus = make_bus("sample")
    bus.on_event(consumers["reader"], handle)
    bus.on_events(consumers["batches"], handle_batch)
    before = [counted("reader", "others"), counted("batches", "others")]
    async with started(bus):
        for version in range(2, 62):
            await tell(bus, uuid4(), version=version)
        last = await tell(bus, uuid4())
        await until(lambda: single and batched)
        assert await DeadLetters(bus).list() == []

    assert [received.envelope.id for received in (*single, *batched)] == [last, last]
    assert counted("reader", "haveri.incident.lead_assigned.v2") == 1
    assert [counted("reader", "others"), counted("batches", "others")] == [before[0] + 10, before[1] + 10]


async def test_a_batch_reader_gets_newer_events_if_it_wants_them_and_nothing_that_it_does_not_want(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """What it does not want is done without being read."""
    batched: list[Received[Any]] = []

    async def handle_batch(received: Sequence[Received[Any]]) -> None:
        batched.extend(received)

    bus = make_bus("sample")
    bus.on_events(consumers["batches"], handle_batch, wanted=lambda kind: kind is None)
    async with started(bus):
        await tell(bus, uuid4())
        await bus.publish_durable(LeadAssigned.subject("demo"), b"not even JSON", str(uuid4()))
        newer = await tell(bus, uuid4(), version=2)
        await until(lambda: batched)
        client = bus.connection.client.jetstream()
        await until(lambda: _is_done(client, consumers["batches"]))
        assert await DeadLetters(bus).list() == []

    assert [(received.envelope.id, received.message) for received in batched] == [(newer, None)]


async def _is_done(client: Any, consumer: Consumer) -> bool:
    info = await client.consumer_info(EVENTS.name, consumer.name)
    return not info.num_pending and not info.num_ack_pending


async def test_a_discarded_letter_is_gone_for_good(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """Its message is not handled."""
    bus = make_bus("sample")
    handled: list[Any] = []

    async def handle(received: Received[Any]) -> None:
        handled.append(received)

    bus.on_event(consumers["reader"], handle)
    letters = DeadLetters(bus)
    async with started(bus):
        await bus.publish_durable(LeadAssigned.subject("demo"), b"rubbish", str(uuid4()))
        found = await until(letters.list)
        await letters.discard(found[0].sequence)
        assert await letters.list() == []
        with pytest.raises(LookupError):
            await letters.get(found[0].sequence)

    assert handled == []


async def test_batches_keep_the_streams_order_and_grow_under_load(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """Five hundred at once when they wait already, one by one when they trickle."""
    sizes: list[int] = []
    numbers: list[int] = []

    async def handle(received: Sequence[Received[Any]]) -> None:
        sizes.append(len(received))
        numbers.extend(one.envelope.sequence or 0 for one in received)
        await asyncio.sleep(0.002)

    publisher = make_bus("incident")
    async with started(publisher):
        incident = uuid4()
        await asyncio.gather(*[tell(publisher, incident, number) for number in range(1)])
        for number in range(1, 1200):
            await tell(publisher, incident, number)
        bus = make_bus("sample")
        bus.on_events(consumers["batches"], handle, batch=500)
        async with started(bus):
            await until(lambda: len(numbers) == 1200)
            begun = asyncio.get_running_loop().time()
            await tell(publisher, incident, 1200)
            await until(lambda: len(numbers) == 1201)
            assert asyncio.get_running_loop().time() - begun < 0.25

    assert numbers == list(range(1201))
    assert max(sizes) > 100
    assert sizes[-1] == 1


async def test_a_poisonous_event_in_a_batch_holds_up_no_other_and_dies_alone(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """The others are handled in their order in the same breath."""
    handled: list[int] = []

    async def handle(received: Sequence[Received[Any]]) -> None:
        numbers = [one.envelope.sequence or 0 for one in received]
        if 7 in numbers:
            raise ValueError("poison")
        handled.extend(numbers)

    publisher = make_bus("incident")
    letters = DeadLetters(publisher)
    async with started(publisher):
        for number in range(1, 21):
            await tell(publisher, uuid4(), number)
        bus = make_bus("sample")
        bus.on_events(consumers["batches"], handle)
        async with started(bus):
            found = await until(letters.list)

    assert handled == [number for number in range(1, 21) if number != 7]
    assert [(letter.reason, letter.deliveries) for letter in found] == [("ValueError", 4)]


async def test_a_batch_is_not_tried_message_by_message_when_nothing_works(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """While the database is away, hundreds of calls would help nobody; nothing is lost meanwhile."""
    away, calls = True, 0
    handled: set[int] = set()

    async def handle(received: Sequence[Received[Any]]) -> None:
        nonlocal calls
        calls += 1
        if away:
            raise OSError("the database is away")
        handled.update(one.envelope.sequence or 0 for one in received)

    publisher = make_bus("incident")
    async with started(publisher):
        for number in range(1, 101):
            await tell(publisher, uuid4(), number)
        bus = make_bus("sample")
        bus.on_events(consumers["batches"], handle)
        async with started(bus):
            await until(lambda: calls >= 4)
            assert calls < 50
            away = False
            await until(lambda: len(handled) == 100)


async def test_a_consumer_that_dies_each_time_shows_among_the_dead_letters(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer], nats_url: str
) -> None:
    """The server says so, and the body is fetched from where it still is."""
    bus = make_bus("sample")
    letters = DeadLetters(bus)
    async with started(bus):
        event_id = await tell(bus, uuid4())
        client = await nats.connect(nats_url)
        subscription = await client.jetstream().pull_subscribe_bind("sample-dies", EVENTS.name)
        for _ in range(2):
            await subscription.fetch(1, timeout=2)
        with pytest.raises(nats.errors.TimeoutError):
            await subscription.fetch(1, timeout=0.3)
        found = await until(lambda: letters.list(consumer="sample-dies"))
        await client.close()
        (letter,) = found
        assert letter.reason == "delivered-too-often"
        assert letter.body is not None
        assert str(event_id).encode() in letter.body

        await letters.replay(letter.sequence)

        assert await letters.list(consumer="sample-dies") == []


async def test_what_is_being_handled_when_a_service_stops_is_finished(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer]
) -> None:
    """And what had only been fetched goes to the next replica at once, not after thirty seconds."""
    first: list[int] = []
    second: list[int] = []

    async def slow(received: Received[Any]) -> None:
        await asyncio.sleep(0.05)
        first.append(received.envelope.sequence or 0)

    async def quick(received: Received[Any]) -> None:
        second.append(received.envelope.sequence or 0)

    publisher, stopping, other = make_bus("incident"), make_bus("sample"), make_bus("sample")
    stopping.on_event(consumers["reader"], slow)
    other.on_event(consumers["reader"], quick)
    async with started(publisher):
        for number in range(1, 61):
            await tell(publisher, uuid4(), number)
        async with started(stopping):
            await until(lambda: first)
        async with started(other):
            await until(lambda: set(first) | set(second) == set(range(1, 61)))

    assert len(first) < 60
    assert not set(first) & set(second)


async def test_readers_go_on_after_nats_was_killed(
    make_bus: Callable[[str], Bus], started: Any, until: Until, consumers: dict[str, Consumer], nats_process: Any
) -> None:
    """Within moments, and without anybody restarting them; readiness tells the truth meanwhile."""
    handled: list[int] = []
    batched: list[int] = []
    hinted: list[int] = []

    async def handle(received: Received[Any]) -> None:
        handled.append(received.envelope.sequence or 0)

    async def handle_batch(received: Sequence[Received[Any]]) -> None:
        batched.extend(one.envelope.sequence or 0 for one in received)

    async def hint(envelope: Any) -> None:
        hinted.append(envelope.sequence or 0)

    bus = make_bus("sample")
    bus.on_event(consumers["reader"], handle)
    bus.on_events(consumers["batches"], handle_batch)
    bus.on_hint("haveri.*.event.incident.>", hint)
    async with started(bus):
        await tell(bus, uuid4(), 1)
        await until(lambda: handled and batched and hinted)

        nats_process.process.kill()
        await until(lambda: bus.problem() == "NATS is not connected")
        nats_process.process.start()
        nats_process.process.wait_until_ready()
        await until(lambda: bus.problem() is None)
        begun = asyncio.get_running_loop().time()
        await tell(bus, uuid4(), 2)
        await until(lambda: 2 in handled and 2 in batched and 2 in hinted)

        assert asyncio.get_running_loop().time() - begun < 2


async def test_a_hint_is_heard_by_every_replica_and_one_of_another_organisation_is_not_believed(
    make_bus: Callable[[str], Bus], started: Any, until: Until
) -> None:
    """An envelope that lies about its organisation changes nothing, nor does a handler that fails."""
    heard: list[tuple[str, str]] = []

    def listener(name: str) -> Any:
        async def hear(envelope: Any) -> None:
            heard.append((name, envelope.organization))
            raise RuntimeError("a fault of the listener")

        return hear

    one, two = make_bus("web"), make_bus("web")
    one.on_hint("haveri.*.event.incident.>", listener("one"))
    two.on_hint("haveri.*.event.incident.>", listener("two"))
    async with started(one, two):
        envelope = SENDER.event(
            LeadAssigned(incident_id=uuid4(), member_id=uuid4()), organization="demo", actor="system:test", cause=None
        )
        client = one.connection.client
        await client.publish(LeadAssigned.subject("victim"), envelope.encode())
        await client.publish(LeadAssigned.subject("demo"), b"rubbish")
        await one.publish_hint(envelope)
        await one.publish_hint(envelope)
        await until(lambda: len(heard) == 4)

    assert sorted(heard) == [("one", "demo"), ("one", "demo"), ("two", "demo"), ("two", "demo")]
