"""What the first incident would otherwise have to wait for is loaded before it happens."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import asyncpg

from haveri_chassis.bus import Bus
from haveri_chassis.logs import get_logger
from haveri_chat.ports import PlatformError
from haveri_teams_gateway.adapters.identity.signing_keys import KeysUnavailable, SigningKeys
from haveri_teams_gateway.adapters.plants import DirectoryPlants
from haveri_teams_gateway.adapters.teams.connector import Connector
from haveri_teams_gateway.adapters.teams.graph import Graph
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.tenants import Tenants

WARM_EVERY = timedelta(seconds=20)

log = get_logger(__name__)


class Warming:
    """Saves the first ones from waiting; nothing depends on it."""

    def __init__(
        self,
        bus: Bus,
        tenants: Tenants,
        plants: DirectoryPlants,
        keys: SigningKeys,
        connector: Connector,
        graph: Graph,
    ) -> None:
        self._bus = bus
        self._tenants = tenants
        self._plants = plants
        self._keys = keys
        self._connector = connector
        self._graph = graph

    async def warm(self) -> None:
        """Load what is not loaded yet, or has grown old."""
        await self._bus.wait_ready()
        await self._graph.warm()
        with suppress(KeysUnavailable):
            await self._keys.find("")
        for tenant in await self._known_tenants():
            await self._plants.warm(tenant.organization)
            try:
                await self._connector.token()
                await self._graph.token(tenant.tenant_id)
            except PlatformError as error:
                log.warning("Teams cannot be reached", organization=tenant.organization, why=str(error))

    async def _known_tenants(self) -> list[Tenant]:
        try:
            return await self._tenants.all()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return []
