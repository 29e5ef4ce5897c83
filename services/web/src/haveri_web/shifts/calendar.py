"""A facility's week as a grid: a row for each team, a column for each day, in the facility's wall-clock time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from haveri_contracts.directory.models import DutyOrigin, Team, Weekday
from haveri_contracts.directory.schedules import ChangeKind, ScheduledShift, ShiftChange

WEEK = 7
_COLOURS = 6
_WEEKDAYS = tuple(Weekday)
_HOUR = timedelta(hours=1)
_CHANGED = (DutyOrigin.OVERRIDE, DutyOrigin.SWAP, DutyOrigin.ASSIGNMENT)
"""Turns that a change made. One that a change only cut carries the change too, and is still somebody's own."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody on a shift. `instead_of` says whose turn it was; `own_time` when it differs from the shift's."""

    name: str
    roles: list[str]
    mine: bool
    change: str = ""
    instead_of: str = ""
    own_time: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A shift of a team on a day. `odd_hours` is its real length where the clocks change in it."""

    shift: str
    colour: int
    starts_at: datetime
    ends_at: datetime
    odd_hours: float | None
    is_now: bool
    people: list[PersonView]


@dataclass(frozen=True, slots=True)
class Bar:
    """A shift on the strip of a day: hours since the day began, and how many."""

    start: float
    length: float
    colour: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A team's day: what starts on it, who is away, and a strip of all its real hours."""

    day: DayView
    blocks: list[Block]
    away: list[str]
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class DayView:
    """A day of the week; `hours` is 23 or 25 when the clocks change, `now` the hours since it began."""

    date: date
    weekday: str
    starts_at: datetime
    ends_at: datetime
    holiday: str
    today: bool
    chosen: bool
    now: float | None

    @property
    def hours(self) -> float:
        """How long the day really is."""
        return (self.ends_at - self.starts_at) / _HOUR


@dataclass(frozen=True, slots=True)
class Row:
    """A team's week."""

    team: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Week:
    """What a calendar is made of."""

    zone: ZoneInfo
    monday: date
    chosen: date
    now: datetime
    me: UUID
    names: Mapping[UUID, str]
    holidays: Mapping[date, str] = field(default_factory=dict)
    changes: Mapping[UUID, ShiftChange] = field(default_factory=dict)

    @property
    def starts_at(self) -> datetime:
        """The first moment of Monday."""
        return midnight(self.monday, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first moment of the next Monday."""
        return midnight(self.monday + timedelta(days=WEEK), self.zone)

    def days(self) -> list[DayView]:
        """Monday to Sunday."""
        return [self._day(self.monday + timedelta(days=number)) for number in range(WEEK)]

    def rows(self, teams: Iterable[Team], shifts: Sequence[ScheduledShift]) -> list[Row]:
        """A row for each team that works in this week or has somebody away."""
        colours, days = _colours(shifts, self.zone), self.days()
        rows = []
        for team in teams:
            own = [shift for shift in shifts if shift.team_id == team.id]
            blocks = self._blocks(own, colours)
            cells = [self._cell(day, team.id, own, blocks, colours) for day in days]
            if any(cell.blocks or cell.bars or cell.away for cell in cells):
                rows.append(Row(team.name, cells))
        return rows

    def _day(self, day: date) -> DayView:
        start, end = midnight(day, self.zone), midnight(day + timedelta(days=1), self.zone)
        today = start <= self.now < end
        return DayView(
            date=day,
            weekday=_WEEKDAYS[day.weekday()].value,
            starts_at=start,
            ends_at=end,
            holiday=self.holidays.get(day, ""),
            today=today,
            chosen=day == self.chosen,
            now=(self.now - start) / _HOUR if today else None,
        )

    def _cell(
        self,
        day: DayView,
        team_id: UUID,
        shifts: Sequence[ScheduledShift],
        blocks: Sequence[Block],
        colours: Mapping[str, int],
    ) -> Cell:
        stretches = {(it.starts_at, it.ends_at, colours[it.shift]) for it in shifts if _touches(it, day)}
        return Cell(
            day=day,
            blocks=[block for block in blocks if block.starts_at.astimezone(self.zone).date() == day.date],
            away=[
                self._name(change.member_id)
                for change in self.changes.values()
                if change.kind is ChangeKind.ABSENCE and change.team_id == team_id and _touches(change, day)
            ],
            bars=[_bar(start, end, colour, day) for start, end, colour in sorted(stretches)],
        )

    def _blocks(self, shifts: Sequence[ScheduledShift], colours: Mapping[str, int]) -> list[Block]:
        made = [
            self._block(name, turns, colours[name])
            for name, own in groupby(sorted(shifts, key=_by_shift), lambda shift: shift.shift)
            for turns in _together(own)
        ]
        return sorted(made, key=lambda block: (block.starts_at, block.shift))

    def _block(self, name: str, turns: Sequence[ScheduledShift], colour: int) -> Block:
        start, end = min(it.starts_at for it in turns), max(it.ends_at for it in turns)
        people = [self._person(turn, start, end) for turn in turns]
        return Block(
            shift=name,
            colour=colour,
            starts_at=start,
            ends_at=end,
            odd_hours=_odd_hours(start, end, self.zone),
            is_now=start <= self.now < end,
            people=sorted(people, key=lambda person: (not person.roles, person.name.casefold())),
        )

    def _person(self, turn: ScheduledShift, start: datetime, end: datetime) -> PersonView:
        made_by = turn.change_id if turn.origin in _CHANGED else None
        change = self.changes.get(made_by) if made_by else None
        return PersonView(
            name=self._name(turn.member_id),
            roles=sorted(turn.roles),
            mine=turn.member_id == self.me,
            change=change.kind.value if change else "",
            instead_of=self._instead_of(turn, change),
            own_time=None if (turn.starts_at, turn.ends_at) == (start, end) else (turn.starts_at, turn.ends_at),
        )

    def _instead_of(self, turn: ScheduledShift, change: ShiftChange | None) -> str:
        """Whose turn it was: that of the other one of the two, in the stretch or in its return."""
        if change is None or change.kind is ChangeKind.ASSIGNMENT:
            return ""
        other = change.member_id if turn.member_id == change.substitute_id else change.substitute_id
        return self._name(other) if other and turn.member_id in (change.member_id, change.substitute_id) else ""

    def _name(self, member_id: UUID | None) -> str:
        return self.names.get(member_id, f"#{str(member_id)[:8]}") if member_id else ""


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in a zone; where clocks skip midnight, the moment after it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _by_shift(shift: ScheduledShift) -> tuple[str, datetime]:
    return shift.shift, shift.starts_at


def _together(turns: Iterable[ScheduledShift]) -> list[list[ScheduledShift]]:
    """Turns at one shift, in their order, apart for each time it is worked; what a change cut in two stays together."""
    times: list[list[ScheduledShift]] = []
    end = None
    for turn in turns:
        cut = end == turn.starts_at and turn.change_id in {it.change_id for it in times[-1] if it.change_id}
        if end is not None and (turn.starts_at < end or cut):
            times[-1].append(turn)
            end = max(end, turn.ends_at)
        else:
            times.append([turn])
            end = turn.ends_at
    return times


def _colours(shifts: Iterable[ScheduledShift], zone: ZoneInfo) -> dict[str, int]:
    """A colour for each shift's name, in the order of the day."""
    first: dict[str, time] = {}
    for shift in shifts:
        begins = shift.starts_at.astimezone(zone).time()
        first[shift.shift] = min(first.get(shift.shift, begins), begins)
    ordered = sorted(first, key=lambda name: (first[name], name))
    return {name: number % _COLOURS for number, name in enumerate(ordered)}


def _touches(stretch: ScheduledShift | ShiftChange, day: DayView) -> bool:
    return stretch.starts_at < day.ends_at and day.starts_at < stretch.ends_at


def _bar(start: datetime, end: datetime, colour: int, day: DayView) -> Bar:
    begins, ends = max(start, day.starts_at), min(end, day.ends_at)
    return Bar(round((begins - day.starts_at) / _HOUR, 3), round((ends - begins) / _HOUR, 3), colour)


def _odd_hours(start: datetime, end: datetime, zone: ZoneInfo) -> float | None:
    """The real length in hours, if the clock on the wall would say another one."""
    shown = end.astimezone(zone).replace(tzinfo=None) - start.astimezone(zone).replace(tzinfo=None)
    real = end - start
    return None if shown == real else round(real / _HOUR, 2)
