"""A plant in memory: answers and obeys like the directory, incident and timeline services do, just enough for doors.

One object can be asked directly (it fits the web's ports `Commands` and `Queries`, and stands for its copies of the
directory) or be put on a real bus, see `web_house.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from web_incidents import IncidentBook

from haveri_chassis.bus import OwnerUnavailable, QueryRefused
from haveri_contracts.directory import commands as directory_commands
from haveri_contracts.directory import queries as directory_queries
from haveri_contracts.directory.models import (
    Area,
    Asset,
    ChatSettings,
    Facility,
    Member,
    OnShift,
    Organization,
    Shift,
    ShiftInfo,
    Team,
)
from haveri_contracts.escalation import queries as escalation_queries
from haveri_contracts.message import Command, Query
from haveri_contracts.outcomes import Outcome, Problem
from haveri_contracts.plain import Refusal, Role
from haveri_contracts.types import Frozen
from haveri_directory_copy.copies import read_directory
from haveri_directory_copy.directory import Directory
from haveri_web.bus.queries import ACTOR

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
_KINDS: dict[str, type[Frozen]] = {"facility": Facility, "area": Area, "asset": Asset, "team": Team, "member": Member}
_LISTS = {
    directory_queries.ListFacilities: ("facility", directory_queries.FacilityList, ()),
    directory_queries.ListAreas: ("area", directory_queries.AreaList, ("facility_id",)),
    directory_queries.ListAssets: ("asset", directory_queries.AssetList, ("area_id",)),
    directory_queries.ListTeams: ("team", directory_queries.TeamList, ("facility_id",)),
    directory_queries.ListMembers: ("member", directory_queries.MemberList, ()),
}
_GETS: dict[type[Query], str] = {
    directory_queries.GetFacility: "facility",
    directory_queries.GetArea: "area",
    directory_queries.GetAsset: "asset",
    directory_queries.GetTeam: "team",
    directory_queries.GetMember: "member",
    directory_queries.GetRotation: "rotation",
    directory_queries.GetShiftChange: "shift-change",
    escalation_queries.GetEscalationPolicy: "policy",
    escalation_queries.GetMaintenanceWindow: "window",
}
_NOTHING: dict[type[Query], Any] = {
    escalation_queries.ListRunning: escalation_queries.RunningList,
    escalation_queries.ListRuns: escalation_queries.RunList,
    escalation_queries.ListPolicies: escalation_queries.PolicyList,
    directory_queries.ListRotations: directory_queries.RotationList,
    directory_queries.ListShiftChanges: directory_queries.ShiftChangeList,
    directory_queries.ListHolidays: directory_queries.HolidayCalendarList,
    directory_queries.GetSchedule: directory_queries.Schedule,
}


class StillNeeded(Refusal):
    """Something else stands on it."""

    type = "still-needed"
    title = "Something else still needs this."


@dataclass
class TenantPlant:
    """One organisation's things. `answers` and `obeys` stand in for what only some tests need, by kind of message."""

    organization: Organization
    things: dict[str, dict[UUID, Any]] = field(default_factory=lambda: {kind: {} for kind in _KINDS})
    chat: ChatSettings | None = None
    book: IncidentBook = field(default_factory=IncidentBook)
    answers: dict[type[Query], Callable[[Any], Any]] = field(default_factory=dict)
    obeys: dict[type[Command], Callable[[Any, str], dict[str, Any] | None]] = field(default_factory=dict)

    def put(self, *things: Any) -> None:
        """Add or replace things of any kind."""
        for thing in things:
            kind = next(name for name, model in _KINDS.items() if isinstance(thing, model))
            self.things[kind][thing.id] = thing

    def member(self, name: str) -> Member:
        """The member of that name."""
        found: Member = next(it for it in self.things["member"].values() if it.name == name)
        return found


class Plants:
    """Every organisation there is. Set `away` to make an owner not answer, `later` to make commands wait."""

    def __init__(self) -> None:
        self.tenants: dict[str, TenantPlant] = {}
        self.outcomes: dict[UUID, Outcome] = {}
        self.away: set[str] = set()
        self.later = False
        self.now = START
        self.sent: list[Command] = []

    def add(self, slug: str, name: str) -> TenantPlant:
        """A new organisation without anything in it."""
        self.tenants[slug] = TenantPlant(Organization(id=slug, name=name))
        return self.tenants[slug]

    async def get(self, organization: str) -> Directory:
        """The directory, as the web's copy gives it."""
        about = await self.ask(directory_queries.GetOrganization(), organization=organization, actor=ACTOR)
        return await read_directory(self, about, ACTOR)  # type: ignore[arg-type]

    async def ask(self, query: Query, *, organization: str, actor: str) -> Any:
        """Answer like the query's owner."""
        if query.owner in self.away:
            raise OwnerUnavailable(f"the {query.owner} service is away")
        if organization not in self.tenants:
            raise QueryRefused(Problem(type="organization-unknown", title="There is no such organisation.", detail=""))
        try:
            return self._answer(query, self.tenants[organization])
        except Refusal as refusal:
            raise QueryRefused(Problem.of(refusal)) from None

    async def ask_raw(self, query: Query, *, organization: str, actor: str) -> bytes:
        """The same as JSON."""
        answer: Frozen = await self.ask(query, organization=organization, actor=actor)
        return answer.model_dump_json().encode()

    async def send(self, command: Command, *, organization: str, actor: str, command_id: UUID) -> Outcome | None:
        """Obey like the command's owner: the same id has one effect."""
        if command.owner in self.away or self.later:
            return None
        if command_id not in self.outcomes:
            self.sent.append(command)
            self.outcomes[command_id] = self._obey(command, self.tenants[organization], actor, command_id)
        return self.outcomes[command_id]

    def _obey(self, command: Command, tenant: TenantPlant, actor: str, command_id: UUID) -> Outcome:
        try:
            result: dict[str, Any] | None
            if type(command) in tenant.obeys:
                result = tenant.obeys[type(command)](command, actor)
            elif command.owner == "incident":
                result = {"incident": tenant.book.carry_out(command, actor, self.now, set(tenant.things["facility"]))}
            else:
                result = _carry_out(command, tenant)
        except Refusal as refusal:
            return Outcome.rejected(command_id, Problem.of(refusal))
        return Outcome.accepted(command_id, result)

    def _answer(self, query: Any, tenant: TenantPlant) -> Any:  # noqa: PLR0911 - a table in the shape of code
        kind = type(query)
        if kind is escalation_queries.CountRunning:
            running = self._answer(escalation_queries.ListRunning(), tenant)
            return escalation_queries.RunningCount(running=len(running.items))
        if kind in tenant.answers or kind in _NOTHING:
            return tenant.answers[kind](query) if kind in tenant.answers else _NOTHING[kind](items=[])
        if kind in _LISTS:
            return _page(query, tenant)
        if kind in _GETS:
            return one(tenant.things.get(_GETS[kind], {}), query.id, _GETS[kind])
        match query:
            case directory_queries.GetOrganization():
                return tenant.organization
            case directory_queries.GetChatSettings():
                return directory_queries.ChatSettingsAnswer(settings=tenant.chat)
            case directory_queries.GetOnShift():
                return directory_queries.OnShiftList(items=_on_shift(query, tenant))
            case _:
                return tenant.book.answer(query, self.outcomes)


class Unknown(Refusal):
    """There is no such thing."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no such {kind}.")
        self.type = f"{kind}-unknown"


def one(known: dict[UUID, Any], wanted: UUID, kind: str) -> Any:
    """The thing with this id, or its owner's refusal."""
    if wanted not in known:
        raise Unknown(kind)
    return known[wanted]


def _page(query: Any, tenant: TenantPlant) -> Any:
    kind, answer, filters = _LISTS[type(query)]
    items = sorted(tenant.things[kind].values(), key=lambda it: it.name)
    for name in filters:
        wanted = getattr(query, name)
        items = [it for it in items if wanted is None or getattr(it, name) == wanted]
    first = int(query.page.cursor or 0)
    shown = items[first : first + query.page.limit]
    following = str(first + query.page.limit) if len(items) > first + query.page.limit else None
    return answer(items=shown, next_cursor=following)


def _on_shift(query: directory_queries.GetOnShift, tenant: TenantPlant) -> list[OnShift]:
    return [
        OnShift(member_id=member_id, team_id=team.id, shift=team.shift_info.shifts[0].name)
        for team in tenant.things["team"].values()
        if team.facility_id == query.facility_id and team.shift_info.shifts
        for member_id in team.member_ids[:3]
    ]


def _carry_out(command: Any, tenant: TenantPlant) -> dict[str, Any]:
    match command:
        case directory_commands.Remove():
            if command.kind_of_thing == "facility" and tenant.things["area"]:
                raise StillNeeded("It has areas.")
            tenant.things[command.kind_of_thing].pop(command.id, None)
        case directory_commands.ChangeChatSettings():
            tenant.chat = command.settings
        case directory_commands.ImportPlant():
            return {"added": {"facility": 1}}
        case _:
            tenant.put(next(value for _, value in command))
    return {}


def demo(plants: Plants, slug: str, new_id: Any) -> TenantPlant:
    """A small plant: two facilities in two time zones, two lines, a team with shifts, people of every role."""
    tenant = plants.add(slug, "Nordic Beverages")
    tampere = Facility(id=new_id(), name="Tampere Works", timezone="Europe/Helsinki")
    leipzig = Facility(id=new_id(), name="Leipzig Works", timezone="Europe/Berlin")
    line, hall = (
        Area(id=new_id(), name="Line 1", facility_id=tampere.id),
        Area(id=new_id(), name="Halle B", facility_id=leipzig.id),
    )
    people = [
        Member(id=new_id(), name=name, email=f"{name.split(maxsplit=1)[0].lower()}@{slug}.example", role=role)
        for name, role in (
            ("Aino Korhonen", Role.ADMINISTRATOR),
            ("Mikko Laine", Role.MANAGER),
            ("Sanna Virtanen", Role.RESPONDER),
            ("Timo Nieminen", Role.RESPONDER),
            ("Veera Heikkilä", Role.VIEWER),
        )
    ]
    team = Team(
        id=new_id(),
        name="Filling crew",
        facility_id=tampere.id,
        member_ids=[person.id for person in people[1:4]],
        shift_info=ShiftInfo(
            shifts=[
                Shift(name="Early", start="06:00", end="14:00"),
                Shift(name="Late", start="14:00", end="22:00"),
                Shift(name="Night", start="22:00", end="06:00"),
            ]
        ),
    )
    machines = [
        Asset(id=new_id(), name="Filler 2", area_id=line.id, asset_type="filler"),
        Asset(id=new_id(), name="Palletiser 1", area_id=line.id, asset_type="palletiser"),
        Asset(id=new_id(), name="Abfüller 7", area_id=hall.id, asset_type="filler"),
    ]
    tenant.put(tampere, leipzig, line, hall, team, *machines, *people)
    return tenant
