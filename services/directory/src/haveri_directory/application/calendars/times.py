"""From when until when an event lasts, in the time that its document means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Event

from haveri_directory.application.calendars.document import Entry
from haveri_directory.application.importing.findings import Findings, short
from haveri_shifts.calculation import first_moment

_A_DAY = timedelta(days=1)


def settle(entry: Entry, zone: tzinfo, findings: Findings) -> bool:
    """Give every time of an event a zone: those without one, and whole days, are in the facility's.

    Says whether the event has a start and a later end; what is wrong is among the findings.
    """
    event = entry.event
    unknown = sorted({name for value in _values(event) for name in _unknown_zones(value)})
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
            _replace(event, name, _zoned(event[name].dt, zone))
    for name in ("EXDATE", "RDATE"):
        dates = [_zoned_date(moment, zone) for moment in _listed(event.get(name))]
        if dates:
            _replace(event, name, dates)
    return _ends_later(entry, findings)


def stretch_of_event(event: Event) -> tuple[datetime, datetime]:
    """From when until when, in UTC, a settled event lasts."""
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else start + event["DURATION"].dt
    return moment_of(start), moment_of(end)


def moment_of(zoned: datetime) -> datetime:
    """A time of a calendar in UTC: where clocks are changed, the moment at which a shift would begin at that time."""
    if zoned.tzinfo is None or zoned.tzinfo is UTC or zoned.utcoffset() == zoned.dst() == timedelta(0):
        return zoned.astimezone(UTC)
    return first_moment(zoned.replace(tzinfo=None, fold=0), zoned.tzinfo)


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
