"""A real database for the incident service, and a directory that knows two organisations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.migrations import ServiceSchema
from haveri_contracts.plain import Role
from haveri_devservers.testing.house import House
from haveri_incident.adapters.event_store import EventStore
from haveri_incident.application.ports import AreaPlace, AssetPlace, Context, Plant

SCHEMA = ServiceSchema("incident", "incident", "haveri_incident")


@dataclass
class Works:
    """One organisation's plant and the people in it."""

    organization: str
    anna: UUID = field(default_factory=uuid4)
    ben: UUID = field(default_factory=uuid4)
    viewer: UUID = field(default_factory=uuid4)
    facility: UUID = field(default_factory=uuid4)
    other_facility: UUID = field(default_factory=uuid4)
    line: UUID = field(default_factory=uuid4)
    filler: UUID = field(default_factory=uuid4)
    elsewhere: UUID = field(default_factory=uuid4)

    def plant(self) -> Plant:
        """What the directory would tell."""
        return Plant(
            members={self.anna: Role.RESPONDER, self.ben: Role.MANAGER, self.viewer: Role.VIEWER},
            names={self.anna: "Anna", self.ben: "Ben", self.viewer: "Vera"},
            teams=frozenset(),
            facilities=frozenset({self.facility, self.other_facility}),
            areas={self.line: AreaPlace(self.facility)},
            assets={
                self.filler: AssetPlace(self.facility, self.line),
                self.elsewhere: AssetPlace(self.other_facility, uuid4()),
            },
        )

    def context(self, who: UUID | None = None) -> Context:
        """A command of Anna's, or of somebody else."""
        command_id = SystemIds().new()
        return Context(self.organization, f"member:{who or self.anna}", command_id, command_id, SystemClock().now())


class FakeDirectory:
    """Knows the plants it was told of."""

    def __init__(self) -> None:
        self.plants: dict[str, Plant] = {}

    async def plant(self, organization: str) -> Plant:
        """The plant of a known organisation."""
        return self.plants[organization]


@pytest.fixture(scope="session")
async def house(postgres_server, nats_server) -> AsyncIterator[House]:
    """The incident schema and the bus."""
    made = await House.start(postgres_server, nats_server, schemas=[SCHEMA])
    yield made
    await made.stop()


@pytest.fixture
async def database(house: House) -> AsyncIterator[Database]:
    """The incident service's own door to PostgreSQL."""
    opened = house.database("incident")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def store(database: Database) -> EventStore:
    """The event store."""
    return EventStore(database, SystemIds())


@pytest.fixture
def directory() -> FakeDirectory:
    """The directory."""
    return FakeDirectory()


@pytest.fixture
def works(house: House, directory: FakeDirectory) -> Works:
    """An organisation of its own for each test."""
    made = Works(house.organization())
    directory.plants[made.organization] = made.plant()
    return made


@pytest.fixture
def other_works(house: House, directory: FakeDirectory) -> Works:
    """A second organisation."""
    made = Works(house.organization())
    directory.plants[made.organization] = made.plant()
    return made
