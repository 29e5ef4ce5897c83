"""Shifts as an iCalendar document that calendar programs can subscribe to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from haveri_contracts.directory.models import Facility
from haveri_contracts.directory.schedules import ScheduledShift
from haveri_directory.application.calendars.properties import MEMBER, PRODUCT
from haveri_shifts.calculation import first_moment

_EVENTS = UUID("5e1f4e0c-6f0c-5d39-9d0c-0d9f6c9a4b11")
_A_DAY = timedelta(days=1)


def calendar_of(
    shifts: Iterable[ScheduledShift],
    facility: Facility,
    team_names: Mapping[UUID, str],
    member_names: Mapping[UUID, str],
    now: datetime,
) -> str:
    """The shifts as iCalendar, in the facility's wall-clock time, to the second.

    An event keeps its UID as long as member, team, shift and start stay the same. Nobody is an attendee, so that
    no calendar program writes to people; their names are in the descriptions.
    """
    zone = ZoneInfo(facility.timezone)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", facility.name)
    calendar.add("x-wr-timezone", facility.timezone)
    days = {now.date()}
    for shift in shifts:
        calendar.add_component(_event(shift, zone, team_names, member_names, now))
        days |= {shift.starts_at.date(), shift.ends_at.date()}
    calendar.add_missing_timezones(min(days) - _A_DAY, max(days) + _A_DAY)
    document: str = calendar.to_ical().decode()
    return document


def _event(
    shift: ScheduledShift,
    zone: ZoneInfo,
    team_names: Mapping[UUID, str],
    member_names: Mapping[UUID, str],
    now: datetime,
) -> Event:
    event = Event()
    event.add("uid", uid_of(shift))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", _on_the_wall(shift.starts_at, zone))
    event.add("dtend", _on_the_wall(shift.ends_at, zone))
    event.add("summary", f"{shift.shift} ({team_names[shift.team_id]})")
    event.add("description", ", ".join((member_names[shift.member_id], *shift.roles)))
    event.add(MEMBER, str(shift.member_id))
    return event


def uid_of(shift: ScheduledShift) -> str:
    """The event's UID, the same in every export."""
    start = shift.starts_at.astimezone(UTC).isoformat()
    return f"{uuid5(_EVENTS, f'{shift.team_id} {shift.member_id} {start} {shift.shift}')}@haveri"


def _on_the_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment in the facility's time; in UTC where its clocks show that time twice and mean the second one."""
    moment = moment.astimezone(UTC).replace(microsecond=0)
    wall = moment.astimezone(zone).replace(tzinfo=None)
    return wall.replace(tzinfo=zone) if first_moment(wall, zone) == moment else moment
