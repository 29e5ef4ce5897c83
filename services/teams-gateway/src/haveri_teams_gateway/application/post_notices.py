"""What an escalation does is posted in its incident's channel, in order, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from haveri_chassis.clock import Clock
from haveri_chat.calls.caller import Caller
from haveri_chat.calls.notices import before_step, notice_of
from haveri_chat.calls.scene import Scene
from haveri_chat.calls.values import Before
from haveri_chat.plant import Plant
from haveri_chat.ports import PlatformRefused, PlatformUnavailable
from haveri_contracts.escalation.events import StepFired
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.models import Incident
from haveri_teams_gateway.application.incident_cache import IncidentCache
from haveri_teams_gateway.application.ports import PlantOf
from haveri_teams_gateway.application.report_refusals import ReportRefusals
from haveri_teams_gateway.application.worker import Ended, Kind, Retry
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.jobs import Job
from haveri_teams_gateway.store.notices import NOTICES, Notice, Notices
from haveri_teams_gateway.store.tenants import Tenants

GIVEN_UP_AFTER = timedelta(hours=12)
"""An incident without a channel for so long will have none."""
RETRY = Retry(first=0.5, longest=20.0)


class PostNotices:
    """Posts what is left to post of one incident, as soon as it has a channel."""

    def __init__(
        self,
        tenants: Tenants,
        notices: Notices,
        caller_of: Callable[[Tenant], Caller],
        incidents: IncidentCache,
        plant_of: PlantOf,
        refusals: ReportRefusals,
        clock: Clock,
    ) -> None:
        self._tenants = tenants
        self._notices = notices
        self._caller_of = caller_of
        self._incidents = incidents
        self._plant_of = plant_of
        self._refusals = refusals
        self._clock = clock

    @property
    def kind(self) -> Kind:
        """The job of an incident's notices."""
        return Kind(NOTICES, self.do, RETRY)

    async def do(self, job: Job) -> Ended:
        """Post them. Raises PlatformUnavailable, also while there is no channel, StepBusy or OwnerUnavailable."""
        tenant = await self._tenants.connected(job.organization)
        if notices := await self._notices.unposted(job.organization, job.id):
            incident = await self._incidents.latest(job.organization, job.id)
            plant = await self._plant_of(job.organization)
            for notice in notices:
                await self._post(tenant, incident, plant, notice)
        return Ended()

    async def _post(self, tenant: Tenant, incident: Incident, plant: Plant, kept: Notice) -> None:
        organization = tenant.organization
        scene = Scene(incident, plant, self._clock.now())
        notice = notice_of(kept.event, await self._before(organization, kept), scene)
        if notice is not None:
            if incident.chat_channel_ref is None and scene.now - kept.occurred_at <= GIVEN_UP_AFTER:
                raise PlatformUnavailable("the incident has no channel yet")
            try:
                channel = incident.chat_channel_ref
                if channel is None:
                    raise PlatformRefused(Reason.of(ReasonCode.NO_CHANNEL))
                await self._caller_of(tenant).notify(incident.id, notice.key or str(kept.id), notice, channel, plant)
            except PlatformRefused as error:
                await self._refusals.report(tenant, incident.id, {f"notice:{kept.event.name}": error.reason})
        await self._notices.posted(organization, kept.id)

    async def _before(self, organization: str, kept: Notice) -> Before:
        if not isinstance(kept.event, StepFired):
            return Before()
        return before_step(*await self._notices.before(organization, kept.event.run_id, kept.sequence))
