"""An organisation as its administrator sees it, over the bus."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from haveri_chassis.bus import CommandBus, QueryClient
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_contracts.message import Command, Query
from haveri_contracts.outcomes import Outcome, OutcomeStatus
from haveri_contracts.plain import Role
from haveri_contracts.types import member_actor

TOOL = "system:haveri"


class Office:
    """Sends orders and questions of one organisation, and looks at what was published."""

    def __init__(self, slug: str, commands_: CommandBus, queries_: QueryClient, database: Database) -> None:
        self.slug = slug
        self.ids = SystemIds()
        self.administrator = Member(
            id=self.ids.new(), name="Aino Lehtonen", email="aino@haveri.example", role=Role.ADMINISTRATOR
        )
        self._commands = commands_
        self._queries = queries_
        self._database = database

    def founding(self, **changes: Any) -> commands.CreateOrganization:
        """The command that creates the organisation."""
        values = {"organization_name": "Pyhäjärvi", "administrator": self.administrator, **changes}
        return commands.CreateOrganization(**values)

    async def found(self) -> None:
        """Create the organisation."""
        await self.do(self.founding())

    async def send(self, command: Command, *, actor: str = TOOL, command_id: UUID | None = None) -> Outcome:
        """Send a command and give its outcome."""
        outcome = await self._commands.send(
            command, organization=self.slug, actor=actor, command_id=command_id or self.ids.new(), wait=20
        )
        assert outcome is not None, "the directory did not answer"
        return outcome

    async def do(self, command: Command, *, actor: str = TOOL) -> dict[str, Any]:
        """Send a command that must be accepted; gives its result."""
        outcome = await self.send(command, actor=actor)
        assert outcome.status is OutcomeStatus.ACCEPTED, outcome.problem
        return outcome.result or {}

    async def refusal(self, command: Command, *, actor: str = TOOL) -> str:
        """Send a command that must be refused; gives the refusal's name."""
        outcome = await self.send(command, actor=actor)
        assert outcome.problem is not None, outcome
        return outcome.problem.type

    async def ask(self, query: Query) -> Any:
        """The answer to a question."""
        return await self._queries.ask(query, organization=self.slug, actor=TOOL, timeout=10)

    async def published(self) -> list[tuple[str, dict[str, Any]]]:
        """Every event of the organisation so far, as (name, data), in order."""
        async with self._database.transaction(self.slug) as connection:
            rows = await connection.fetch("SELECT body FROM event_log ORDER BY position")
        events = [orjson.loads(row["body"]) for row in rows]
        return [(event["type"].split(".")[2], event["data"]) for event in events]

    async def everything(self) -> list[Any]:
        """All lists of the organisation."""
        lists = (
            queries.ListFacilities(),
            queries.ListAreas(),
            queries.ListAssets(),
            queries.ListTeams(),
            queries.ListMembers(),
            queries.ListRotations(),
        )
        return [(await self.ask(query)).items for query in lists]

    async def facility(self, name: str = "Tampere Works", **changes: Any) -> Facility:
        """A facility that has been put."""
        facility = Facility(id=self.ids.new(), name=name, **{"timezone": "Europe/Helsinki", **changes})
        await self.do(commands.PutFacility(facility=facility))
        return facility

    async def area(self, facility: Facility, name: str = "Line 1") -> Area:
        """An area that has been put."""
        area = Area(id=self.ids.new(), name=name, facility_id=facility.id)
        await self.do(commands.PutArea(area=area))
        return area

    async def asset(self, area: Area, name: str = "Filler 2") -> Asset:
        """An asset that has been put."""
        asset = Asset(id=self.ids.new(), name=name, area_id=area.id, asset_type="filler", metadata={"speed": 1.5})
        await self.do(commands.PutAsset(asset=asset))
        return asset

    async def member(self, name: str, role: Role = Role.RESPONDER, **changes: Any) -> Member:
        """A member that has been put."""
        email = f"{name.split(maxsplit=1)[0].lower()}@haveri.example"
        member = Member(id=self.ids.new(), name=name, email=email, role=role, **changes)
        result = await self.do(commands.PutMember(member=member))
        return Member.model_validate(result["member"])

    async def team(self, facility: Facility, name: str = "Crew A", **changes: Any) -> Team:
        """A team that has been put."""
        team = Team(id=self.ids.new(), name=name, facility_id=facility.id, **changes)
        result = await self.do(commands.PutTeam(team=team))
        return Team.model_validate(result["team"])


def as_member(member: Member) -> str:
    """The actor string of a member."""
    return member_actor(member.id)
