"""The other services, over the bus: queries and commands to them."""

from __future__ import annotations

from uuid import UUID

from haveri_chassis.bus import CommandBus, QueryClient, QueryRefused
from haveri_chassis.clock import Clock
from haveri_contracts.directory.models import OnShift
from haveri_contracts.directory.queries import GetOnShift, OnShiftList
from haveri_contracts.incident.commands import LinkChat
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import GetIncident, IncidentList, ListIncidents
from haveri_contracts.message import Command
from haveri_contracts.outcomes import Outcome
from haveri_contracts.timeline.models import TimelineEntry
from haveri_contracts.timeline.queries import ListTimeline, TimelinePage
from haveri_contracts.types import Page

GATEWAY = "system:teams-gateway"
"""The actor when the gateway itself acts."""
WAIT_FOR_OUTCOME = 5.0
_LONGEST_REFERENCE = 64


class Queries:
    """Queries in the name of the member who asked. Raises OwnerUnavailable."""

    def __init__(self, queries: QueryClient, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock

    async def incident(self, organization: str, actor: str, wanted: str) -> Incident | None:
        """An incident by id or number, None when there is none."""
        if len(wanted) > _LONGEST_REFERENCE:
            return None
        try:
            found: Incident = await self._queries.ask(
                GetIncident(incident=wanted), organization=organization, actor=actor
            )
        except QueryRefused:
            return None
        return found

    async def incidents(self, organization: str, actor: str, query: ListIncidents) -> list[Incident]:
        """A page of incidents."""
        found: IncidentList = await self._queries.ask(query, organization=organization, actor=actor)
        return found.items

    async def on_shift(self, organization: str, actor: str, facility_id: UUID) -> list[OnShift]:
        """Who is on shift at a facility now."""
        query = GetOnShift(facility_id=facility_id, at=self._clock.now())
        try:
            found: OnShiftList = await self._queries.ask(query, organization=organization, actor=actor)
        except QueryRefused:
            return []
        return found.items

    async def newest_entries(self, organization: str, actor: str, incident_id: UUID, count: int) -> list[TimelineEntry]:
        """The last entries of a timeline, oldest first."""
        query = ListTimeline(incident_id=incident_id, newest_first=True, page=Page(limit=count))
        try:
            page: TimelinePage = await self._queries.ask(query, organization=organization, actor=actor)
        except QueryRefused:
            return []
        return page.items[::-1]


class Commands:
    """The way of commands to their owners. Raises BusUnavailable when nothing was stored."""

    def __init__(self, commands: CommandBus) -> None:
        self._commands = commands

    async def send(self, command: Command, *, organization: str, actor: str, command_id: UUID) -> Outcome | None:
        """A member's command; gives the outcome, None when it follows later."""
        return await self._commands.send(
            command,
            organization=organization,
            actor=actor,
            command_id=command_id,
            correlation_id=command_id,
            wait=WAIT_FOR_OUTCOME,
        )

    async def hand_over(self, command: Command, *, organization: str, command_id: UUID) -> None:
        """The gateway's own command, durably, without waiting for its outcome."""
        await self._commands.send(command, organization=organization, actor=GATEWAY, command_id=command_id, wait=0.0)


class Links:
    """Sends the incident service where one organisation's incidents are lived; the workflow's LinkSender."""

    def __init__(self, commands: Commands, organization: str) -> None:
        self._commands = commands
        self._organization = organization

    async def link(self, command: LinkChat, command_id: UUID) -> None:
        """Hand the command over durably; raises BusUnavailable."""
        await self._commands.hand_over(command, organization=self._organization, command_id=command_id)
