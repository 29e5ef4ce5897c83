"""The events of an iCalendar document, each with the line on which it begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from icalendar import Event

from haveri_directory.application.importing.findings import Findings, Place, short

MOST_EVENTS = 2000
"""More events than this are not looked at."""

_READ = {"UID", "SUMMARY", "STATUS", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_ONCE = _READ - {"RDATE", "EXDATE"}


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it was read, and where it stands.

    The event is icalendar's; any of its properties may be of any kind, so its type says no more than Any.
    """

    place: Place
    event: Any

    @property
    def name(self) -> str:
        """What to call the event when something is wrong with it."""
        return named(self.event.get("SUMMARY"))


def named(summary: object) -> str:
    """What to call an event with such a summary."""
    said = " ".join(str(summary).split()) if isinstance(summary, str) else ""
    return short(said) if said else "The event"


def entries(document: str, findings: Findings) -> list[Entry]:
    """The events that can be read; what cannot is among the findings afterwards.

    Only events are parsed: whatever else a document says, time zones of its own among it, would be kept by the
    parser for every document that comes later, those of other organisations included.
    """
    lines = document.removeprefix("\ufeff").splitlines()
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:20]):
        findings.add(Place(1), "This is no iCalendar document: it does not begin with BEGIN:VCALENDAR.")
        return []
    found: list[Entry] = []
    count = 0
    for block in _blocks(lines):
        count += 1
        if count > MOST_EVENTS:
            findings.add(
                Place(block.line), f"The document holds more than {MOST_EVENTS} events. Import a shorter time."
            )
            break
        entry = _parsed(block, findings)
        if entry is not None:
            found.append(entry)
    if not count:
        findings.add(Place(1), "The document holds no events.")
    return found


@dataclass(slots=True)
class _Block:
    """The lines of one event, without the alarms in it."""

    line: int
    lines: list[str] = field(default_factory=list)
    ended: bool = False


def _blocks(lines: list[str]) -> Iterator[_Block]:
    block: _Block | None = None
    inside: list[str] = []
    for number, line in enumerate(lines, start=1):
        what, _, name = line.strip().upper().partition(":")
        if what == "BEGIN" and name == "VEVENT":
            if block is not None:
                yield block
            block, inside = _Block(number), []
        elif block is None:
            continue
        elif what == "END" and name == "VEVENT":
            block.ended = True
            yield block
            block = None
        elif what == "BEGIN":
            inside.append(name)
        elif what == "END":
            inside = inside[:-1]
        elif not inside and line.strip():
            block.lines.append(line)
    if block is not None:
        yield block


def _parsed(block: _Block, findings: Findings) -> Entry | None:
    place = Place(block.line)
    if not block.ended:
        findings.add(place, "The event that begins here has no end: the document is cut off or mixed up.")
        return None
    try:
        event = Event.from_ical("\r\n".join(["BEGIN:VEVENT", *block.lines, "END:VEVENT", ""]))
    except ValueError as error:
        findings.add(place, f"The event that begins here cannot be read: {error}")
        return None
    entry = Entry(place, event)
    bad = [(name, problem) for name, problem in event.errors if name is None or name.upper() in _READ]
    for name, problem in bad:
        findings.add(place, f"{entry.name}: {name or 'a line'} cannot be read. {problem}", name)
    twice = [name for name in sorted(_ONCE) if isinstance(event.get(name), list)]
    for name in twice:
        findings.add(place, f"{entry.name} says {name} more than once.", name)
    return None if bad or twice else entry
