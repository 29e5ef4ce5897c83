"""Streams and consumers, declared once and repeated safely."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import nats

from haveri_chassis.bus import Bus
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_chassis.provision_bus import provision_bus
from haveri_contracts.streams import CONSUMERS, EVENTS, STREAMS, TIMELINE_ENTRIES, Consumer


async def test_everything_is_declared_and_repeating_it_changes_nothing(nats_process: Any) -> None:
    """Every stream, every consumer, a signal stream for each organisation."""
    first = await provision_bus(nats_process.url, organizations=["demo"])
    again = await provision_bus(nats_process.url, organizations=["demo", "demo"])

    assert again == []
    assert len(first) == len(STREAMS) + len(CONSUMERS) + 1
    client = await nats.connect(nats_process.url)
    info = await client.jetstream().consumer_info(EVENTS.name, TIMELINE_ENTRIES.name)
    signals = await client.jetstream().stream_info("SIGNALS_DEMO")
    await client.close()
    assert info.config.max_deliver == TIMELINE_ENTRIES.max_deliver
    assert info.config.max_ack_pending == 5000
    assert signals.config.subjects == ["haveri.demo.signal.>"]


async def test_what_drifted_is_put_right_and_named(nats_process: Any) -> None:
    """The server would silently keep it."""
    await provision_bus(nats_process.url)
    drifted = replace(TIMELINE_ENTRIES, ack_wait=timedelta(seconds=7), max_ack_pending=7)
    await provision_bus(nats_process.url, consumers=[drifted])

    changes = await provision_bus(nats_process.url)

    assert changes == ["consumer timeline-entries updated: ack_wait, max_ack_pending"]
    assert await provision_bus(nats_process.url) == []


async def test_a_reader_that_wants_more_than_before_keeps_its_place(nats_process: Any) -> None:
    """It is given what is new to it from there on, and nothing that it has had."""
    few = Consumer(
        "grown", "reader", EVENTS, ("haveri.*.event.chat.a.v1", "haveri.*.event.chat.b.v1"), "Wants two kinds."
    )
    await provision_bus(nats_process.url, consumers=[few])
    client = await nats.connect(nats_process.url)
    js = client.jetstream()
    try:
        for name in ("a", "c", "b"):
            await js.publish(f"haveri.demo.event.chat.{name}.v1", name.encode())
        reader = await js.pull_subscribe_bind("grown-reader", EVENTS.name)
        first = await reader.fetch(1, 5)
        await first[0].ack_sync()

        changes = await provision_bus(nats_process.url, consumers=[replace(few, subjects=("haveri.*.event.>",))])
        assert changes == ["consumer grown-reader updated: filter_subject"]
        await js.publish("haveri.demo.event.chat.d.v1", b"d")

        seen: list[bytes] = []
        while seen[-1:] != [b"d"]:
            for message in await reader.fetch(10, 5):
                await message.ack_sync()
                seen.append(message.data)
        assert first[0].data == b"a"
        assert seen == [b"c", b"b", b"d"]
    finally:
        await client.close()


async def test_a_service_that_comes_before_its_consumer_waits_and_says_so(nats_process: Any, until: Any) -> None:
    """It never declares one by itself; once `haveri provision` has run, it is ready."""
    late = Consumer("late", "reader", EVENTS, ("haveri.*.event.chat.>",), "Comes late.")
    bus = Bus(nats_process.url, service="late", clock=SystemClock(), ids=SystemIds())

    async def handle(received: Any) -> None:
        """Nothing comes."""

    bus.on_event(late, handle)
    await bus.start()
    try:
        await until(lambda: "late-reader" in (bus.problem() or ""))
        assert "haveri provision" in (bus.problem() or "")

        await provision_bus(nats_process.url, consumers=[late])

        await until(lambda: bus.problem() is None)
    finally:
        await bus.stop()
