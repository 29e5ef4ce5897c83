"""A NATS server of our own that tests may kill, with the contracts' streams and short-tempered consumers."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from haveri_chassis import logs
from haveri_chassis.bus import Bus
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_chassis.provision_bus import provision_bus
from haveri_contracts.streams import COMMANDS, EVENTS, Consumer
from haveri_contracts.subjects import Kind, everything_of
from haveri_devservers import NatsServer, ServerProcess, free_ports
from haveri_devservers.testing.embedded_source import server_home

QUICK = tuple(timedelta(milliseconds=milliseconds) for milliseconds in (20, 30, 40))
READER = Consumer("sample", "reader", EVENTS, (everything_of(Kind.EVENT, "incident"),), "Reads.", retry_after=QUICK)
BATCHES = Consumer("sample", "batches", EVENTS, (everything_of(Kind.EVENT, "incident"),), "Reads.", retry_after=QUICK)
ORDERS = Consumer(
    "incident", "commands", COMMANDS, (everything_of(Kind.COMMAND, "incident"),), "Obeys.", retry_after=QUICK
)
DIES = Consumer(
    "sample",
    "dies",
    EVENTS,
    (everything_of(Kind.EVENT, "incident"),),
    "Is gone before it answers.",
    ack_wait=timedelta(milliseconds=50),
    retry_after=(timedelta(milliseconds=20),),
)


@dataclass
class NatsForTests:
    """A server and its process, to be killed and started again."""

    process: ServerProcess
    url: str

    def restart(self) -> None:
        """Kill it as a power failure would, and start it again on the same port."""
        self.process.kill()
        self.process.start()
        self.process.wait_until_ready()


@pytest.fixture(scope="module")
def nats_process() -> Iterator[NatsForTests]:
    """One server for a file of tests, durable as in production."""
    with server_home() as home:
        port, monitoring_port, mqtt_port = free_ports(None, None, None)
        server = NatsServer(home / "nats", port, monitoring_port=monitoring_port, mqtt_port=mqtt_port)
        with ServerProcess(server) as process:
            yield NatsForTests(process, server.endpoint().url)


@pytest.fixture(scope="module")
async def nats_url(nats_process: NatsForTests) -> str:
    """The server's address, with streams and consumers declared."""
    await provision_bus(nats_process.url, consumers=(READER, BATCHES, ORDERS, DIES))
    return nats_process.url


MakeBus = Callable[[str], Bus]


@pytest.fixture
def make_bus(nats_url: str) -> MakeBus:
    """A function that gives a bus for a service; `started` runs it."""
    return lambda service: Bus(nats_url, service=service, clock=SystemClock(), ids=SystemIds())


@asynccontextmanager
async def _started(*buses: Bus) -> AsyncIterator[None]:
    for bus in buses:
        await bus.start()
    try:
        for bus in buses:
            await asyncio.wait_for(bus.wait_ready(), 10)
        yield
    finally:
        for bus in reversed(buses):
            await bus.stop()


@pytest.fixture
def started() -> Callable[..., object]:
    """A context manager that starts buses, waits until they are ready, and stops them."""
    return _started


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Awaitable[Any]]:
    """A function that waits until something (awaitable or not) is true, at most ten seconds, and gives it."""

    async def wait(condition: Callable[[], Any]) -> Any:
        async with asyncio.timeout(10):
            while True:
                found = condition()
                if inspect.isawaitable(found):
                    found = await found
                if found:
                    return found
                await asyncio.sleep(0.005)

    return wait


@pytest.fixture(autouse=True, scope="module")
def few_logs() -> Iterator[None]:
    """Failures are what these tests are about; their tracebacks would only take time."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.setup("tests", level="ERROR")
    root.setLevel(logging.CRITICAL)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def consumers() -> dict[str, Consumer]:
    """The declared consumers by their short names."""
    return {"reader": READER, "batches": BATCHES, "orders": ORDERS, "dies": DIES}
