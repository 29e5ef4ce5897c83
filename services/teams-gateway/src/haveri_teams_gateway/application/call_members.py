"""Members are called in chat, their cards kept true, and the escalation service told what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid5

from haveri_chassis.bus import OwnerUnavailable
from haveri_chassis.clock import Clock
from haveri_chassis.locks import KeyedLock
from haveri_chassis.logs import get_logger
from haveri_chat.calls.call_card import shown_by
from haveri_chat.calls.caller import Caller
from haveri_chat.calls.values import ChatCall, Shows
from haveri_chat.plant import Plant
from haveri_chat.ports import PlatformRefused, PlatformUnavailable
from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation.commands import ReportNotification
from haveri_contracts.incident.models import Incident
from haveri_teams_gateway.application.calling_ports import CallBook, KeptCall, Outcome, Reports
from haveri_teams_gateway.application.metrics import CALLING, CALLS_ENDED
from haveri_teams_gateway.application.newest import NewestIncidents
from haveri_teams_gateway.application.ports import Plants
from haveri_teams_gateway.domain.tenant import Tenant

GIVEN_UP_AFTER = timedelta(hours=12)
"""Nobody is called for something so old; a card that could not be brought up to date until then stays as it is."""
PATIENCE = timedelta(seconds=15)
"""So long Teams may be away before a call counts as failed: a hiccup must not rush through everybody's chain."""
_LONGEST_REASON = 300

log = get_logger(__name__)


class CallMembers:
    """Does what is left to do for the calls of one incident, all of them side by side."""

    def __init__(
        self,
        book: CallBook,
        caller_of: Callable[[Tenant], Caller],
        newest: NewestIncidents,
        plants: Plants,
        reports: Reports,
        clock: Clock,
    ) -> None:
        self._book = book
        self._caller_of = caller_of
        self._newest = newest
        self._plants = plants
        self._reports = reports
        self._clock = clock
        self._locks = KeyedLock[tuple[str, str]]()

    async def do(self, tenant: Tenant, incident_id: UUID) -> list[BaseException]:
        """Everything that can be done now; gives what kept the rest from being done."""
        calls = await self._book.open(tenant.organization, incident_id)
        results = await asyncio.gather(*(self.one(tenant, call) for call in calls), return_exceptions=True)
        return [result for result in results if result is not None]

    async def one(self, tenant: Tenant, call: ChatCall) -> None:
        """Everything that is left to do for one call; raises what keeps it from being done."""
        plant = await self._plants.get(tenant.organization)
        async with self._locks.of((tenant.organization, call.step)):
            while (kept := await self._book.find(tenant.organization, call)) is not None:
                if kept.outcome == "":
                    await self._send(tenant, kept, plant)
                else:
                    await self._show(tenant, kept, plant)

    async def refuse(self, organization: str, call: ChatCall, reason: str) -> None:
        """Say that a call cannot be made this way at all, so that the member's next way follows at once."""
        await self._report(organization, call, "failed", reason)

    # The first time

    async def _send(self, tenant: Tenant, kept: KeptCall, plant: Plant) -> None:
        organization, call = tenant.organization, kept.call
        outcome, reason, shows = await self._try(tenant, kept, plant)
        await self._report(organization, call, outcome, reason)
        await self._book.settle(organization, call, outcome, shows)
        CALLS_ENDED.labels(outcome).inc()
        if outcome == "delivered":
            CALLING.observe((self._clock.now() - kept.requested_at).total_seconds())

    async def _try(self, tenant: Tenant, kept: KeptCall, plant: Plant) -> tuple[Outcome, str, Shows]:
        organization, call = tenant.organization, kept.call
        if kept.ending is not None:
            return "unneeded", "", Shows.BUTTON
        if self._clock.now() - kept.requested_at > GIVEN_UP_AFTER:
            return "failed", "Teams could not be reached for too long", Shows.BUTTON

        async def newest() -> Incident:
            return await self._newest.freshest(organization, call.incident_id)

        try:
            shows = await self._caller_of(tenant).call(call, newest, plant)
        except PlatformRefused as error:
            log.warning("a member cannot be called", organization=organization, reason=error.reason)
            return "failed", error.reason, Shows.BUTTON
        except PlatformUnavailable as error:
            if self._clock.now() - kept.requested_at >= PATIENCE:
                # The member's next way follows now; Teams is tried on, for whoever is nearer to it then.
                await self._report(organization, call, "failed", f"{error.reason}; it is tried again")
            raise
        return ("unneeded", "", Shows.BUTTON) if shows is None else ("delivered", "", shows)

    async def _report(self, organization: str, call: ChatCall, outcome: Outcome, reason: str) -> None:
        command = ReportNotification(
            incident_id=call.incident_id,
            call_id=call.id,
            via=Via.CHAT,
            outcome=outcome,
            reason=reason[:_LONGEST_REASON],
        )
        await self._reports.report(organization, command, uuid5(call.id, f"{call.attempt} {outcome}"))

    # Afterwards

    async def _show(self, tenant: Tenant, kept: KeptCall, plant: Plant) -> None:
        organization, call = tenant.organization, kept.call
        if self._clock.now() - kept.requested_at <= GIVEN_UP_AFTER:
            incident = await self._newest.freshest(organization, call.incident_id)
            if kept.ending is None and shown_by(incident) < kept.to_show:
                raise OwnerUnavailable("the incident's channel is known and its owner does not answer")
            try:
                await self._caller_of(tenant).show(call, kept.ending, incident, plant, kept.to_show)
            except PlatformRefused as error:
                log.warning("a call's card cannot be updated", organization=organization, reason=error.reason)
        await self._book.shown(organization, call, kept.to_show)
