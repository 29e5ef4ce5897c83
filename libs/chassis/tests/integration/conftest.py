"""A house with the sample service, whose database the data tests share; organisations keep them apart."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.migrations import ServiceSchema
from haveri_contracts.envelope import Envelope, wrap
from haveri_contracts.incident.events import StatusUpdated
from haveri_contracts.plain import Status
from haveri_devservers.testing.house import House
from haveri_devservers.testing.postgres import PostgresForTests

SAMPLE_FOLDER = Path(__file__).parent / "sample_service"
sys.path.insert(0, str(SAMPLE_FOLDER))


@pytest.fixture(scope="session")
def sample_schema() -> ServiceSchema:
    """The sample service's schema."""
    return ServiceSchema("sample", "sample", "haveri_sample")


@pytest.fixture(scope="session")
async def sample_house(postgres_server: PostgresForTests, sample_schema: ServiceSchema) -> AsyncIterator[House]:
    """A migrated database for the sample service, without a bus."""
    house = await House.start(postgres_server, schemas=[sample_schema])
    yield house
    await house.stop()


@pytest.fixture
async def sample_database(sample_house: House) -> AsyncIterator[Database]:
    """The sample service's own door to its database."""
    database = sample_house.database("sample")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def make_event() -> Callable[..., Envelope]:
    """A function that makes an event's envelope for an organisation: `make_event(organization, aggregate=None)`."""
    ids = SystemIds()

    def make(organization: str, aggregate: UUID | None = None, sequence: int | None = None) -> Envelope:
        event = StatusUpdated(
            incident_id=aggregate or ids.new(), old_status=Status.DECLARED, status=Status.INVESTIGATING
        )
        return wrap(
            event,
            id=ids.new(),
            source="sample",
            organization=organization,
            actor="system:test",
            time=datetime(2026, 3, 1, tzinfo=UTC),
            sequence=sequence,
        )

    return make
