"""Quiet hours: when people who are not on shift are let sleep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from haveri_contracts.escalation.models import FacilitySettings, TimeOfDay
from haveri_contracts.plain import Severity
from haveri_escalation.domain.times import ShiftsNow, wall_moment, week_mask
from haveri_shifts.plan import Plan

LONGEST_HOLD = timedelta(days=7)
"""Quiet hours that cover the whole week never end: no call is held longer than this."""

_MINUTE = timedelta(minutes=1)
_QUARTER = 15


def held_until(
    settings: FacilitySettings | None, severity: Severity, at: datetime, plan: Plan | None
) -> datetime | None:
    """Until when a call to somebody who is not on shift waits: the first full minute (UTC) that is not quiet.

    None when it is not quiet at `at` (aware) for an incident of this severity.
    """
    quiet_hours = settings.quiet_hours if settings is not None else []
    times = tuple(one for quiet in quiet_hours if severity in quiet.severity for one in quiet.time_of_day)
    if not times:
        return None
    now = at.astimezone(UTC)
    if not _is_quiet(times, now, plan):
        return None
    return _first_loud(times, now.replace(second=0, microsecond=0) + _MINUTE, plan)


def _is_quiet(times: tuple[TimeOfDay, ...], at: datetime, plan: Plan | None) -> bool:
    if week_mask(times).includes(wall_moment(at, plan)):
        return True
    shifts = ShiftsNow(plan, at)
    return any(map(shifts.fits, times))


def _first_loud(times: tuple[TimeOfDay, ...], begin: datetime, plan: Plan | None) -> datetime:
    """Minute by minute, so that nights in which clocks are changed, holidays and shifts need no rules of their own."""
    week = week_mask(times)
    by_shift = [one for one in times if one.shift is not None]
    at = begin
    while at < begin + LONGEST_HOLD:
        wall = wall_moment(at, plan)
        mask = week.masks[wall.which_mask]
        # Clocks are moved, and days end, only at full quarters of an hour: up to there the minutes can be counted.
        for minute in range(wall.minute, wall.minute + _QUARTER - wall.minute % _QUARTER):
            if not mask[minute >> 3] & (1 << (minute & 7)) and not any(map(ShiftsNow(plan, at).fits, by_shift)):
                return at
            at += _MINUTE
    return begin + LONGEST_HOLD
