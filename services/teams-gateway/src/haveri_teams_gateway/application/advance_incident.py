"""The chat is brought to where an incident is: on its events, and again whenever that did not come to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

from haveri_chassis.logs import get_logger
from haveri_chat.ports import PlatformUnavailable
from haveri_chat.workflow.failures import Unfinished
from haveri_chat.workflow.runner import Workflow
from haveri_chat.workflow.surroundings import Setting
from haveri_teams_gateway.application.incident_cache import IncidentCache
from haveri_teams_gateway.application.metrics import OPENING
from haveri_teams_gateway.application.ports import PlantOf
from haveri_teams_gateway.application.report_refusals import ReportRefusals
from haveri_teams_gateway.application.worker import Ended, Kind, Retry, Worker
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.jobs import Job
from haveri_teams_gateway.store.tenants import Tenants

CHAT = "chat"
RETRY = Retry(first=1.0, longest=20.0)
"""So soon after an outage everything is as it should be."""

log = get_logger(__name__)


class AdvanceIncident:
    """Runs the incident's workflow. The worker keeps two passes over one incident from running at once."""

    def __init__(
        self,
        tenants: Tenants,
        plant_of: PlantOf,
        incidents: IncidentCache,
        workflow_of: Callable[[Tenant], Workflow],
        refusals: ReportRefusals,
        worker: Worker,
    ) -> None:
        self._tenants = tenants
        self._plant_of = plant_of
        self._incidents = incidents
        self._workflow_of = workflow_of
        self._refusals = refusals
        self._worker = worker

    @property
    def kind(self) -> Kind:
        """The job of bringing an incident's chat to where the incident is."""
        return Kind(CHAT, self.do, RETRY)

    async def advance(self, organization: str, incident_id: UUID, *, first: bool = False) -> None:
        """Bring it as far as Teams lets us; what is left is tried again. `first`: it was just declared.

        Raises what the database raises, so that an event is delivered again.
        """
        if await self._tenants.of_organization(organization) is None:
            return
        begun = asyncio.get_running_loop().time()
        ended = await self._worker.ask(organization, CHAT, incident_id)
        if first and ended is not None:
            OPENING.observe(asyncio.get_running_loop().time() - begun)

    async def do(self, job: Job) -> Ended:
        """One pass over an incident."""
        tenant = await self._tenants.of_organization(job.organization)
        if tenant is None:
            return Ended()
        if job.attempts > 1:
            # What this replica remembers of the incident may be outdated.
            self._incidents.forget(job.organization, job.id)
        plant = await self._plant_of(job.organization)
        try:
            await self._workflow_of(tenant).advance(job.id, _setting_of(tenant), plant)
        except Unfinished as unfinished:
            log.warning("an incident's chat is not complete", why=str(unfinished))
            if unfinished.refused:
                await self._refusals.report(tenant, job.id, unfinished.refused)
            if unfinished.retry_after is not None:
                away = [one for one in unfinished.failures.values() if isinstance(one, PlatformUnavailable)]
                named = max((one.retry_after or 0.0 for one in away), default=None)
                raise PlatformUnavailable(str(unfinished), named) from unfinished
        return Ended()


def _setting_of(tenant: Tenant) -> Setting:
    return Setting(
        home=tenant.group_id,
        global_channel=tenant.global_channel,
        incident_channel="thread" if tenant.threads else "channel",
        platform="teams",
    )
