"""What an import added, changed and left as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from haveri_contracts.directory.schedules import HolidayCalendar, Rotation
from haveri_directory.application.importing.plan import Plan
from haveri_directory.store.rows import Membership, Thing
from haveri_directory.store.snapshot import Snapshot

MOST_LISTED = 500
"""More changes than this are only counted."""

_ROTATION = "rotation"
_LISTS = {
    "facility": "facilities",
    "area": "areas",
    "asset": "assets",
    "team": "teams",
    "member": "members",
    _ROTATION: "rotations",
}


@dataclass(slots=True)
class Difference:
    """What has to be written, by kind, and how to report it to people."""

    things: dict[str, list[Thing]] = field(default_factory=dict)
    rotations: list[Rotation] = field(default_factory=list)
    calendars: list[HolidayCalendar] = field(default_factory=list)
    holidays: dict[str, int] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    listed: list[dict[str, str]] = field(default_factory=list)
    ended: set[Membership] = field(default_factory=set)
    begun: set[Membership] = field(default_factory=set)

    def result(self) -> dict[str, Any]:
        """The outcome's result. Shifts count with their team; a team also changes when its members do."""
        report = {}
        for kind, name in _LISTS.items():
            counts = {"added": self.added, "changed": self.changed, "unchanged": self.unchanged}
            report[name] = {what: count[kind] for what, count in counts.items()}
        report["holidays"] = self.holidays
        more = max(0, sum(self.added.values()) + sum(self.changed.values()) - MOST_LISTED)
        return {"report": report, "changes": self.listed, "more_changes": more}


def difference(before: Snapshot, plan: Plan) -> Difference:
    """What is new or not the same any more."""
    found, after = Difference(), plan.after
    for kind, name in _LISTS.items():
        written = _compare(kind, getattr(before, name), getattr(after, name), found)
        if kind == _ROTATION:
            found.rotations = written
        else:
            found.things[kind] = written
        described = plan.described & getattr(after, name).keys()
        found.unchanged[kind] = len(described - {thing.id for thing in written})
    had, has = _memberships(before), _memberships(after)
    found.ended, found.begun = had - has, has - had
    _compare_holidays(before, after, found)
    return found


def _compare(kind: str, before: Mapping[UUID, Any], after: Mapping[UUID, Any], found: Difference) -> list[Any]:
    """The things that are new or not the same any more, which are also counted and listed."""
    written = [thing for id, thing in after.items() if before.get(id) != thing]
    found.added[kind] = sum(thing.id not in before for thing in written)
    found.changed[kind] = len(written) - found.added[kind]
    for thing in written[: MOST_LISTED - len(found.listed)]:
        how = "changed" if thing.id in before else "added"
        found.listed.append({"kind": kind, "name": thing.name, "change": how})
    return written


def _compare_holidays(before: Snapshot, after: Snapshot, found: Difference) -> None:
    for id in sorted(before.calendars.keys() | after.calendars.keys()):
        calendar = after.calendars.get(id, HolidayCalendar(facility_id=id))
        if before.calendars.get(id) != calendar:
            found.calendars.append(calendar)
    had, has = _holidays(before), _holidays(after)
    found.holidays = {"added": len(has - had), "removed": len(had - has), "unchanged": len(had & has)}


def _holidays(snapshot: Snapshot) -> set[tuple[UUID, date, str]]:
    return {(id, day.date, day.name) for id, calendar in snapshot.calendars.items() for day in calendar.holidays}


def _memberships(snapshot: Snapshot) -> set[Membership]:
    return {(team_id, member.id) for member in snapshot.members.values() for team_id in member.team_ids}
