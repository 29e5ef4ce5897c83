"""Members are called in chat, their cards kept true, and the outcome reported to the escalation service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid5

from haveri_chassis.bus import OwnerUnavailable
from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_chat.calls.call_card import shown_by
from haveri_chat.calls.caller import Caller
from haveri_chat.calls.values import ChatCall, Shows
from haveri_chat.plant import Plant
from haveri_chat.ports import PlatformRefused, PlatformUnavailable
from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation.commands import ReportNotification
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.models import Incident
from haveri_teams_gateway.application.incident_cache import IncidentCache
from haveri_teams_gateway.application.metrics import CALLING, CALLS_ENDED
from haveri_teams_gateway.application.neighbours import Commands
from haveri_teams_gateway.application.ports import PlantOf
from haveri_teams_gateway.application.worker import Ended, Kind, Retry
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.calls import CALL, Calls, KeptCall, Outcome
from haveri_teams_gateway.store.jobs import Job
from haveri_teams_gateway.store.tenants import Tenants

GIVEN_UP_AFTER = timedelta(hours=12)
"""Nobody is called for something so old; a card that could not be brought up to date until then stays as it is."""
PATIENCE = timedelta(seconds=15)
"""So long Teams may be away before a call counts as failed: a hiccup must not rush through everybody's chain."""
RETRY = Retry(first=0.5, longest=20.0)
"""So soon after an outage everything is as it should be."""

log = get_logger(__name__)


class CallMembers:
    """Does what is left to do for one call."""

    def __init__(
        self,
        tenants: Tenants,
        calls: Calls,
        caller_of: Callable[[Tenant], Caller],
        incidents: IncidentCache,
        plant_of: PlantOf,
        commands: Commands,
        clock: Clock,
    ) -> None:
        self._tenants = tenants
        self._calls = calls
        self._caller_of = caller_of
        self._incidents = incidents
        self._plant_of = plant_of
        self._commands = commands
        self._clock = clock

    @property
    def kind(self) -> Kind:
        """The job of a call: to send its card, and to keep it true."""
        return Kind(CALL, self.do, RETRY)

    async def do(self, job: Job) -> Ended:
        """Everything that is left to do, the call's attempts side by side; raises what keeps it from being done."""
        tenant, plant = await self._tenants.connected(job.organization), await self._plant_of(job.organization)
        while calls := await self._calls.open(job.organization, job.id):
            results = await asyncio.gather(*(self._one(tenant, kept, plant) for kept in calls), return_exceptions=True)
            for problem in results:
                if problem is not None:
                    raise problem
        return Ended()

    async def _one(self, tenant: Tenant, kept: KeptCall, plant: Plant) -> None:
        if kept.outcome == "":
            await self._send(tenant, kept, plant)
        else:
            await self._show(tenant, kept, plant)

    async def refuse(self, organization: str, call: ChatCall, reason: Reason) -> None:
        """Say that a call cannot be made this way at all, so that the member's next way follows at once."""
        await self._report(organization, call, "failed", reason)

    # The first time

    async def _send(self, tenant: Tenant, kept: KeptCall, plant: Plant) -> None:
        organization, call = tenant.organization, kept.call
        outcome, reason, shows = await self._try(tenant, kept, plant)
        await self._report(organization, call, outcome, reason)
        await self._calls.settle(organization, call, outcome, shows)
        CALLS_ENDED.labels(outcome).inc()
        if outcome == "delivered":
            CALLING.observe((self._clock.now() - kept.requested_at).total_seconds())

    async def _try(self, tenant: Tenant, kept: KeptCall, plant: Plant) -> tuple[Outcome, Reason | None, Shows]:
        organization, call = tenant.organization, kept.call
        if kept.ending is not None:
            return "unneeded", None, Shows.BUTTON
        if self._clock.now() - kept.requested_at > GIVEN_UP_AFTER:
            return "failed", Reason.of(ReasonCode.TRIED_TOO_LONG), Shows.BUTTON

        async def newest() -> Incident:
            return await self._incidents.latest(organization, call.incident_id)

        try:
            shows = await self._caller_of(tenant).call(call, newest, plant)
        except PlatformRefused as error:
            log.warning("a member cannot be called", organization=organization, reason=str(error))
            return "failed", error.reason, Shows.BUTTON
        except PlatformUnavailable as error:
            if self._clock.now() - kept.requested_at >= PATIENCE:
                # The member's next way follows now; Teams is tried on, for whoever is nearer to it then.
                await self._report(organization, call, "failed", Reason.of(ReasonCode.TRIED_AGAIN, detail=error.reason))
            raise
        return ("unneeded", None, Shows.BUTTON) if shows is None else ("delivered", None, shows)

    async def _report(self, organization: str, call: ChatCall, outcome: Outcome, reason: Reason | None) -> None:
        command = ReportNotification(
            incident_id=call.incident_id,
            call_id=call.id,
            via=Via.CHAT,
            outcome=outcome,
            cause=reason,
        )
        command_id = uuid5(call.id, f"{call.attempt} {outcome}")
        await self._commands.hand_over(command, organization=organization, command_id=command_id)

    # Afterwards

    async def _show(self, tenant: Tenant, kept: KeptCall, plant: Plant) -> None:
        organization, call = tenant.organization, kept.call
        if self._clock.now() - kept.requested_at <= GIVEN_UP_AFTER:
            incident = await self._incidents.latest(organization, call.incident_id)
            if kept.ending is None and shown_by(incident) < kept.to_show:
                raise OwnerUnavailable("the incident's channel is known and its owner does not answer")
            try:
                await self._caller_of(tenant).show(call, kept.ending, incident, plant, kept.to_show)
            except PlatformRefused as error:
                log.warning("a call's card cannot be updated", organization=organization, reason=str(error))
        await self._calls.shown(organization, call, kept.to_show)
