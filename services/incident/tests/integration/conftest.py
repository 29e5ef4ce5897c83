"""A real database for the incident service, and a directory that knows two organisations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from haveri_chassis.bus import QueryRefused
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.migrations import ServiceSchema
from haveri_contracts.directory.models import Area, Asset, Facility, Member, Organization
from haveri_contracts.outcomes import Problem
from haveri_contracts.plain import Role
from haveri_devservers.testing.house import House
from haveri_directory_copy.directory import Directory, by_id
from haveri_incident.adapters.event_store import EventStore
from haveri_incident.application.ports import Context

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

    def directory(self) -> Directory:
        """What the directory would tell."""
        people = (
            ("Anna", self.anna, Role.RESPONDER),
            ("Ben", self.ben, Role.MANAGER),
            ("Vera", self.viewer, Role.VIEWER),
        )
        other_line = Area(id=uuid4(), name="Line 2", facility_id=self.other_facility)
        return Directory(
            Organization(id=self.organization, name="Works"),
            facilities=by_id(
                Facility(id=id, name="Works", timezone="Europe/Helsinki") for id in (self.facility, self.other_facility)
            ),
            areas=by_id([Area(id=self.line, name="Line 1", facility_id=self.facility), other_line]),
            assets=by_id(
                Asset(id=id, name="Filler", area_id=area_id, asset_type="filler")
                for id, area_id in ((self.filler, self.line), (self.elsewhere, other_line.id))
            ),
            members=by_id(
                Member(id=id, name=name, email=f"{name}@haveri.example", role=role) for name, id, role in people
            ),
        )

    def context(self, who: UUID | None = None) -> Context:
        """A command of Anna's, or of somebody else."""
        command_id = SystemIds().new()
        return Context(self.organization, f"member:{who or self.anna}", command_id, command_id, SystemClock().now())


class FakeDirectories:
    """Knows the organisations it was told of."""

    def __init__(self) -> None:
        self.known: dict[str, Directory] = {}

    async def get(self, organization: str) -> Directory:
        """As the copies of the directory do."""
        if organization not in self.known:
            raise QueryRefused(Problem(type="organization-unknown", title="There is no such organisation.", detail=""))
        return self.known[organization]


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
def directory() -> FakeDirectories:
    """The directory."""
    return FakeDirectories()


@pytest.fixture
def works(house: House, directory: FakeDirectories) -> Works:
    """An organisation of its own for each test."""
    made = Works(house.organization())
    directory.known[made.organization] = made.directory()
    return made


@pytest.fixture
def other_works(house: House, directory: FakeDirectories) -> Works:
    """A second organisation."""
    made = Works(house.organization())
    directory.known[made.organization] = made.directory()
    return made
