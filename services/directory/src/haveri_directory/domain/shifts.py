"""Who works when: wall-clock shifts of a facility, asked at a moment.

A shift starts and ends when the clock on the facility's wall *first* shows its time or a later one. That one rule
settles the two nights a year on which clocks are changed, and every older change:

- A time that is skipped (02:30 when clocks go from 02:00 to 03:00) begins at the moment of the change.
- A time that comes twice (02:30 when clocks go back from 03:00 to 02:00) begins the first time.

So a shift 22:00-06:00 lasts 7 or 9 hours on those nights, and shifts that meet on the wall meet in reality: nobody is
missing and nobody stands there twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from uuid import UUID

_LAST_SECOND = timedelta(seconds=1)
# Where clocks were moved by a whole day, a shift's date may lie two days before the date on the wall now.
_DAYS_AROUND = (-2, -1, 0, 1)
_FIRST_YEAR, _LAST_YEAR = 2, 9998


@dataclass(frozen=True, slots=True)
class ShiftTimes:
    """A shift: on which weekdays it starts (0 is Monday) and between which times of day; an end at or before the
    start is on the next day. No members means the whole team.
    """

    name: str
    weekdays: frozenset[int]
    start: time
    end: time
    member_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Crew:
    """A team with its members and shifts."""

    team_id: UUID
    member_ids: tuple[UUID, ...]
    shifts: tuple[ShiftTimes, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """A member on shift, and why."""

    member_id: UUID
    team_id: UUID
    shift: str


def on_shift(crews: Iterable[Crew], zone: tzinfo, at: datetime) -> list[Duty]:
    """Who is on shift at `at` (aware), in the order of crews, shifts and members; each once for each shift."""
    return [
        Duty(member_id, crew.team_id, shift.name)
        for crew in crews
        for shift in shifts_at(crew.shifts, zone, at)
        for member_id in dict.fromkeys(shift.member_ids or crew.member_ids)
    ]


def shifts_at(shifts: Sequence[ShiftTimes], zone: tzinfo, at: datetime) -> list[ShiftTimes]:
    """The shifts under way at `at` (aware): a shift's first moment belongs to it, its last to the next one.

    Outside the years 2 to 9998 there are none.
    """
    moment = at.astimezone(UTC)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return []
    today = moment.astimezone(zone).date()
    dates = [today + timedelta(days=offset) for offset in _DAYS_AROUND]
    return [shift for shift in shifts for day in dates if _begins(shift, day) and _lasts(shift, day, zone, moment)]


def stretches(shift: ShiftTimes, zone: tzinfo, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    """When a shift starts and ends, in UTC, for those of `days` dates from `first` on which it starts."""
    for offset in range(days):
        day = first + timedelta(days=offset)
        if _begins(shift, day):
            yield _stretch(shift, day, zone)


def first_moment(wall: datetime, zone: tzinfo) -> datetime:
    """The first moment, in UTC, at which clocks in `zone` show the naive time `wall` or a later one."""
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        return early
    # The time is skipped: the two readings of it, by the offset before and after, lie around the change.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = early
    while after - before > _LAST_SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _begins(shift: ShiftTimes, day: date) -> bool:
    return day.weekday() in shift.weekdays


def _lasts(shift: ShiftTimes, day: date, zone: tzinfo, moment: datetime) -> bool:
    start, end = _stretch(shift, day, zone)
    return start <= moment < end


@lru_cache(maxsize=4096)
def _stretch(shift: ShiftTimes, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    last_day = day if shift.end > shift.start else day + timedelta(days=1)
    return (
        first_moment(datetime.combine(day, shift.start), zone),
        first_moment(datetime.combine(last_day, shift.end), zone),
    )
