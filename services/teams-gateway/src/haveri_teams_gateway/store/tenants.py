"""Which organisation a Microsoft 365 tenant is, and where its chat happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.logs import get_logger
from haveri_chat.ports import PlatformUnavailable
from haveri_contracts.directory.models import ChatSettings
from haveri_teams_gateway.domain.tenant import Tenant

FRESH = timedelta(seconds=10)
_COLUMNS = "organization_id, tenant_id, group_id, global_channel, incident_channel, service_url"

log = get_logger(__name__)


@dataclass
class _Kept:
    tenant: Tenant
    until: datetime


class Tenants:
    """The look-up table, with a short memory: another replica may have changed it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._by_tenant: dict[str, _Kept] = {}
        self._by_organization: dict[str, _Kept] = {}

    async def of_tenant(self, tenant_id: str) -> Tenant | None:
        """The organisation behind a tenant, None when it is nobody's."""
        kept = self._by_tenant.get(tenant_id)
        if kept is not None and self._clock.now() < kept.until:
            return kept.tenant
        return await self._find("tenant_id", tenant_id)

    async def of_organization(self, organization: str) -> Tenant | None:
        """Where an organisation's chat happens, None when that is not Teams."""
        kept = self._by_organization.get(organization)
        if kept is not None and self._clock.now() < kept.until:
            return kept.tenant
        return await self._find("organization_id", organization)

    async def connected(self, organization: str) -> Tenant:
        """Where an organisation's chat happens; raises PlatformUnavailable while that is not Teams."""
        tenant = await self.of_organization(organization)
        if tenant is None:
            raise PlatformUnavailable("the organisation has no Microsoft Teams connected")
        return tenant

    async def all(self) -> list[Tenant]:
        """Every organisation that lives in Teams."""
        async with self._database.across_organizations() as connection:
            return [_tenant(row) for row in await connection.fetch(f"SELECT {_COLUMNS} FROM tenants")]  # noqa: S608

    async def put(self, organization: str, settings: ChatSettings) -> bool:
        """Remember an organisation's settings; False when the tenant is another organisation's, which keeps it."""
        self._forget(organization)
        try:
            async with self._database.transaction(organization) as connection:
                await connection.execute(
                    """
                    INSERT INTO tenants (organization_id, tenant_id, group_id, global_channel, incident_channel)
                    VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (organization_id) DO UPDATE SET
                        service_url = CASE WHEN tenants.tenant_id = $2 THEN tenants.service_url END,
                        tenant_id = $2, group_id = $3, global_channel = $4, incident_channel = $5
                    """,
                    organization,
                    settings.tenant_id.lower(),
                    settings.team_id.lower(),
                    settings.global_channel_id,
                    settings.incident_channel,
                )
        except asyncpg.UniqueViolationError:
            log.error("the tenant belongs to another organisation", organization=organization)
            return False
        return True

    async def heard_from(self, tenant: Tenant, service_url: str) -> None:
        """Remember at which service URL a tenant is reached."""
        if tenant.service_url == service_url:
            return
        async with self._database.transaction(tenant.organization) as connection:
            await connection.execute(
                "UPDATE tenants SET service_url = $2 WHERE organization_id = $1", tenant.organization, service_url
            )
        self._forget(tenant.organization)

    async def _find(self, column: str, value: str) -> Tenant | None:
        async with self._database.across_organizations() as connection:
            row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM tenants WHERE {column} = $1", value)  # noqa: S608
        if row is None:
            return None
        kept = _Kept(_tenant(row), self._clock.now() + FRESH)
        self._by_tenant[kept.tenant.tenant_id] = self._by_organization[kept.tenant.organization] = kept
        return kept.tenant

    def _forget(self, organization: str) -> None:
        kept = self._by_organization.pop(organization, None)
        if kept is not None:
            self._by_tenant.pop(kept.tenant.tenant_id, None)


def _tenant(row: Any) -> Tenant:
    return Tenant(
        organization=row["organization_id"],
        tenant_id=row["tenant_id"],
        group_id=row["group_id"],
        global_channel=row["global_channel"],
        threads=row["incident_channel"] == "thread",
        service_url=row["service_url"],
    )
