"""Times of day, compiled so that asking whether a moment lies in them takes no calculation.

A stretch is read off the facility's wall clock: at a moment, what the clock on the wall shows lies in it or not. In the
night in which an hour comes twice both count, and in the night in which one is left out nothing lies in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import product

from haveri_contracts.escalation.models import TimeOfDay
from haveri_shifts.calculation import shift_is_on
from haveri_shifts.plan import Plan
from haveri_shifts.turns import planned

DAY = 24 * 60
WEEK = 7 * DAY
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_ONE_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class WallMoment:
    """A moment as the facility's wall clock and calendar show it."""

    minute: int
    """Of the week, from Monday 00:00."""
    today: date
    holiday_today: bool
    holiday_yesterday: bool

    @property
    def byte(self) -> int:
        """Where a `WeekMask` has this minute."""
        return self.minute >> 3

    @property
    def bit(self) -> int:
        """Which bit of that byte it is."""
        return 1 << (self.minute & 7)

    @property
    def which_mask(self) -> int:
        """Which of the masks of a `WeekMask` is for this day."""
        return 2 * self.holiday_yesterday + self.holiday_today


def wall_moment(at: datetime, plan: Plan | None) -> WallMoment:
    """What the facility's wall clock shows at `at` (aware); in UTC and without holidays when its plan is not known."""
    local = at.astimezone(plan.zone if plan is not None else UTC)
    today = local.date()
    holidays = plan.holidays if plan is not None else frozenset()
    minute = local.weekday() * DAY + local.hour * 60 + local.minute
    return WallMoment(minute, today, today in holidays, (today - _ONE_DAY) in holidays)


def weekdays(one: TimeOfDay) -> frozenset[int]:
    """The weekdays (0 is Monday) on which a stretch starts; no days at all means every day."""
    return frozenset(map(DAYS.index, one.days)) or EVERY_DAY


class WeekMask:
    """Which minutes of the week lie in some stretches of wall-clock time; shifts are to be asked of `ShiftsNow`.

    A stretch is at most a day long, so that it began today or yesterday: there is a mask for each answer to which of
    these two days are holidays, with a bit for each minute. Most stretches do not care, and then all four are one.
    """

    __slots__ = ("masks",)

    def __init__(self, times: Iterable[TimeOfDay]) -> None:
        times = tuple(one for one in times if one.shift is None)
        self.masks: tuple[bytes, ...]
        if all(one.holidays == "any" for one in times):
            self.masks = (_mask(times, yesterday=False, today=False),) * 4
        else:
            self.masks = tuple(_mask(times, yesterday=y, today=t) for y, t in product((False, True), repeat=2))

    def includes(self, moment: WallMoment) -> bool:
        """Whether what the wall clock shows lies in a stretch."""
        return bool(self.masks[moment.which_mask][moment.byte] & moment.bit)


@lru_cache(maxsize=1024)
def week_mask(times: tuple[TimeOfDay, ...]) -> WeekMask:
    """The mask of some stretches, made once."""
    return WeekMask(times)


def _mask(times: Sequence[TimeOfDay], *, yesterday: bool, today: bool) -> bytes:
    minutes = 0
    for one in times:
        start, length = _stretch(one)
        until_midnight = min(length, DAY - start)
        for weekday in weekdays(one):
            midnight = (weekday + 1) % 7 * DAY
            if _day_fits(one.holidays, today):
                minutes |= _ones(until_midnight) << (weekday * DAY + start)
            if _day_fits(one.holidays, yesterday):
                minutes |= _ones(length - until_midnight) << midnight
    return minutes.to_bytes(WEEK // 8, "little")


def _ones(count: int) -> int:
    return (1 << count) - 1


def _stretch(one: TimeOfDay) -> tuple[int, int]:
    """First minute of the day, and how many minutes from there."""
    if one.start is None or one.end is None:
        return 0, DAY
    start, end = _minute(one.start), _minute(one.end)
    return start, (end - start) % DAY or DAY


def _minute(at: str) -> int:
    return int(at[:2]) * 60 + int(at[3:])


def _day_fits(holidays: str, is_holiday: bool) -> bool:
    return holidays == "any" or (holidays == "only") == is_holiday


class ShiftsNow:
    """Which shifts are on at a moment, found out when it is first asked and once for each name."""

    def __init__(self, plan: Plan | None, at: datetime) -> None:
        self._plan = plan
        self._at = at
        self._by_name: dict[str, bool] = {}
        self._begun: list[tuple[str, date]] | None = None

    def fits(self, one: TimeOfDay) -> bool:
        """Whether the shift that a stretch names is on, begun on a day that the stretch admits."""
        if one.shift is None or self._plan is None:
            return False
        name = one.shift.casefold()
        if weekdays(one) == EVERY_DAY and one.holidays == "any":
            if name not in self._by_name:
                self._by_name[name] = shift_is_on(self._plan, name, self._at)
            return self._by_name[name]
        holidays = self._plan.holidays
        return any(
            begun == name and day.weekday() in weekdays(one) and _day_fits(one.holidays, day in holidays)
            for begun, day in self._days_of_start(self._plan)
        )

    def _days_of_start(self, plan: Plan) -> list[tuple[str, date]]:
        if self._begun is None:
            # As planned, not as changed: whoever took over at midnight did not begin the shift there.
            turns = planned(plan, self._at, self._at + _TICK)
            self._begun = [(turn.shift.casefold(), turn.starts_at.astimezone(plan.zone).date()) for turn in turns]
        return self._begun
