"""What the escalation service says becomes calls and notices: kept first, then done, by whoever is alive."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from haveri_chassis.bus import BusUnavailable, OwnerUnavailable, Received
from haveri_chassis.clock import Clock
from haveri_chassis.endings import end
from haveri_chassis.logs import get_logger
from haveri_chat.calls.notices import FOLDED, TOLD
from haveri_chat.calls.values import ChatCall, Ending, EndKind
from haveri_chat.ports import PlatformUnavailable
from haveri_chat.workflow.store import StepBusy
from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation import events as news
from haveri_contracts.escalation.models import Purpose
from haveri_contracts.incident import events as incident_news
from haveri_teams_gateway.application.call_members import CallMembers
from haveri_teams_gateway.application.calling_ports import CallBook, DueTellings, News, NoticeBook
from haveri_teams_gateway.application.ports import TenantMap
from haveri_teams_gateway.application.tell_channel import TellChannel
from haveri_teams_gateway.domain.tenant import Tenant

LONGEST_WAIT = timedelta(seconds=20)
"""So soon after an outage everything is as it should be."""
_WAIT = 0.5
_EXPECTED = (PlatformUnavailable, StepBusy, OwnerUnavailable, BusUnavailable)

Job = Callable[[Tenant, UUID], Awaitable[Any]]
"""Something to do for one incident. What keeps it from being done is raised, or given as a list."""

log = get_logger(__name__)


class FollowEscalation:
    """Hears, keeps, and does it at once as a task of its own: no incident's calls wait for another's."""

    def __init__(
        self,
        tenants: TenantMap,
        calls: CallBook,
        notices: NoticeBook,
        tellings: DueTellings,
        call: CallMembers,
        tell: TellChannel,
        clock: Clock,
    ) -> None:
        self._tenants = tenants
        self._calls = calls
        self._notices = notices
        self._tellings = tellings
        self._call = call
        self._tell = tell
        self._clock = clock
        self._in_hand: Counter[tuple[str, UUID]] = Counter()
        self._running: set[asyncio.Task[None]] = set()

    # What is heard

    async def heard(self, received: Received[Any]) -> None:
        """News of an escalation. When this returns it is kept; raises what the database raises otherwise."""
        organization, event = received.organization, received.message
        if isinstance(event, news.NotificationRequested):
            if event.via is Via.CHAT:
                await self._requested(received, event)
            return
        if await self._ended(received):
            self._begin(organization, event.incident_id, self._call.do)
        if isinstance(event, TOLD + FOLDED):
            to_tell = isinstance(event, TOLD)
            kept = News(received.envelope.id, received.envelope.sequence or 0, event, received.envelope.time)
            await self._notices.put(organization, kept, to_tell=to_tell)
            if to_tell:
                self._begin(organization, event.incident_id, self._tell.do)

    async def incident_changed(self, received: Received[Any]) -> None:
        """News of an incident that its calls depend on, whether or not the escalation service is there."""
        organization, event = received.organization, received.message
        match event:
            case incident_news.IncidentAcknowledged(member_id=by, acknowledged_at=at):
                todo = await self._calls.end_all(organization, event.incident_id, Ending(EndKind.TAKEN, at, by))
            case incident_news.IncidentResolved(resolved_at=at) | incident_news.IncidentClosed(closed_at=at):
                todo = await self._calls.end_all(organization, event.incident_id, Ending(EndKind.RESOLVED, at))
            case incident_news.ChatLinked():
                linked = await self._calls.link(organization, event.incident_id)
                # Notices wait for the channel, too.
                todo = linked or await self._tellings.waits(organization, event.incident_id)
            case _:
                return
        if todo:
            self._begin(organization, event.incident_id, self._call.do, self._tell.do)

    async def _requested(self, received: Received[Any], event: news.NotificationRequested) -> None:
        organization = received.organization
        call = ChatCall(event.call_id, event.attempt, event.incident_id, event.member_id, event.purpose, event.because)
        if await self._tenants.of_organization(organization) is None:
            await self._call.refuse(organization, call, "the organisation has no Microsoft Teams connected")
            return
        await self._calls.put(organization, call, received.envelope.time)
        self._begin(organization, event.incident_id, lambda tenant, _: self._call.one(tenant, call))

    async def _ended(self, received: Received[Any]) -> bool:
        organization, event = received.organization, received.message
        match event:
            case news.CallsWithdrawn(call_ids=ids, reason=reason, by_member_id=by, at=at):
                return await self._calls.end(organization, event.incident_id, ids, Ending.of(reason, at, by))
            case news.NotificationAnswered(purpose=Purpose.JOIN, call_id=call_id, member_id=by):
                coming = Ending(EndKind.COMING, received.envelope.time, by)
                return await self._calls.end(organization, event.incident_id, [call_id], coming)
            case _:
                return False

    # What is done about it

    async def take_up(self) -> None:
        """A chore: go on with what is due, or was begun by a replica that is gone."""
        now = self._clock.now()
        for organization in await self._tellings.waiting_organizations(now):
            in_hand = [incident_id for owner, incident_id in self._in_hand if owner == organization]
            for incident_id in await self._tellings.claim(organization, now, in_hand):
                self._begin(organization, incident_id, self._call.do, self._tell.do)

    async def settle(self) -> None:
        """End what is under way; it is taken up again."""
        await asyncio.gather(*(end(task) for task in tuple(self._running)))

    def _begin(self, organization: str, incident_id: UUID, *jobs: Job) -> None:
        self._in_hand[organization, incident_id] += 1
        task = asyncio.create_task(self._advance(organization, incident_id, jobs), name=f"calls of {incident_id}")
        self._running.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an incident's calls could not be done", error=repr(error))

    async def _advance(self, organization: str, incident_id: UUID, jobs: Sequence[Job]) -> None:
        key = organization, incident_id
        wait = _WAIT
        try:
            tenant = await self._tenants.of_organization(organization)
            if tenant is not None:
                wait = _judged(
                    organization,
                    await asyncio.gather(*(job(tenant, incident_id) for job in jobs), return_exceptions=True),
                )
        finally:
            self._in_hand[key] -= 1
            last = self._in_hand[key] <= 0
            if last:
                del self._in_hand[key]
        if last:
            # Whoever is at it still says so when they come to their end.
            await self._tellings.settle(organization, incident_id, timedelta(seconds=wait), LONGEST_WAIT)


def _judged(organization: str, results: Sequence[Any]) -> float:
    """The wait that Teams asked for; says what went wrong."""
    found = [one for result in results for one in (result if isinstance(result, list) else [result])]
    problems = [one for one in found if isinstance(one, BaseException)]
    for problem in problems:
        if isinstance(problem, _EXPECTED):
            log.info("an incident's calls wait", organization=organization, why=str(problem))
        else:
            log.error("an incident's calls are not complete", organization=organization, error=repr(problem))
    named = [one.retry_after for one in problems if isinstance(one, PlatformUnavailable) and one.retry_after]
    return max(named, default=_WAIT)
