"""Events that come again, as single ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from haveri_directory.application.calendars.document import Entry
from haveri_directory.application.importing.findings import Findings, Place

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
"""A series counts from a month ago to a year ahead."""

MOST_SERIES = 100
_OLDEST = timedelta(days=10 * 366)
_LINE = "X-HAVERI-LINE"
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY"}
_WEEKDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


def is_series(entry: Entry) -> bool:
    """Whether an event comes again, or is one of those that do, moved."""
    return any(name in entry.event for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def rule_fits(entry: Entry, now: datetime, findings: Findings) -> bool:
    """Whether an event's rule of recurrence is one that shifts have.

    A rule that never comes true is searched for until the year 9999, so only those pass that cannot take long.
    """
    problem = _too_odd(entry.event, now)
    if problem:
        findings.add(entry.place, f"{entry.name} {problem}", "RRULE")
    return not problem


def occurrences(series: Sequence[Entry], now: datetime, findings: Findings) -> list[Entry]:
    """The events of one series (settled, and all of one UID) from a month before `now` to a year ahead."""
    calendar = Calendar()
    for entry in series:
        # What the library makes of an event has its properties, and so its line.
        entry.event[_LINE] = str(entry.place.line)
        calendar.add_component(entry.event)
    try:
        found = recurring_ical_events.of(calendar).between(now - BACK, now + AHEAD)
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        findings.add(series[0].place, f"{series[0].name}: when it comes again cannot be read. {error}", "RRULE")
        return []
    return [Entry(Place(int(event[_LINE])), event) for event in sorted(found, key=_start)]


def goes_on(entry: Entry, now: datetime) -> bool:
    """Whether an event may come again later than a year ahead."""
    rule: Any = entry.event.get("RRULE", {})
    until = next(iter(rule.get("UNTIL", [])), None)
    if until is not None:
        return bool(until > (now + AHEAD if isinstance(until, datetime) and until.tzinfo else (now + AHEAD).date()))
    return bool(rule) and "COUNT" not in rule


def _start(event: Any) -> datetime:
    start: datetime = event["DTSTART"].dt
    return start


def _too_odd(event: Any, now: datetime) -> str | None:
    rule: Any = event.get("RRULE")
    if rule is None:
        return None
    parts = {str(name).upper(): values if isinstance(values, list) else [values] for name, values in rule.items()}
    frequency = str(parts.get("FREQ", [""])[0])
    if frequency not in _FREQUENCIES or not parts.keys() <= _PARTS:
        return "comes again by a rule that shifts do not have. Use daily, weekly or monthly, by days."
    if event["DTSTART"].dt < now - _OLDEST:
        return "began more than ten years ago. Let the series begin anew."
    problems = [problem for problem in _odd_numbers(frequency, parts) if problem]
    return problems[0] if problems else None


def _odd_numbers(frequency: str, parts: dict[str, list[Any]]) -> Iterator[str | None]:
    interval = int(parts.get("INTERVAL", [1])[0])
    days = [str(day).upper() for day in parts.get("BYDAY", [])]
    monthly = frequency == "MONTHLY"
    if not 1 <= interval <= 366:
        yield "comes again at an interval that is not from 1 to 366."
    if not monthly and ("BYMONTHDAY" in parts or "BYSETPOS" in parts or any(len(day) > 2 for day in days)):
        yield "counts days of the month although it does not come monthly."
    if frequency == "DAILY" and days and interval != 1:
        yield "comes on certain weekdays although it counts several days. Use a weekly rule."
    if ("BYMONTHDAY" in parts) + ("BYSETPOS" in parts) + any(len(day) > 2 for day in days) > 1 or (
        "BYMONTHDAY" in parts and days
    ):
        yield "mixes several ways to count days of the month. Use one of them."
    numbers = [int(day) for name in ("BYMONTHDAY", "BYSETPOS") for day in parts.get(name, [])]
    if not all(1 <= abs(number) <= 31 for number in numbers) or not all(_WEEKDAY.fullmatch(day) for day in days):
        yield "names a day that no month has."
