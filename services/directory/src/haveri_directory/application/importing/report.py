"""What an import added, changed and left as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from haveri_directory.application.importing.plan import Plan
from haveri_directory.application.ports import Membership, Thing
from haveri_directory.application.snapshot import Snapshot

MOST_LISTED = 500
"""More changes than this are only counted."""

_LISTS = {"facility": "facilities", "area": "areas", "asset": "assets", "team": "teams", "member": "members"}


@dataclass(slots=True)
class Difference:
    """What has to be written, by kind, and how to tell people of it."""

    things: dict[str, list[Thing]] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    listed: list[dict[str, str]] = field(default_factory=list)
    ended: set[Membership] = field(default_factory=set)
    begun: set[Membership] = field(default_factory=set)

    def result(self) -> dict[str, Any]:
        """The outcome's result. Shifts count with their team; a team also changes when its members do."""
        report = {}
        for kind, name in _LISTS.items():
            written, added = len(self.things[kind]), self.added[kind]
            report[name] = {"added": added, "changed": written - added, "unchanged": self.unchanged[kind]}
        more = max(0, sum(map(len, self.things.values())) - MOST_LISTED)
        return {"report": report, "changes": self.listed, "more_changes": more}


def difference(before: Snapshot, plan: Plan) -> Difference:
    """What is new or not the same any more."""
    found, after = Difference(), plan.after
    for kind, name in _LISTS.items():
        _compare(kind, getattr(before, name), getattr(after, name), found)
        written = {thing.id for thing in found.things[kind]}
        found.unchanged[kind] = len((plan.described & getattr(after, name).keys()) - written)
    had, has = _memberships(before), _memberships(after)
    found.ended, found.begun = had - has, has - had
    return found


def _compare(kind: str, before: Mapping[UUID, Thing], after: Mapping[UUID, Thing], found: Difference) -> None:
    changed = [thing for id, thing in after.items() if before.get(id) != thing]
    found.things[kind] = changed
    found.added[kind] = sum(thing.id not in before for thing in changed)
    for thing in changed[: MOST_LISTED - len(found.listed)]:
        how = "changed" if thing.id in before else "added"
        found.listed.append({"kind": kind, "name": thing.name, "change": how})


def _memberships(snapshot: Snapshot) -> set[Membership]:
    return {(team_id, member.id) for member in snapshot.members.values() for team_id in member.team_ids}
