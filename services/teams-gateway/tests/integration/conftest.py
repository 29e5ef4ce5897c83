"""One tenant process and one house for all tests, neighbours for each file, a gateway for each test."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

# Tests are imported without packages, so that their shared parts have to be made findable.
sys.path.insert(0, str(Path(__file__).parent))

import gateway_rig as rigs
from escalation_rig import FakeEscalation

from haveri_chassis.migrations import ServiceSchema
from haveri_chassis.objects import ObjectStore
from haveri_devservers.testing.house import House

SCHEMA = ServiceSchema("teams-gateway", "teams_gateway", "haveri_teams_gateway")


@pytest.fixture(scope="session")
async def tenant_process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[rigs.TenantProcess]:
    """The local tenant."""
    process = rigs.TenantProcess(tmp_path_factory.mktemp("tenant"))
    await process.start()
    yield process
    await process.stop()


@pytest.fixture(scope="session")
async def house(postgres_server: Any, nats_server: Any) -> AsyncIterator[House]:
    """The gateway's schema and the bus."""
    made = await House.start(postgres_server, nats_server, schemas=[SCHEMA])
    yield made
    await made.stop()


@pytest.fixture(scope="module")
async def neighbours(house: House) -> AsyncIterator[rigs.FakeNeighbours]:
    """The other services; they end with the file, for the bus of a session is shared by every package's tests."""
    made = rigs.FakeNeighbours(house)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture(scope="module")
async def escalation(house: House, neighbours: rigs.FakeNeighbours) -> AsyncIterator[FakeEscalation]:
    """The escalation service, for tests about calls."""
    made = FakeEscalation(house.nats_url, neighbours)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture(scope="module")
async def rig(
    house: House, tenant_process: rigs.TenantProcess, neighbours: rigs.FakeNeighbours, s3_server: Any
) -> AsyncIterator[rigs.Rig]:
    """Everything but the gateway."""
    store = ObjectStore(s3_server.url, s3_server.access_key, s3_server.secret_key, "haveri")
    await store.ensure_bucket()
    await store.close()
    async with rigs.TenantClient(tenant_process.url) as client:
        yield rigs.Rig(house, tenant_process, neighbours, client, s3_server)


@pytest.fixture
async def gateway(rig: rigs.Rig) -> AsyncIterator[rigs.Gateway]:
    """A gateway of this test's own."""
    async with rig.gateway() as running:
        yield running
    await rig.client.clear_faults()


def pytest_configure(config: pytest.Config) -> None:
    """The SDK's generated modules warn about themselves when they are imported."""
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:msgraph.*")
