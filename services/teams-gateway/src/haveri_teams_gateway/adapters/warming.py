"""What the first incident would otherwise have to wait for is loaded before it happens."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg

from haveri_chassis.bus import Bus
from haveri_chassis.clock import Clock
from haveri_chassis.endings import end
from haveri_chassis.logs import get_logger
from haveri_chat.ports import PlatformError
from haveri_teams_gateway.adapters.identity.signing_keys import KeysUnavailable, SigningKeys
from haveri_teams_gateway.adapters.plants import DirectoryPlants
from haveri_teams_gateway.adapters.teams.connector import Connector
from haveri_teams_gateway.adapters.teams.graph import Graph
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.tenants import Tenants

_PAUSE_SECONDS = 20.0

log = get_logger(__name__)


class Warming:
    """A Component that never keeps the service from being ready: it only saves the first ones from waiting."""

    name = "warming"

    def __init__(
        self,
        bus: Bus,
        tenants: Tenants,
        plants: DirectoryPlants,
        keys: SigningKeys,
        connector: Connector,
        graph: Graph,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._tenants = tenants
        self._plants = plants
        self._keys = keys
        self._connector = connector
        self._graph = graph
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._run(), name="warming")

    async def stop(self) -> None:
        """End."""
        await end(self._task)
        await self._plants.stop()

    def problem(self) -> str | None:
        """Nothing depends on it."""
        return None

    async def _run(self) -> None:
        await self._bus.wait_ready()
        await self._graph.warm()
        while True:
            with suppress(KeysUnavailable):
                await self._keys.find("")
            for tenant in await self._known_tenants():
                await self._plants.warm(tenant.organization)
                try:
                    await self._connector.token()
                    await self._graph.token(tenant.tenant_id)
                except PlatformError as error:
                    log.warning("Teams cannot be reached", organization=tenant.organization, why=str(error))
            await self._clock.sleep(_PAUSE_SECONDS)

    async def _known_tenants(self) -> list[Tenant]:
        try:
            return await self._tenants.all()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return []
