"""The chat is brought to where an incident is: on its events, and again whenever that did not come to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from haveri_chassis.bus import BusUnavailable, OwnerUnavailable
from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_chat.ports import PlatformRefused
from haveri_chat.workflow.failures import Unfinished
from haveri_chat.workflow.runner import Workflow
from haveri_chat.workflow.surroundings import Setting
from haveri_teams_gateway.application.metrics import OPENING
from haveri_teams_gateway.application.newest import NewestIncidents
from haveri_teams_gateway.application.ports import Plants, TenantMap
from haveri_teams_gateway.domain.tenant import Tenant

LONGEST_WAIT = timedelta(seconds=20)
"""So soon after an outage everything is as it should be."""
_WAIT = 1.0

log = get_logger(__name__)


class Workflows(Protocol):
    """Where it is kept whose workflow has something left to do."""

    async def begin(self, organization: str, incident_id: UUID) -> None:
        """This replica advances it."""
        ...

    async def finish(self, organization: str, incident_id: UUID) -> None:
        """Nothing is left to do."""
        ...

    async def later(self, organization: str, incident_id: UUID, wait: timedelta, longest: timedelta) -> None:
        """Again after `wait`, doubled for every time in a row up to `longest`."""
        ...


class Refusals(Protocol):
    """Where it is said that something could not be shown in chat."""

    async def tell(self, tenant: Tenant, incident_id: UUID, refused: dict[str, str]) -> None:
        """Say each of them once."""
        ...


class AdvanceIncident:
    """Runs the incident's workflow, one organisation's `Workflow` at a time."""

    def __init__(
        self,
        tenants: TenantMap,
        plants: Plants,
        newest: NewestIncidents,
        workflow_of: Callable[[Tenant], Workflow],
        workflows: Workflows,
        refusals: Refusals,
        clock: Clock,
    ) -> None:
        self._tenants = tenants
        self._plants = plants
        self._newest = newest
        self._workflow_of = workflow_of
        self._workflows = workflows
        self._refusals = refusals
        self._clock = clock

    async def advance(self, organization: str, incident_id: UUID, *, first: bool = False) -> None:
        """Bring it as far as Teams lets us; what is left is tried again by the sweeper. `first`: it was just declared.

        Raises what the database raises, so that an event is delivered again.
        """
        tenant = await self._tenants.of_organization(organization)
        if tenant is None:
            return
        # Told while the first call to Teams is under way: it only matters should this replica die now.
        telling = asyncio.create_task(self._workflows.begin(organization, incident_id))
        begun = asyncio.get_running_loop().time()
        try:
            plant = await self._plants.get(organization)
            await self._workflow_of(tenant).advance(incident_id, setting_of(tenant), plant)
        except Unfinished as unfinished:
            await telling
            await self._left(tenant, incident_id, unfinished)
        except (OwnerUnavailable, BusUnavailable) as error:
            await telling
            log.warning("an incident's chat waits", organization=organization, why=type(error).__name__)
            await self._workflows.later(organization, incident_id, timedelta(seconds=_WAIT), LONGEST_WAIT)
        else:
            await telling
            if first:
                OPENING.observe(asyncio.get_running_loop().time() - begun)
            await self._workflows.finish(organization, incident_id)
        finally:
            await asyncio.gather(telling, return_exceptions=True)

    async def resume(self, organization: str, incident_id: UUID) -> None:
        """Go on with what was left; what this replica remembers of the incident may be outdated."""
        self._newest.forget(organization, incident_id)
        await self.advance(organization, incident_id)

    async def _left(self, tenant: Tenant, incident_id: UUID, unfinished: Unfinished) -> None:
        organization = tenant.organization
        log.warning("an incident's chat is not complete", organization=organization, why=str(unfinished))
        if unfinished.refused:
            await self._refusals.tell(tenant, incident_id, unfinished.refused)
        if unfinished.retry_after is None:
            await self._workflows.finish(organization, incident_id)
            return
        named = [error.retry_after for error in unfinished.failures.values() if not isinstance(error, PlatformRefused)]
        wait = timedelta(seconds=max((seconds for seconds in named if seconds is not None), default=_WAIT))
        await self._workflows.later(organization, incident_id, wait, max(wait, LONGEST_WAIT))


def setting_of(tenant: Tenant) -> Setting:
    """The tenant as the workflow's setting."""
    return Setting(
        home=tenant.group_id,
        global_channel=tenant.global_channel,
        incident_channel="thread" if tenant.threads else "channel",
        platform="teams",
    )
