"""The gateway's chores: activities, files, workflows and messages that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from haveri_chassis.bus import OwnerUnavailable
from haveri_chassis.clock import Clock
from haveri_chassis.endings import end
from haveri_chassis.logs import get_logger
from haveri_teams_gateway.application.advance_incident import AdvanceIncident
from haveri_teams_gateway.application.capture_message import CaptureMessage
from haveri_teams_gateway.application.captured import Capture, NewFile, Reading
from haveri_teams_gateway.application.desk import Desk
from haveri_teams_gateway.application.fetch_files import FetchFiles
from haveri_teams_gateway.application.handle_activity import Work
from haveri_teams_gateway.application.inbox import Due
from haveri_teams_gateway.application.metrics import PENDING
from haveri_teams_gateway.application.ports import Plants, TenantMap
from haveri_teams_gateway.application.receive_activity import waits_for_answer
from haveri_teams_gateway.application.sweep import CLEAN_EVERY
from haveri_teams_gateway.domain.activities import Activity

log = get_logger(__name__)
Read = Callable[[dict[str, Any]], Activity]


class DueActivities(Protocol):
    """The inbox, seen by the sweeper."""

    async def waiting_organizations(self, now: datetime) -> list[str]:
        """Those whose work is due or abandoned."""
        ...

    async def claim(self, organization: str, now: datetime, in_hand: Sequence[UUID]) -> list[Due]:
        """Take a few of what is due."""
        ...

    async def pending(self) -> int:
        """How many wait, in all organisations."""
        ...

    async def forget(self, now: datetime) -> int:
        """Delete what was kept long enough."""
        ...


class DueFile(Protocol):
    """A file to fetch."""

    @property
    def file(self) -> NewFile:
        """What to fetch."""
        ...

    @property
    def attempts(self) -> int:
        """How often it was tried, this time included."""
        ...


class DueFiles(Protocol):
    """The queue of files."""

    async def waiting_organizations(self, now: datetime) -> list[str]:
        """Those whose work is due or abandoned."""
        ...

    async def claim(self, organization: str, now: datetime) -> Sequence[DueFile]:
        """Take a few of what is due."""
        ...


class DueWorkflows(Protocol):
    """The incidents whose chat is not complete."""

    async def waiting_organizations(self, now: datetime) -> list[str]:
        """Those whose work is due or abandoned."""
        ...

    async def claim(self, organization: str, now: datetime) -> list[UUID]:
        """Take a few of what is due."""
        ...


class Uncaptured(Protocol):
    """Messages from channels that were not known yet."""

    async def organizations(self) -> list[str]:
        """Those that have such messages."""
        ...

    async def capture(self, organization: str, read: Reading) -> int:
        """Capture what can be; gives how many."""
        ...


class TakeUpActivities:
    """Handles what is due, or was begun by a replica that is gone."""

    def __init__(self, due: DueActivities, tenants: TenantMap, desk: Desk, read: Read, clock: Clock) -> None:
        self._due = due
        self._tenants = tenants
        self._desk = desk
        self._read = read
        self._clock = clock
        self._cleaned: datetime | None = None

    async def do(self) -> None:
        """One round."""
        now = self._clock.now()
        for organization in await self._due.waiting_organizations(now):
            tenant = await self._tenants.of_organization(organization)
            if tenant is None:
                continue
            for due in await self._due.claim(organization, now, self._desk.in_hand):
                work = Work(tenant, due.id, self._read(due.body), due.attempts, due.following)
                if waits_for_answer(work.activity):
                    self._desk.begin_alone(work)
                else:
                    self._desk.begin(work, due.conversation)
        if self._cleaned is None or now - self._cleaned >= CLEAN_EVERY:
            self._cleaned = now
            await self._due.forget(now)
            PENDING.set(await self._due.pending())


class TakeUpFiles:
    """Fetches files, a few at a time, without keeping the other chores waiting."""

    def __init__(self, due: DueFiles, tenants: TenantMap, fetch: FetchFiles, clock: Clock) -> None:
        self._due = due
        self._tenants = tenants
        self._fetch = fetch
        self._clock = clock
        self._running: set[asyncio.Task[None]] = set()

    async def do(self) -> None:
        """One round."""
        now = self._clock.now()
        for organization in await self._due.waiting_organizations(now):
            tenant = await self._tenants.of_organization(organization)
            if tenant is None or len(self._running) >= 8:
                continue
            for due in await self._due.claim(organization, now):
                task = asyncio.create_task(self._fetch.take(tenant, due.file, due.attempts))
                self._running.add(task)
                task.add_done_callback(self._ended)

    async def settle(self) -> None:
        """End what is being fetched; it is taken up again."""
        await asyncio.gather(*(end(task) for task in tuple(self._running)))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a file could not be taken", error=repr(error))


class TakeUpWorkflows:
    """Goes on with incidents whose chat is not complete."""

    def __init__(self, due: DueWorkflows, advance: AdvanceIncident, clock: Clock) -> None:
        self._due = due
        self._advance = advance
        self._clock = clock
        self._running: set[asyncio.Task[None]] = set()

    async def do(self) -> None:
        """One round."""
        now = self._clock.now()
        for organization in await self._due.waiting_organizations(now):
            for incident_id in await self._due.claim(organization, now):
                task = asyncio.create_task(self._advance.resume(organization, incident_id))
                self._running.add(task)
                task.add_done_callback(self._ended)

    async def settle(self) -> None:
        """End what is under way; it is taken up again."""
        await asyncio.gather(*(end(task) for task in tuple(self._running)))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an incident's chat could not be resumed", error=repr(error))


class CaptureWaiting:
    """Captures messages whose channel has become known as an incident's since they arrived."""

    def __init__(self, waiting: Uncaptured, plants: Plants, capture: CaptureMessage, read: Read) -> None:
        self._waiting = waiting
        self._plants = plants
        self._capture = capture
        self._read = read

    async def do(self) -> None:
        """One round."""
        for organization in await self._waiting.organizations():
            await self.of(organization)

    async def of(self, organization: str) -> None:
        """One organisation's; what nobody can be named for yet waits on."""
        try:
            plant = await self._plants.get(organization)
        except OwnerUnavailable:
            return

        def read(body: dict[str, Any], activity_id: UUID) -> tuple[str | None, Capture]:
            activity = self._read(body)
            return activity.arrival.conversation.thread, self._capture.of(organization, activity, activity_id, plant)

        while await self._waiting.capture(organization, read):
            pass
