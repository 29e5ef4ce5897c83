"""A connection that is never given up."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import nats
import pytest

from haveri_chassis.bus import Bus, CommandBus
from haveri_chassis.provision_bus import provision_bus
from haveri_contracts.incident.events import LeadAssigned
from haveri_contracts.streams import EVENTS, Consumer

MakeBus = Callable[[str], Bus]


async def reads_again(bus: Bus, handled: list[Any], until: Any) -> None:
    """An event that is published now is handled."""
    before = len(handled)
    envelope = bus.sender.event(
        LeadAssigned(incident_id=uuid4(), member_id=uuid4()), organization="demo", actor="system:test", cause=None
    )
    await bus.publish_durable(LeadAssigned.subject("demo"), envelope.encode(), str(envelope.id))
    await until(lambda: len(handled) > before)


async def test_a_bus_that_refuses_us_for_a_while_is_found_again(
    make_bus: MakeBus, started: Any, until: Any, consumers: dict[str, Consumer], nats_process: Any
) -> None:
    """Its password was changed and changed back, say, or it had too many connections."""
    handled: list[Any] = []

    async def handle(received: Any) -> None:
        handled.append(received)

    bus = make_bus("sample")
    bus.on_event(consumers["reader"], handle)
    password = nats_process.process.server.directory / "password"
    right = password.read_text()
    async with started(bus):
        nats_process.process.kill()
        password.write_text("another-password")
        nats_process.process.start()
        nats_process.process.wait_until_ready()
        await asyncio.sleep(0.6)
        assert bus.problem() == "NATS is not connected"

        nats_process.process.kill()
        password.write_text(right)
        nats_process.process.start()
        nats_process.process.wait_until_ready()

        await until(lambda: bus.problem() is None)
        await reads_again(bus, handled, until)


async def test_a_bus_that_lost_everything_works_again_once_it_is_provisioned(
    make_bus: MakeBus, started: Any, until: Any, consumers: dict[str, Consumer], nats_process: Any
) -> None:
    """PostgreSQL is the truth: the bus can be emptied, and nobody needs to be restarted."""
    handled: list[Any] = []

    async def handle(received: Any) -> None:
        handled.append(received)

    bus = make_bus("sample")
    bus.on_event(consumers["reader"], handle)
    async with started(bus):
        nats_process.process.kill()
        shutil.rmtree(nats_process.process.server.directory / "data")
        nats_process.process.start()
        nats_process.process.wait_until_ready()
        await until(lambda: "haveri provision" in (bus.problem() or ""))

        await provision_bus(nats_process.url, consumers=tuple(consumers.values()))

        await until(lambda: bus.problem() is None)
        await reads_again(bus, handled, until)


async def test_what_is_registered_too_late_is_refused(
    make_bus: MakeBus, started: Any, consumers: dict[str, Consumer]
) -> None:
    """Instead of silently hearing nothing."""
    bus = make_bus("sample")

    async def handle(received: Any) -> None:
        """Never called."""

    async with started(bus):
        with pytest.raises(RuntimeError):
            bus.on_event(consumers["reader"], handle)
        with pytest.raises(RuntimeError):
            bus.on_hint("haveri.>", handle)
        with pytest.raises(RuntimeError):
            CommandBus(bus)


async def test_a_long_handler_keeps_its_message(make_bus: MakeBus, started: Any, until: Any, nats_url: str) -> None:
    """Although it takes much longer than `ack_wait`."""
    patient = Consumer(
        "sample", "patient", EVENTS, ("haveri.*.event.incident.>",), "Is slow.", ack_wait=timedelta(milliseconds=150)
    )
    client = await nats.connect(nats_url)
    await client.jetstream().purge_stream(EVENTS.name)
    await client.close()
    await provision_bus(nats_url, consumers=[patient])
    begun: list[int] = []
    done: list[int] = []

    async def handle(received: Any) -> None:
        begun.append(received.deliveries)
        await asyncio.sleep(0.6)
        done.append(received.deliveries)

    bus = make_bus("sample")
    bus.on_event(patient, handle)
    async with started(bus):
        await reads_again(bus, done, until)

    assert begun == [1]
