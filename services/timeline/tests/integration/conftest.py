"""A real database and bus for the timeline service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from haveri_chassis.database import Database
from haveri_chassis.migrations import ServiceSchema
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.house import House
from haveri_timeline.adapters.reads import TimelineReads
from haveri_timeline.adapters.timeline_store import TimelineStore

SCHEMA = ServiceSchema("timeline", "timeline", "haveri_timeline")
NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)


@pytest.fixture(scope="session")
async def house(postgres_server, nats_server) -> AsyncIterator[House]:
    """The timeline schema and the bus."""
    made = await House.start(postgres_server, nats_server, schemas=[SCHEMA])
    yield made
    await made.stop()


@pytest.fixture
async def database(house: House) -> AsyncIterator[Database]:
    """The timeline service's own door to PostgreSQL."""
    opened = house.database("timeline")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at 03:10."""
    return ManualClock(NOW)


@pytest.fixture
def store(database: Database, clock: ManualClock) -> TimelineStore:
    """Where timelines are written."""
    return TimelineStore(database, clock.now)


@pytest.fixture
def reads(database: Database) -> TimelineReads:
    """Where timelines are read."""
    return TimelineReads(database)


@pytest.fixture
def organization(house: House) -> str:
    """An organisation of its own for each test."""
    return house.organization()


@pytest.fixture
def minute() -> timedelta:
    """One minute."""
    return timedelta(minutes=1)
