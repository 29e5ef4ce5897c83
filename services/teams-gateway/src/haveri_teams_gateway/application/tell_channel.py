"""An incident's channel is told what its escalation does, in order, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from haveri_chassis.clock import Clock
from haveri_chassis.locks import KeyedLock
from haveri_chat.calls.caller import Caller
from haveri_chat.calls.notices import before_step, notice_of
from haveri_chat.calls.scene import Scene
from haveri_chat.calls.values import Before
from haveri_chat.plant import Plant
from haveri_chat.ports import PlatformRefused, PlatformUnavailable
from haveri_contracts.escalation.events import StepFired
from haveri_contracts.incident.models import Incident
from haveri_teams_gateway.application.advance_incident import Refusals
from haveri_teams_gateway.application.calling_ports import KeptNotice, NoticeBook
from haveri_teams_gateway.application.newest import NewestIncidents
from haveri_teams_gateway.application.ports import Plants
from haveri_teams_gateway.domain.tenant import Tenant

GIVEN_UP_AFTER = timedelta(hours=12)
"""An incident without a channel for so long will have none."""


class TellChannel:
    """Tells what is left to tell of one incident, as soon as it has a channel."""

    def __init__(
        self,
        book: NoticeBook,
        caller_of: Callable[[Tenant], Caller],
        newest: NewestIncidents,
        plants: Plants,
        refusals: Refusals,
        clock: Clock,
    ) -> None:
        self._book = book
        self._caller_of = caller_of
        self._newest = newest
        self._plants = plants
        self._refusals = refusals
        self._clock = clock
        self._locks = KeyedLock[tuple[str, UUID]]()

    async def do(self, tenant: Tenant, incident_id: UUID) -> None:
        """Tell it. Raises PlatformUnavailable, also while there is no channel, StepBusy or OwnerUnavailable."""
        organization = tenant.organization
        async with self._locks.of((organization, incident_id)):
            notices = await self._book.untold(organization, incident_id)
            if not notices:
                return
            incident = await self._newest.freshest(organization, incident_id)
            plant = await self._plants.get(organization)
            for notice in notices:
                await self._tell(tenant, incident, plant, notice)

    async def _tell(self, tenant: Tenant, incident: Incident, plant: Plant, kept: KeptNotice) -> None:
        organization = tenant.organization
        scene = Scene(incident, plant, self._clock.now())
        notice = notice_of(kept.event, await self._before(organization, kept), scene)
        if notice is not None:
            if incident.chat_channel_ref is None and scene.now - kept.occurred_at <= GIVEN_UP_AFTER:
                raise PlatformUnavailable("the incident has no channel yet")
            try:
                channel = incident.chat_channel_ref
                if channel is None:
                    raise PlatformRefused("the incident never had a channel")
                await self._caller_of(tenant).tell(incident.id, notice.key or str(kept.id), notice, channel, plant)
            except PlatformRefused as error:
                await self._refusals.tell(tenant, incident.id, {f"notice:{kept.event.name}": error.reason})
        await self._book.told(organization, kept.id)

    async def _before(self, organization: str, kept: KeptNotice) -> Before:
        if not isinstance(kept.event, StepFired):
            return Before()
        return before_step(*await self._book.before(organization, kept.event.run_id, kept.sequence))
