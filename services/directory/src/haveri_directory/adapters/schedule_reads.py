"""Answers about rotations, changes of shifts, holidays and who works when."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_contracts.directory import queries
from haveri_directory.adapters.pages import page_of_changes
from haveri_directory.application.schedule import exported, schedule_of, who_is_on_shift
from haveri_directory.store.facility_schedules import FacilitySchedules, team_ids_of, touching
from haveri_directory.store.schedules import Schedules
from haveri_directory.store.tables import shift_changes


class ScheduleReads:
    """Reads of one organisation's schedules at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def shift_changes(self, slug: str, query: queries.ListShiftChanges) -> queries.ShiftChangeList:
        """A page of changes, the first to begin first."""
        items, cursor = await page_of_changes(self._database, slug, query.page, _wanted(slug, query))
        return queries.ShiftChangeList(items=items, next_cursor=cursor)

    async def holidays(self, slug: str, _: queries.ListHolidays) -> queries.HolidayCalendarList:
        """The holidays of every facility that has any."""
        async with self._database.session(slug) as session:
            return queries.HolidayCalendarList(items=await Schedules(session, slug).every_calendar())

    async def on_shift(self, slug: str, query: queries.GetOnShift) -> queries.OnShiftList:
        """Who is on shift at a facility; raises FacilityUnknown."""
        async with self._database.session(slug) as session:
            return await who_is_on_shift(FacilitySchedules(session, slug), query)

    async def schedule(self, slug: str, query: queries.GetSchedule) -> queries.Schedule:
        """Who works when at a facility. Raises a Refusal."""
        async with self._database.session(slug) as session:
            return await schedule_of(FacilitySchedules(session, slug), query)

    async def export(self, slug: str, query: queries.ExportShifts) -> queries.CalendarDocument:
        """Who works when at a facility as iCalendar. Raises a Refusal."""
        async with self._database.session(slug) as session:
            return await exported(FacilitySchedules(session, slug), query, self._clock.now())


def _wanted(slug: str, query: queries.ListShiftChanges) -> list[ColumnElement[bool]]:
    columns = shift_changes.c
    wanted: list[ColumnElement[bool]] = []
    if query.facility_id is not None:
        wanted.append(columns.team_id.in_(team_ids_of(slug, query.facility_id)))
    if query.team_id is not None:
        wanted.append(columns.team_id == query.team_id)
    if query.member_id is not None:
        wanted.append(or_(columns.member_id == query.member_id, columns.substitute_id == query.member_id))
    if query.starts_at is not None or query.ends_at is not None:
        wanted.append(touching(query.starts_at, query.ends_at))
    return wanted
