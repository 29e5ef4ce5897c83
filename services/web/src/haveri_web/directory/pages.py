"""The plant: areas, assets, teams, who is on shift, and everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from haveri_contracts.directory.models import Asset, Facility, Shift, Team, Weekday
from haveri_contracts.directory.queries import GetOnShift, OnShiftList
from haveri_directory_copy.directory import UTC_ZONE, Directory
from haveri_web.rendering.pages import Page, PageDep
from haveri_web.texts import Translate

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area with what stands in it."""

    name: str
    assets: list[Asset]


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A shift in words."""

    name: str
    days: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team, its shifts and its people."""

    name: str
    shifts: list[ShiftView]
    people: list[str]


@dataclass(frozen=True, slots=True)
class OnShiftView:
    """Somebody on shift."""

    name: str
    team: str
    shift: str


@dataclass(frozen=True, slots=True)
class MemberView:
    """A person in the list of all."""

    name: str
    role: str
    teams: list[str]
    email: str


@router.get("/plant")
async def plant(page: PageDep, facility: Annotated[UUID | None, Query()] = None) -> Response:
    """One facility, and everybody."""
    directory, shown = page.directory, page.facility(facility)
    return page.render(
        "directory/plant.html",
        here="plant",
        facility=shown,
        zone=directory.zone_of(shown.id) if shown else UTC_ZONE,
        on_shift=await _on_shift(page, shown) if shown else [],
        areas=_areas(directory, shown) if shown else [],
        teams=_teams(directory, shown, page.t) if shown else [],
        members=[_member(directory, member_id) for member_id in directory.members],
    )


async def _on_shift(page: Page, facility: Facility) -> list[OnShiftView]:
    answer: OnShiftList = await page.ask(GetOnShift(facility_id=facility.id, at=page.web.clock.now()))
    members, teams = page.directory.members, page.directory.teams
    return [
        OnShiftView(members[item.member_id].name, teams[item.team_id].name, item.shift)
        for item in answer.items
        if item.member_id in members and item.team_id in teams
    ]


def _areas(directory: Directory, facility: Facility) -> list[AreaView]:
    return [
        AreaView(area.name, [asset for asset in directory.assets.values() if asset.area_id == area.id])
        for area in directory.areas.values()
        if area.facility_id == facility.id
    ]


def _teams(directory: Directory, facility: Facility, t: Translate) -> list[TeamView]:
    return [
        TeamView(team.name, [_shift(shift, t) for shift in team.shift_info.shifts], _people(directory, team))
        for team in directory.teams.values()
        if team.facility_id == facility.id
    ]


def _people(directory: Directory, team: Team) -> list[str]:
    return [
        member.name
        for member in directory.members.values()
        if member.id in team.member_ids or team.id in member.team_ids
    ]


def _shift(shift: Shift, t: Translate) -> ShiftView:
    every_day = set(shift.days) == set(Weekday)
    days = t("plant.every_day") if every_day else ", ".join(t(f"day.{day.value}") for day in shift.days)
    return ShiftView(shift.name, days, shift.start, shift.end)


def _member(directory: Directory, member_id: UUID) -> MemberView:
    member = directory.members[member_id]
    teams = [
        team.name for team in directory.teams.values() if member_id in team.member_ids or team.id in member.team_ids
    ]
    return MemberView(member.name, member.role.value, teams, member.email)
