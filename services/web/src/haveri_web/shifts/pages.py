"""The calendar: who works when, who is on shift now, and what is proposed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import Response

from haveri_contracts.directory.models import Facility, OnShift
from haveri_contracts.directory.queries import GetSchedule, ListShiftChanges
from haveri_contracts.directory.schedules import ScheduledShift, ShiftChange
from haveri_directory_copy.directory import Directory
from haveri_web.bus.callers import Caller
from haveri_web.bus.queries import ask_all
from haveri_web.domain.access import TO_MANAGE, TO_RESPOND
from haveri_web.http.context import Web
from haveri_web.rendering import moments
from haveri_web.rendering.pages import Page, PageDep
from haveri_web.shifts.calendar import Week, midnight, monday_of
from haveri_web.shifts.queries import holidays_of, on_shift_at, schedule_of
from haveri_web.shifts.words import (
    ChangeView,
    change_view,
    my_shifts,
    people_of,
)

router = APIRouter(include_in_schema=False)
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
_AHEAD = timedelta(days=28)
_DONE = ("proposed", "changed", "accepted", "cancelled", "later")


@dataclass(frozen=True, slots=True)
class NowView:
    """A team's shift that is under way, its people with those who have a role first."""

    team: str
    shift: str
    ends_at: datetime | None
    people: list[tuple[str, list[str]]]


@router.get("/shifts")
async def shifts(
    page: PageDep,
    facility: Annotated[UUID | None, Query()] = None,
    day: Annotated[date | None, Query()] = None,
    done: str = "",
) -> Response:
    """One facility's week; on a phone, one day of it."""
    shown = page.facility(facility)
    context = await _week(page, shown, day) if shown else {}
    return page.render(
        "shifts/shifts.html", here="shifts", facility=shown, done=done if done in _DONE else "", **context
    )


async def _week(page: Page, facility: Facility, day: date | None) -> dict[str, Any]:
    web, caller, directory = page.web, page.caller, page.directory
    zone, now = directory.zone_of(facility.id), web.clock.now()
    today = now.astimezone(zone).date()
    chosen = day if day and _FIRST_YEAR <= day.year <= _LAST_YEAR else today
    monday = monday_of(chosen)
    start, end = midnight(monday, zone), midnight(monday + timedelta(days=7), zone)
    schedule, changes, on_shift, holidays, open_changes, mine = await asyncio.gather(
        schedule_of(web.queries, caller, GetSchedule(facility_id=facility.id, starts_at=start, ends_at=end)),
        ask_all(web.queries, caller, ListShiftChanges(facility_id=facility.id, starts_at=start, ends_at=end)),
        on_shift_at(web.queries, caller, facility.id, now),
        holidays_of(web.queries, caller),
        _proposed(web, caller, now),
        _mine(web, caller, facility, now) if caller.may(TO_RESPOND) else _nobodys(),
    )
    calendar = holidays.get(facility.id)
    week = Week(
        zone=zone,
        monday=monday,
        chosen=chosen,
        now=now,
        me=caller.member.id,
        names={member.id: member.name for member in directory.members.values()},
        holidays={holiday.date: holiday.name for holiday in calendar.holidays} if calendar else {},
        changes={change.id: change for change in changes if change.accepted},
    )
    own_teams = [team for team in directory.teams.values() if team.facility_id == facility.id]
    return {
        "zone": zone,
        "days": week.days(),
        "rows": week.rows(own_teams, schedule),
        "on_now": _on_now(directory, on_shift),
        **_links(facility, caller, chosen, today, start),
        "changes": [change_view(change, directory, caller, zone) for change in changes if change not in open_changes],
        "waiting": _waiting(open_changes, directory, caller, zone),
        "may_respond": caller.may(TO_RESPOND),
        "manages": caller.may(TO_MANAGE),
        "mine": my_shifts(mine, directory, zone),
        "teams": own_teams,
        "people": people_of(directory, facility.id),
        "from_input": moments.for_input(max(now, start), zone)[:16],
        "to_input": moments.for_input(max(now, start) + timedelta(hours=8), zone)[:16],
    }


def _links(facility: Facility, caller: Caller, chosen: date, today: date, start: datetime) -> dict[str, str]:
    def url(day: date) -> str:
        return f"/shifts?facility={facility.id}&day={day.isoformat()}"

    stretch = {"facility_id": str(facility.id), "starts_at": moments.iso(start)}
    return {
        "day_url": url(chosen)[: -len(chosen.isoformat())],
        "earlier_url": url(chosen - timedelta(days=7)),
        "later_url": url(chosen + timedelta(days=7)),
        "today_url": url(today),
        "calendar_url": f"/api/v1/schedule.ics?{urlencode(stretch)}",
        "own_calendar_url": f"/api/v1/schedule.ics?{urlencode({**stretch, 'member_id': str(caller.member.id)})}",
        "week_number": f"{chosen.isocalendar().week}",
    }


def _on_now(directory: Directory, on_shift: Iterable[OnShift]) -> list[NowView]:
    groups: dict[tuple[UUID, str], list[OnShift]] = {}
    for item in on_shift:
        if item.member_id in directory.members and item.team_id in directory.teams:
            groups.setdefault((item.team_id, item.shift), []).append(item)
    return [
        NowView(
            team=directory.teams[team_id].name,
            shift=shift,
            ends_at=max((it.ends_at for it in items if it.ends_at), default=None),
            people=[
                (directory.members[it.member_id].name, sorted(it.roles))
                for it in sorted(items, key=lambda it: (not it.roles, directory.members[it.member_id].name.casefold()))
            ],
        )
        for (team_id, shift), items in groups.items()
    ]


def _waiting(changes: Iterable[ShiftChange], directory: Directory, caller: Caller, zone: ZoneInfo) -> list[ChangeView]:
    views = (change_view(change, directory, caller, _zone_of(change, directory, zone)) for change in changes)
    return sorted(views, key=lambda view: not view.may_accept)


def _zone_of(change: ShiftChange, directory: Directory, usual: ZoneInfo) -> ZoneInfo:
    team = directory.teams.get(change.team_id)
    return directory.zone_of(team.facility_id) if team else usual


async def _proposed(web: Web, caller: Caller, now: datetime) -> list[ShiftChange]:
    """What waits for an answer, at any facility: the caller's, or the other one's."""
    wanted = ListShiftChanges(member_id=caller.member.id, starts_at=now)
    return [change for change in await ask_all(web.queries, caller, wanted) if not change.accepted]


async def _mine(web: Web, caller: Caller, facility: Facility, now: datetime) -> list[ScheduledShift]:
    wanted = GetSchedule(facility_id=facility.id, member_id=caller.member.id, starts_at=now, ends_at=now + _AHEAD)
    return await schedule_of(web.queries, caller, wanted)


async def _nobodys() -> list[ScheduledShift]:
    return []
