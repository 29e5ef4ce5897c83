"""A team's shifts from an iCalendar document: all of them, or nothing and every bad event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from haveri_contracts.directory.models import Facility, Member, Team
from haveri_contracts.directory.schedules import ChangeKind, ShiftChange
from haveri_directory.application.calendars.attendees import Attendees
from haveri_directory.application.calendars.document import Entry, entries
from haveri_directory.application.calendars.recurrence import (
    AHEAD,
    BACK,
    MOST_SERIES,
    goes_on,
    is_series,
    occurrences,
    rule_fits,
)
from haveri_directory.application.calendars.times import settle, stretch_of_event
from haveri_directory.application.importing.findings import Findings, Place, short
from haveri_shifts.plan import Duty

MOST_SHIFTS = 2000
LONGEST_UID = 500
_LONGEST_NAME = 200
_UNNAMED = "Shift"


@dataclass(frozen=True, slots=True)
class ImportedShift:
    """An assignment, the UID of the event that it comes from, and the line on which that begins."""

    change: ShiftChange
    uid: str
    line: int


@dataclass(frozen=True, slots=True)
class ImportedShifts:
    """What a document says of a team's shifts, in the order of their starts; `notes` are what its owner should know.

    `uids` are those of all its events, also of cancelled ones and of series of which nothing comes.
    """

    shifts: tuple[ImportedShift, ...]
    notes: tuple[str, ...] = ()
    uids: frozenset[str] = frozenset()


def shifts_of(
    document: str, team: Team, facility: Facility, members: Iterable[Member], now: datetime
) -> ImportedShifts:
    """The shifts that an iCalendar document gives to members, as assignments in a team.

    Members are the organisation's, known by the e-mail addresses of attendees. Times without a zone are the
    facility's. A series counts from a month before `now` to a year ahead. Ids depend on team, UID, member and start
    only, so that the same document gives the same shifts. Raises ImportInvalid with every bad event. Takes up to
    some seconds for a long document: not for an event loop.
    """
    findings = Findings()
    attendees = Attendees(members)
    reader = _Reader(team, ZoneInfo(facility.timezone), attendees, now, findings)
    shifts = reader.read(document)
    _check_apart(shifts, attendees.names, findings)
    findings.raise_if_any()
    return ImportedShifts(tuple(shifts), tuple(reader.notes), frozenset(reader.uids))


def check_beside(
    shifts: Iterable[ImportedShift], duties: Iterable[Duty], names: Mapping[UUID, str], zone: tzinfo
) -> None:
    """Raise ImportInvalid for every imported shift in whose time its member has another of the duties given.

    The duties are those of the plan without what the document replaces.
    """
    findings = Findings()
    busy: dict[UUID, list[Duty]] = defaultdict(list)
    for duty in duties:
        busy[duty.member_id].append(duty)
    for shift in shifts:
        member_id, change = _worker(shift), shift.change
        for duty in busy.get(member_id, ()):
            if duty.starts_at < change.ends_at and change.starts_at < duty.ends_at:
                when = _stretch(duty.starts_at, duty.ends_at, zone)
                problem = f"{names[member_id]} works {short(duty.shift)} {when} already."
                findings.add(Place(shift.line), f"{short(change.shift or _UNNAMED)} overlaps: {problem}", "overlaps")
    findings.raise_if_any()


class _Reader:
    """Reads one document, and notes what is wrong with it on the way."""

    def __init__(self, team: Team, zone: tzinfo, attendees: Attendees, now: datetime, findings: Findings) -> None:
        self.notes: list[str] = []
        self.uids: set[str] = set()
        self._team, self._zone, self._attendees, self._now, self._findings = team, zone, attendees, now, findings
        self._workers: dict[int, list[UUID]] = {}
        self._uids: dict[str, int] = {}

    def read(self, document: str) -> list[ImportedShift]:
        """The document's shifts, the first to start first."""
        readable = [entry for entry in entries(document, self._findings) if self._check(entry)]
        events = [entry for entry in readable if not is_series(entry)] + self._repeated(readable)
        found = [shift for entry in events if not _is_cancelled(entry) for shift in self._shifts(entry)]
        if len(found) > MOST_SHIFTS:
            problem = f"The document holds {len(found)} shifts, more than {MOST_SHIFTS}. Import a shorter time."
            self._findings.add(Place(1), problem)
            return []
        return sorted(found, key=lambda shift: (shift.change.starts_at, shift.line))

    def _check(self, entry: Entry) -> bool:
        """Whether an event is to be read any further."""
        self.uids.add(_uid(entry))
        if _is_cancelled(entry) and not is_series(entry):
            return False
        named, settled = self._check_uid(entry), settle(entry, self._zone, self._findings)
        if not _is_cancelled(entry):
            self._workers[entry.place.line] = self._attendees.of(entry, self._findings)
        return named and settled and rule_fits(entry, self._now, self._findings)

    def _check_uid(self, entry: Entry) -> bool:
        uid = _uid(entry)
        before = self._uids.get(uid)
        if not uid or len(uid) > LONGEST_UID:
            problem = f"has no UID of at most {LONGEST_UID} characters, by which it is found again when it changes."
        elif before is not None and "RECURRENCE-ID" not in entry.event:
            problem = f"has the same UID as the event in line {before}."
        else:
            if "RECURRENCE-ID" not in entry.event:
                self._uids[uid] = entry.place.line
            return True
        self._findings.add(entry.place, f"{entry.name} {problem}", "UID")
        return False

    def _repeated(self, readable: Iterable[Entry]) -> list[Entry]:
        series: dict[str, list[Entry]] = defaultdict(list)
        for entry in readable:
            if is_series(entry):
                series[_uid(entry)].append(entry)
        if len(series) > MOST_SERIES:
            problem = f"The document holds more than {MOST_SERIES} series. Import some of them at a time."
            self._findings.add(Place(1), problem)
            return []
        return [event for same in series.values() for event in self._single(same)]

    def _single(self, series: list[Entry]) -> list[Entry]:
        found = occurrences(series, self._now, self._findings)
        name, line = series[0].name, series[0].place.line
        if not found:
            first, last = (self._now - BACK).date(), (self._now + AHEAD).date()
            self.notes.append(f"{name} (line {line}) has no shift from {first} to {last}, so nothing came of it.")
        elif any(goes_on(entry, self._now) for entry in series):
            last = (self._now + AHEAD).date()
            self.notes.append(f"{name} (line {line}) goes on after {last}. Import it again before then.")
        return found

    def _shifts(self, entry: Entry) -> Iterator[ImportedShift]:
        starts_at, ends_at = stretch_of_event(entry.event)
        uid = _uid(entry)
        for member_id in self._workers.get(entry.place.line, ()):
            change = ShiftChange(
                id=_id(self._team.id, uid, member_id, starts_at),
                team_id=self._team.id,
                kind=ChangeKind.ASSIGNMENT,
                member_id=member_id,
                starts_at=starts_at,
                ends_at=ends_at,
                shift=_shift_name(entry, self._team),
            )
            yield ImportedShift(change, uid, entry.place.line)


def _uid(entry: Entry) -> str:
    return str(entry.event.get("UID", "")).strip()


def _is_cancelled(entry: Entry) -> bool:
    return str(entry.event.get("STATUS", "")).upper() == "CANCELLED"


def _shift_name(entry: Entry, team: Team) -> str:
    """The summary; Haveri itself puts the team's name behind the shift's when it exports."""
    said = " ".join(str(entry.event.get("SUMMARY", "")).split())
    return said.removesuffix(f"({team.name})").strip()[:_LONGEST_NAME].strip() or _UNNAMED


def _id(team_id: UUID, uid: str, member_id: UUID, starts_at: datetime) -> UUID:
    """The same for the same shift, and before every id that tells a time: changes apply in the order of their ids, and
    what people changed afterwards has to see what was imported, also when that is imported anew.
    """
    name = f"{uid} {member_id} {starts_at.astimezone(UTC).isoformat()}"
    return UUID(bytes=bytes(6) + uuid5(team_id, name).bytes[6:])


def _check_apart(shifts: Iterable[ImportedShift], names: Mapping[UUID, str], findings: Findings) -> None:
    """Note every shift that begins before the one its member had before, in the same document, is over."""
    latest: dict[UUID, ImportedShift] = {}
    for shift in shifts:
        member_id, change = _worker(shift), shift.change
        before = latest.get(member_id)
        if before is not None and change.starts_at < before.change.ends_at:
            other = f"{short(before.change.shift or _UNNAMED)} in line {before.line}"
            problem = f"{names[member_id]} works {other} at the same time."
            findings.add(Place(shift.line), f"{short(change.shift or _UNNAMED)} overlaps: {problem}", "overlaps")
        if before is None or before.change.ends_at < change.ends_at:
            latest[member_id] = shift


def _worker(shift: ImportedShift) -> UUID:
    """Whose shift it is: an assignment always says."""
    if shift.change.member_id is None:
        raise ValueError("an imported shift without a member")
    return shift.change.member_id


def _stretch(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return f"from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
