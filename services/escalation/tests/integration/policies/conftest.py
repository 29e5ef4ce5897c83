"""A running escalation service with a directory beside it, for each file of tests."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from haveri_chassis.bus import Bus, CommandBus, QueryClient
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.migrations import ServiceSchema
from haveri_chassis.service import running
from haveri_devservers.testing.house import House
from haveri_escalation.main import create_app
from haveri_escalation.settings import EscalationSettings

# Tests are imported without packages, so that their shared parts have to be made findable.
sys.path.insert(0, str(Path(__file__).parent))

from policies_office import DirectoryOnTheBus, Office, Works

SCHEMA = ServiceSchema("escalation", "escalation", "haveri_escalation")
LINK_KEY = "only-for-tests-" * 3


@pytest.fixture(scope="module")
async def policies_house(postgres_server, nats_server) -> AsyncIterator[House]:
    """The escalation schema and the bus."""
    house = await House.start(postgres_server, nats_server, schemas=[SCHEMA])
    yield house
    await house.stop()


@pytest.fixture(scope="module")
async def directory(policies_house: House) -> AsyncIterator[DirectoryOnTheBus]:
    """A directory that answers."""
    made = DirectoryOnTheBus(policies_house.nats_url)
    await made.back()
    yield made
    await made.away()


@pytest.fixture(scope="module")
async def policies_database(policies_house: House) -> AsyncIterator[Database]:
    """The service's own door to its database."""
    database = policies_house.database("escalation")
    await database.open()
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def clients(policies_house: House) -> AsyncIterator[tuple[CommandBus, QueryClient]]:
    """What other services talk to escalation with."""
    bus = Bus(policies_house.nats_url, service="web", clock=SystemClock(), ids=SystemIds())
    made = CommandBus(bus), QueryClient(bus)
    await bus.start()
    await bus.wait_ready()
    yield made
    await bus.stop()


@pytest.fixture
def settings(policies_house: House) -> EscalationSettings:
    """The service's environment."""
    return policies_house.settings(EscalationSettings, link_key=LINK_KEY)


@pytest.fixture(scope="module")
async def service(policies_house: House, directory: DirectoryOnTheBus) -> AsyncIterator[None]:
    """The escalation service."""
    async with running(create_app(policies_house.settings(EscalationSettings, link_key=LINK_KEY))):
        yield


@pytest.fixture
def new_office(policies_house, clients, policies_database, directory) -> Callable[[], Office]:
    """Makes organisations of their own."""

    def make() -> Office:
        works = Works(policies_house.organization())
        directory.works[works.organization] = works
        return Office(works, *clients, policies_database)

    return make


@pytest.fixture
def office(service: None, new_office: Callable[[], Office]) -> Office:
    """An organisation for this test, with the service running."""
    return new_office()
