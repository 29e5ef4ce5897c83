"""A manager's desk at a plant: the service over the bus, and a directory that can be away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from haveri_chassis.bus import Bus, CommandBus, QueryClient, QueryRefused
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_contracts.directory import events as directory_events
from haveri_contracts.directory import models, queries, schedules
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation import commands
from haveri_contracts.escalation.models import Conditions, EscalationPolicy, MaintenanceWindow, Notify, Step
from haveri_contracts.message import Command, Event, Query
from haveri_contracts.outcomes import Outcome
from haveri_contracts.plain import Role, Severity
from haveri_contracts.types import member_actor

IDS = SystemIds()
TOOL = "system:haveri"


class Works:
    """What the directory knows of one organisation."""

    def __init__(self, organization: str) -> None:
        self.organization = organization
        self.plant = models.Facility(id=IDS.new(), name="Pori", timezone="Europe/Helsinki")
        self.other_plant = models.Facility(id=IDS.new(), name="Turku", timezone="Europe/Helsinki")
        self.presses = models.Area(id=IDS.new(), name="Presses", facility_id=self.plant.id)
        self.yard = models.Area(id=IDS.new(), name="Yard", facility_id=self.other_plant.id)
        self.press = models.Asset(id=IDS.new(), name="Press 1", area_id=self.presses.id, asset_type="press")
        self.aino = self._member("Aino", Role.RESPONDER)
        self.antti = self._member("Antti", Role.RESPONDER, contact_prefs={"phone": "+358 40 555 0111"})
        self.manager = self._member("Mari", Role.MANAGER)
        self.administrator = self._member("Adam", Role.ADMINISTRATOR)
        self.viewer = self._member("Vilho", Role.VIEWER)
        night = models.Shift.model_validate({"name": "Night", "from": "22:00", "to": "06:00"})
        lead = models.ShiftRole(role="Lead", member_ids=[self.aino.id])
        self.crew = models.Team(
            id=IDS.new(),
            name="Crew A",
            facility_id=self.plant.id,
            member_ids=[self.aino.id, self.antti.id],
            shift_info=models.ShiftInfo(shifts=[night], roles=[lead]),
        )
        self.holidays = schedules.HolidayCalendar(facility_id=self.plant.id)

    @property
    def members(self) -> list[models.Member]:
        """Everybody."""
        return [self.aino, self.antti, self.manager, self.administrator, self.viewer]

    @staticmethod
    def _member(name: str, role: Role, **more: Any) -> models.Member:
        identity = models.ChatIdentity(platform="teams", user_id=f"aad-{name}")
        email = f"{name.lower()}@haveri.example"
        return models.Member(id=IDS.new(), name=name, email=email, role=role, chat_identities=[identity], **more)


class DirectoryOnTheBus:
    """Answers for the directory about the works it was given; `away` stops and `back` begins it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._bus: Bus | None = None
        self.works: dict[str, Works] = {}

    async def back(self) -> None:
        """Begin to answer."""
        bus = Bus(self._url, service="directory", clock=SystemClock(), ids=IDS)
        lists: dict[type[Query], Callable[[Works], list[Any]]] = {
            queries.ListMembers: lambda works: works.members,
            queries.ListFacilities: lambda works: [works.plant, works.other_plant],
            queries.ListAreas: lambda works: [works.presses, works.yard],
            queries.ListAssets: lambda works: [works.press],
            queries.ListTeams: lambda works: [works.crew],
            queries.ListRotations: lambda _: [],
            queries.ListShiftChanges: lambda _: [],
            queries.ListHolidays: lambda works: [works.holidays],
        }
        for query, items in lists.items():
            bus.on_query(query, self._answering(query, items))
        bus.on_query(queries.GetOrganization, self._organization)
        await bus.start()
        await bus.wait_ready()
        await bus.connection.client.flush()  # from here on the server knows who answers
        self._bus = bus

    async def away(self) -> None:
        """Answer nothing."""
        if self._bus is not None:
            await self._bus.stop()
        self._bus = None

    async def publish(self, organization: str, event: Event) -> None:
        """Say what has changed, to whoever listens."""
        assert self._bus is not None
        await self._bus.publish_hint(
            self._bus.sender.event(event, organization=organization, actor="system:directory", cause=None)
        )

    async def _organization(self, _: queries.GetOrganization, envelope: Envelope) -> queries.OrganizationNow:
        return queries.OrganizationNow(id=envelope.organization, name="Works")

    def _answering(
        self, query: type[Query], items: Callable[[Works], list[Any]]
    ) -> Callable[[Any, Envelope], Awaitable[Any]]:
        async def answer(_: Any, envelope: Envelope) -> Any:
            return query.Answer(items=items(self.works[envelope.organization]))

        return answer


class Office:
    """Sends commands and queries of one organisation, as its manager unless said otherwise."""

    def __init__(self, works: Works, commands_: CommandBus, queries_: QueryClient, database: Database) -> None:
        self.works = works
        self.organization = works.organization
        self._commands = commands_
        self._queries = queries_
        self._database = database

    async def command(self, command: Command, *, actor: str | None = None, command_id: UUID | None = None) -> Outcome:
        """Send a command and give its outcome."""
        outcome = await self._commands.send(
            command,
            organization=self.organization,
            actor=actor or member_actor(self.works.manager.id),
            command_id=command_id or IDS.new(),
            wait=20,
        )
        assert outcome is not None, "escalation did not answer"
        return outcome

    async def do(self, command: Command, *, actor: str | None = None) -> dict[str, Any]:
        """Send a command that must be accepted; gives its result."""
        outcome = await self.command(command, actor=actor)
        assert outcome.problem is None, outcome.problem
        return outcome.result or {}

    async def refusal(self, command: Command, *, actor: str | None = None) -> str:
        """Send a command that must be refused; gives the refusal's name."""
        outcome = await self.command(command, actor=actor)
        assert outcome.problem is not None, outcome.result
        return outcome.problem.type

    async def query(self, query: Query) -> Any:
        """The answer to a query."""
        return await self._queries.ask(query, organization=self.organization, actor=TOOL, timeout=10)

    async def refused(self, query: Query) -> str:
        """Send a query that must be refused; gives the refusal's name."""
        try:
            answer = await self.query(query)
        except QueryRefused as refusal:
            return refusal.problem.type
        raise AssertionError(f"answered: {answer}")

    async def published(self) -> list[tuple[str, dict[str, Any]]]:
        """Every event of the organisation so far, as (name, data), in order."""
        async with self._database.transaction(self.organization) as connection:
            rows = await connection.fetch("SELECT body FROM event_log ORDER BY position")
        events = [orjson.loads(row["body"]) for row in rows]
        return [(event["type"].split(".")[2], event["data"]) for event in events]

    async def timers(self) -> dict[str, datetime]:
        """What is to be published later, by its key."""
        async with self._database.transaction(self.organization) as connection:
            rows = await connection.fetch("SELECT key, due_at FROM due_timers")
        return {row["key"]: row["due_at"] for row in rows}

    def policy(self, name: str = "Line down", **changes: Any) -> EscalationPolicy:
        """A policy of the plant that calls the crew."""
        values: dict[str, Any] = {
            "id": IDS.new(),
            "name": name,
            "facility_id": self.works.plant.id,
            "conditions": Conditions(severity=[Severity.SEV1]),
            "steps": [Step(notify=Notify(team_ids=[self.works.crew.id]))],
        }
        return EscalationPolicy(**{**values, **changes})

    async def put(self, policy: EscalationPolicy) -> EscalationPolicy:
        """The policy as it stands after it was put."""
        result = await self.do(commands.PutPolicy(policy=policy))
        return EscalationPolicy.model_validate(result["policy"])

    def window(self, begin: timedelta, length: timedelta, **changes: Any) -> MaintenanceWindow:
        """A maintenance window at the presses."""
        starts_at = SystemClock().now() + begin
        values = {
            "id": IDS.new(),
            "facility_id": self.works.plant.id,
            "area_ids": [self.works.presses.id],
            "starts_at": starts_at,
            "ends_at": starts_at + length,
            "reason": "New die",
        }
        return MaintenanceWindow(**{**values, **changes})

    async def crew_changes(self, directory: DirectoryOnTheBus, **changes: Any) -> None:
        """Change the crew in the directory, and say so."""
        self.works.crew = self.works.crew.model_copy(update=changes)
        await directory.publish(self.organization, directory_events.TeamPut(team=self.works.crew))
        await asyncio.sleep(0)
