"""An engine for each file of tests, and a plant for each test."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from haveri_chassis.migrations import ServiceSchema
from haveri_devservers.testing.house import House

# Tests are imported without packages, so that their shared parts have to be made findable.
sys.path.insert(0, str(Path(__file__).parent))

from engine_plant import Plant
from engine_stage import Stage

SCHEMA = ServiceSchema("escalation", "escalation", "haveri_escalation")


@pytest.fixture(scope="module")
async def engine_house(postgres_server, nats_server) -> AsyncIterator[House]:
    """The escalation schema and the bus."""
    house = await House.start(postgres_server, nats_server, schemas=[SCHEMA])
    yield house
    await house.stop()


@pytest.fixture(scope="module")
async def stage(engine_house: House) -> AsyncIterator[Stage]:
    """A running engine whose clock is moved by hand."""
    made = Stage(engine_house)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def plant(stage: Stage, engine_house: House) -> Plant:
    """A plant of this test's own."""
    return Plant(stage, engine_house.organization())
