"""From when until when an event lasts, in the time that its document means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from haveri_directory.application.calendars.document import Entry
from haveri_directory.application.importing.findings import Findings, short
from haveri_shifts.calculation import first_moment

_A_DAY = timedelta(days=1)


def settle(entry: Entry, zone: tzinfo, findings: Findings) -> bool:
    """Give every time of an event a zone: those without one, and whole days, are in the facility's.

    Says whether the event has a start and a later end; what is wrong is among the findings.
    """
    event = entry.event
    unknown = dict.fromkeys(_unknown_zones(event))
    for name in unknown:
        findings.add(
            entry.place,
            f"{entry.name} names the time zone {short(name)}, which is not known. Use a name such as Europe/Helsinki.",
            "TZID",
        )
    if unknown or not _has_both(entry, findings):
        return False
    whole_days = not isinstance(event["DTSTART"].dt, datetime)
    if whole_days and "DTEND" not in event and "DURATION" not in event:
        event.add("DTEND", event["DTSTART"].dt + _A_DAY)
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        if name in event:
            settled = _zoned(event[name].dt, zone)
            del event[name]
            event.add(name, settled)
    for name in ("EXDATE", "RDATE"):
        dates = list(_dates(event, name))
        event.pop(name, None)
        for said in dates:
            # A whole day that is left out stays one: it stands for whatever starts on it.
            event.add(name, said if name == "EXDATE" and not isinstance(said, datetime) else _zoned(said, zone))
    return _ends_later(entry, findings)


def stretch_of_event(event: Any) -> tuple[datetime, datetime]:
    """From when until when, in UTC, a settled event lasts.

    Hours are those on the wall, durations too: eight hours from 22:00 end at 06:00 also when clocks are changed.
    """
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else start + event["DURATION"].dt
    return moment_of(start), moment_of(end)


def moment_of(zoned: datetime) -> datetime:
    """A settled time in UTC: where clocks are changed, the moment at which a shift would begin at that time."""
    return first_moment(zoned.replace(tzinfo=None, fold=0), zoned.tzinfo or UTC)


def _has_both(entry: Entry, findings: Findings) -> bool:
    event = entry.event
    if "DTSTART" not in event:
        findings.add(entry.place, f"{entry.name} does not say when it starts.", "DTSTART")
        return False
    timed = isinstance(event["DTSTART"].dt, datetime)
    if timed and "DTEND" not in event and "DURATION" not in event:
        findings.add(entry.place, f"{entry.name} does not say when it ends.", "DTEND")
        return False
    if "DTEND" in event and isinstance(event["DTEND"].dt, datetime) != timed:
        findings.add(entry.place, f"{entry.name} starts or ends at a time of day, but not both.", "DTEND")
        return False
    return True


def _ends_later(entry: Entry, findings: Findings) -> bool:
    try:
        start, end = stretch_of_event(entry.event)
    except OverflowError:
        findings.add(entry.place, f"{entry.name} lies outside of the calendar.", "DTSTART")
        return False
    if end <= start:
        findings.add(entry.place, f"{entry.name} ends before it starts, or at once.", "DTEND")
        return False
    return True


def _zoned(said: Any, zone: tzinfo) -> Any:
    """A date, a time or a period with a time zone."""
    if isinstance(said, tuple):
        return tuple(part if isinstance(part, timedelta) else _zoned(part, zone) for part in said)
    if not isinstance(said, datetime):
        said = datetime.combine(said, time(0))
    return said if said.tzinfo is not None else said.replace(tzinfo=zone)


def _dates(event: Any, name: str) -> Iterator[date | datetime | tuple[Any, ...]]:
    for value in _listed(event, name):
        for said in value.dts:
            yield said.dt


def _listed(event: Any, name: str) -> list[Any]:
    value = event.get(name, [])
    return value if isinstance(value, list) else [value]


def _unknown_zones(event: Any) -> Iterator[str]:
    """Time zones of which the parser could make nothing: it leaves such times without any."""
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        value = event.get(name)
        if value is not None and "TZID" in value.params and _is_floating(value.dt):
            yield str(value.params["TZID"])
    for name in ("EXDATE", "RDATE"):
        for value in _listed(event, name):
            if "TZID" in value.params and any(_is_floating(said.dt) for said in value.dts):
                yield str(value.params["TZID"])


def _is_floating(said: Any) -> bool:
    first = said[0] if isinstance(said, tuple) else said
    return isinstance(first, datetime) and first.tzinfo is None
