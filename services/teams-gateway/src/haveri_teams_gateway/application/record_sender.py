"""What an activity says by the way: where its tenant is reached, and who its sender is."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from haveri_chassis.logs import get_logger
from haveri_teams_gateway.domain.activities import Activity
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.people import People
from haveri_teams_gateway.store.tenants import Tenants

log = get_logger(__name__)


class RecordSender:
    """Records in the background: nobody waits for it, and the next activity says it again."""

    def __init__(self, tenants: Tenants, people: People) -> None:
        self._tenants = tenants
        self._people = people
        self._tasks: set[asyncio.Task[None]] = set()

    async def tenant(self, tenant_id: str) -> Tenant | None:
        """The organisation behind a tenant, None when it is nobody's."""
        return await self._tenants.of_tenant(tenant_id)

    def record(self, tenant: Tenant, activity: Activity) -> None:
        """An activity came from this tenant."""
        arrival = activity.arrival
        if tenant.service_url != arrival.service_url:
            self._begin(self._tenants.heard_from(tenant, arrival.service_url))
        if arrival.sender.object_id is not None:
            self._begin(self._people.met(tenant, arrival.sender))

    def _begin(self, recording: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(recording)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("a sender was not recorded", error=type(error).__name__)
