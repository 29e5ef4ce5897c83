"""Who is on shift at a facility."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from haveri_contracts.directory.models import Facility, OnShift, Shift, Team, Weekday
from haveri_contracts.directory.queries import OnShiftList
from haveri_directory.domain.shifts import Crew, ShiftTimes, on_shift

_WEEKDAYS = {day: number for number, day in enumerate(Weekday)}


def who_is_on_shift(facility: Facility, teams: Iterable[Team], at: datetime) -> OnShiftList:
    """Members of the facility's teams who are on shift at `at` (aware), in the order of the teams given."""
    duties = on_shift([crew_of(team) for team in teams], ZoneInfo(facility.timezone), at)
    return OnShiftList(
        items=[OnShift(member_id=duty.member_id, team_id=duty.team_id, shift=duty.shift) for duty in duties]
    )


def crew_of(team: Team) -> Crew:
    """The domain's crew of a published team."""
    return Crew(team.id, tuple(team.member_ids), tuple(times_of(shift) for shift in team.shift_info.shifts))


def times_of(shift: Shift) -> ShiftTimes:
    """The domain's shift of a published one."""
    return ShiftTimes(
        name=shift.name,
        weekdays=frozenset(_WEEKDAYS[day] for day in shift.days),
        start=time.fromisoformat(shift.start),
        end=time.fromisoformat(shift.end),
        member_ids=tuple(shift.member_ids),
    )
