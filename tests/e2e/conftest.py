"""The real processes, started as people start them, with two organisations in them."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

# Tests are imported without packages, so that their shared parts have to be made findable.
sys.path.insert(0, str(Path(__file__).parent))

from e2e_plants import Organization, borealis_plant, demo_plant

from haveri_devservers.testing.embedded_source import server_home
from haveri_teams_tenant.client import TenantClient
from haveri_tool.testing import RunningHouse, running_house


@pytest.fixture(scope="session")
def house() -> Iterator[RunningHouse]:
    """`haveri up`, from nothing."""
    with server_home() as home, running_house(home / "house", "--fast") as running:
        yield running


@pytest.fixture(scope="session")
async def tenants(house: RunningHouse) -> AsyncIterator[TenantClient]:
    """The local Teams tenants' controls."""
    async with TenantClient(house.endpoints["teams_tenant"]) as client:
        yield client


@pytest.fixture(scope="session")
async def demo(house: RunningHouse, tenants: TenantClient) -> AsyncIterator[Organization]:
    """The demo plant."""
    async with demo_plant(house, tenants) as organization:
        yield organization


@pytest.fixture(scope="session")
async def borealis(house: RunningHouse, tenants: TenantClient) -> AsyncIterator[Organization]:
    """A second organisation in the same house."""
    async with borealis_plant(house, tenants) as organization:
        yield organization


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: HAVERI_SCREENSHOTS, or the test's own folder."""
    folder = Path(os.environ.get("HAVERI_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
