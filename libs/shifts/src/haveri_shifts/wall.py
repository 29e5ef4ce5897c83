"""Wall-clock times of a facility as moments.

A shift starts and ends when the clock on the facility's wall *first* shows its time or a later one. That one rule
settles the two nights a year on which clocks are changed, and every older change:

- A time that is skipped (02:30 when clocks go from 02:00 to 03:00) begins at the moment of the change.
- A time that comes twice (02:30 when clocks go back from 03:00 to 02:00) begins the first time.

So a shift 22:00-06:00 lasts 7 or 9 hours on those nights, and shifts that meet on the wall meet in reality: nobody is
missing and nobody stands there twice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

_LAST_SECOND = timedelta(seconds=1)
_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=16384)
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


@lru_cache(maxsize=16384)
def stretch_of(day: date, start: time, end: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when until when, in UTC, a stretch of wall-clock time lasts that starts on `day`.

    An end at or before the start is on the next day. The stretch is empty (both moments are the same) when clocks
    skipped all of it.
    """
    last_day = day if end > start else day + _ONE_DAY
    return first_moment(datetime.combine(day, start), zone), first_moment(datetime.combine(last_day, end), zone)
