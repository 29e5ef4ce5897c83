"""What the escalation service says becomes calls and notices: kept first, then done, by whoever is alive."""

from __future__ import annotations

from typing import Any

from haveri_chassis.bus import Received
from haveri_chat.calls.notices import FOLDED, NOTICED
from haveri_chat.calls.values import ChatCall, Ending, EndKind
from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation import events as escalation
from haveri_contracts.escalation.models import Purpose
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident import events as incident
from haveri_teams_gateway.application.call_members import CallMembers
from haveri_teams_gateway.application.worker import Worker
from haveri_teams_gateway.store.calls import Calls
from haveri_teams_gateway.store.jobs import Job, Jobs
from haveri_teams_gateway.store.notices import NOTICES, Notice, Notices
from haveri_teams_gateway.store.tenants import Tenants


class FollowEscalation:
    """Receives, keeps, and begins at once: no call waits for another's."""

    def __init__(
        self, tenants: Tenants, calls: Calls, notices: Notices, jobs: Jobs, call: CallMembers, worker: Worker
    ) -> None:
        self._tenants = tenants
        self._calls = calls
        self._notices = notices
        self._jobs = jobs
        self._call = call
        self._worker = worker

    async def received(self, received: Received[Any]) -> None:
        """An event of an escalation. When this returns it is kept; raises what the database raises otherwise."""
        organization, event = received.organization, received.message
        if isinstance(event, escalation.NotificationRequested):
            if event.via is Via.CHAT:
                await self._requested(received, event)
            return
        self._worker.begin(*await self._ended(received))
        if isinstance(event, NOTICED + FOLDED):
            envelope = received.envelope
            notice = Notice(envelope.id, envelope.sequence or 0, event, envelope.time)
            self._worker.begin(*await self._notices.put(organization, notice, to_post=isinstance(event, NOTICED)))

    async def incident_changed(self, received: Received[Any]) -> None:
        """An event of an incident that its calls depend on, whether or not the escalation service is there."""
        organization, event = received.organization, received.message
        match event:
            case incident.IncidentAcknowledged(member_id=by, acknowledged_at=at):
                jobs = await self._calls.end_all(organization, event.incident_id, Ending(EndKind.TAKEN, at, by))
            case incident.IncidentResolved(resolved_at=at) | incident.IncidentClosed(closed_at=at):
                jobs = await self._calls.end_all(organization, event.incident_id, Ending(EndKind.RESOLVED, at))
            case incident.ChatLinked():
                jobs = await self._calls.link(organization, event.incident_id)
                # Notices wait for the channel, too.
                jobs += await self._jobs.wake(organization, NOTICES, event.incident_id)
            case _:
                return
        self._worker.begin(*jobs)

    async def _requested(self, received: Received[Any], event: escalation.NotificationRequested) -> None:
        organization = received.organization
        because = event.cause or event.because
        call = ChatCall(event.call_id, event.attempt, event.incident_id, event.member_id, event.purpose, because)
        if await self._tenants.of_organization(organization) is None:
            await self._call.refuse(organization, call, Reason.of(ReasonCode.WAY_NOT_SET_UP))
            return
        self._worker.begin(*await self._calls.put(organization, call, received.envelope.time))

    async def _ended(self, received: Received[Any]) -> list[Job]:
        organization, event = received.organization, received.message
        match event:
            case escalation.CallsWithdrawn(call_ids=ids, reason=reason, by_member_id=by, at=at):
                return await self._calls.end(organization, event.incident_id, ids, Ending.of(reason, at, by))
            case escalation.NotificationAnswered(purpose=Purpose.JOIN, call_id=call_id, member_id=by):
                coming = Ending(EndKind.COMING, received.envelope.time, by)
                return await self._calls.end(organization, event.incident_id, [call_id], coming)
            case _:
                return []
