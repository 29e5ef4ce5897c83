"""A running directory service for each file of tests; organisations keep them apart.

Not for the whole session: other services' tests answer for the directory themselves, on the same bus.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from directory_office import Office

from haveri_chassis.bus import Bus, CommandBus, QueryClient
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.migrations import ServiceSchema
from haveri_chassis.service import running
from haveri_devservers.testing.house import House
from haveri_directory.main import create_app
from haveri_directory.settings import DirectorySettings

SCHEMA = ServiceSchema("directory", "directory", "haveri_directory")


@pytest.fixture(scope="module")
async def directory_house(postgres_server, nats_server) -> AsyncIterator[House]:
    """A database and a bus with the directory service running on them."""
    house = await House.start(postgres_server, nats_server, schemas=[SCHEMA])
    async with running(create_app(house.settings(DirectorySettings))):
        yield house
    await house.stop()


@pytest.fixture(scope="module")
async def directory_clients(directory_house) -> AsyncIterator[tuple[CommandBus, QueryClient]]:
    """What other services talk to the directory with."""
    bus = Bus(directory_house.nats_url, service="web", clock=SystemClock(), ids=SystemIds())
    clients = CommandBus(bus), QueryClient(bus)
    await bus.start()
    await bus.wait_ready()
    yield clients
    await bus.stop()


@pytest.fixture(scope="module")
async def directory_database(directory_house) -> AsyncIterator[Database]:
    """The directory service's own door to its database."""
    database = directory_house.database("directory")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def new_office(directory_clients, directory_database, fresh_organization) -> Callable[[], Office]:
    """Makes organisations that are not created yet."""
    return lambda: Office(fresh_organization(), *directory_clients, directory_database)


@pytest.fixture
async def office(new_office) -> Office:
    """An organisation with its administrator."""
    made = new_office()
    await made.found()
    return made
