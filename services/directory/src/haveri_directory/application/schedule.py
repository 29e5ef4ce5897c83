"""Who works when at a facility, and who is on shift."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from haveri_chassis.pages import that_fit
from haveri_contracts.directory.models import DutyOrigin, OnShift
from haveri_contracts.directory.queries import (
    CalendarDocument,
    ExportShifts,
    GetOnShift,
    GetSchedule,
    OnShiftList,
    Schedule,
)
from haveri_contracts.directory.schedules import ScheduledShift
from haveri_directory.application.calendars.export import calendar_of
from haveri_directory.application.facility_plan import facility_of, plan_around
from haveri_directory.domain.shift_refusals import ShiftEndsBeforeItStarts, StretchTooLong, TeamElsewhere
from haveri_directory.store.facility_schedules import FacilitySchedules
from haveri_shifts.calculation import duties, on_shift
from haveri_shifts.plan import Duty

LONGEST_SCHEDULE = timedelta(days=92)
LARGEST_CALENDAR = 900_000
"""Bytes: what is exported is small enough to be imported again."""


async def who_is_on_shift(schedules: FacilitySchedules, query: GetOnShift) -> OnShiftList:
    """Who is on shift at a facility at a moment, team by team in the order of names. Raises FacilityUnknown."""
    facility = await facility_of(schedules, query.facility_id)
    plan = await plan_around(schedules, facility, query.at, query.at)
    return OnShiftList(items=[_on_shift(duty) for duty in on_shift(plan, query.at)])


async def exported(schedules: FacilitySchedules, query: ExportShifts, now: datetime) -> CalendarDocument:
    """The shifts of a schedule as iCalendar, written at `now`. Raises a Refusal."""
    schedule = await schedule_of(schedules, query)
    facility = await facility_of(schedules, query.facility_id)
    teams = {team.id: team.name for team in await schedules.teams_of(facility.id)}
    members = await schedules.member_names({shift.member_id for shift in schedule.items})
    document = await asyncio.to_thread(calendar_of, schedule.items, facility, teams, members, now)
    if len(document.encode()) > LARGEST_CALENDAR:
        raise StretchTooLong("The calendar would be too large. Ask for less time, one team or one member.")
    return CalendarDocument(document=document)


async def schedule_of(schedules: FacilitySchedules, query: GetSchedule | ExportShifts) -> Schedule:
    """Who works when, the first to begin first: everybody at the facility, a team, a member. Raises a Refusal."""
    if query.ends_at <= query.starts_at:
        raise ShiftEndsBeforeItStarts("Ask for a time that ends after it starts.")
    if query.ends_at - query.starts_at > LONGEST_SCHEDULE:
        raise StretchTooLong(f"Ask for at most {LONGEST_SCHEDULE.days} days at once.")
    facility = await facility_of(schedules, query.facility_id)
    plan = await plan_around(schedules, facility, query.starts_at, query.ends_at)
    if query.team_id is not None and all(team.id != query.team_id for team in plan.teams):
        raise TeamElsewhere(f"{facility.name} has no team {query.team_id}.")
    # A quarter of a year of a large plant takes a while: others are answered meanwhile.
    everybody = await asyncio.to_thread(duties, plan, query.starts_at, query.ends_at)
    found = [
        _scheduled(duty)
        for duty in everybody
        if query.team_id in {None, duty.team_id} and query.member_id in {None, duty.member_id}
    ]
    return _that_fits(found)


def _that_fits(items: list[ScheduledShift]) -> Schedule:
    if that_fit(len(item.__pydantic_serializer__.to_json(item)) for item in items) < len(items):
        raise StretchTooLong(f"These are {len(items)} shifts, too many for one answer. Ask for less time or one team.")
    return Schedule(items=items)


def _on_shift(duty: Duty) -> OnShift:
    return OnShift(
        member_id=duty.member_id,
        team_id=duty.team_id,
        shift=duty.shift,
        roles=sorted(duty.roles),
        starts_at=duty.starts_at,
        ends_at=duty.ends_at,
        origin=DutyOrigin(duty.origin.value),
    )


def _scheduled(duty: Duty) -> ScheduledShift:
    return ScheduledShift(
        member_id=duty.member_id,
        team_id=duty.team_id,
        shift=duty.shift,
        roles=sorted(duty.roles),
        starts_at=duty.starts_at,
        ends_at=duty.ends_at,
        origin=DutyOrigin(duty.origin.value),
        change_id=duty.change_id,
    )
