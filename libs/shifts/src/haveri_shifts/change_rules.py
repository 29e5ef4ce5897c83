"""What may be wrong with a change of shifts, seen with the plan and the changes there are already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from haveri_shifts.calculation import duties
from haveri_shifts.plan import Change, ChangeKind, Duty, Plan


def swap_cycle(changes: Iterable[Change], new: Change) -> list[Change]:
    """The changes that, with `new`, hand a duty round in a circle at the same time, beginning with `new`; else none.

    A gives to B, B to C and C to A: whoever comes last in the circle would work for everybody.
    """
    steps = [step for change in changes if change.id != new.id for step in _steps(change)]
    for own in _steps(new):
        near = [step for step in steps if step.team_id == own.team_id and step.overlaps(own)]
        edges = sorted(
            {own.starts_at, own.ends_at, *(edge for step in near for edge in (step.starts_at, step.ends_at))}
        )
        for moment in (edge for edge in edges if own.starts_at <= edge < own.ends_at):
            way = _way(own.taker_id, own.giver_id, [step for step in near if step.starts_at <= moment < step.ends_at])
            if way is not None:
                return [new, *way]
    return []


def overlapping_duties(plan: Plan, assignment: Change) -> list[Duty]:
    """The other duties, in any team, that a member already has in the time of an assignment."""
    others = replace(plan, changes=tuple(change for change in plan.changes if change.id != assignment.id))
    return [
        duty
        for duty in duties(others, assignment.starts_at, assignment.ends_at)
        if duty.member_id == assignment.member_id
    ]


@dataclass(frozen=True, slots=True)
class _Step:
    """A duty that goes from one member to another."""

    change: Change
    team_id: UUID
    giver_id: UUID
    taker_id: UUID
    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: _Step) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def _steps(change: Change) -> Iterator[_Step]:
    giver, taker = change.member_id, change.substitute_id
    if change.kind not in {ChangeKind.OVERRIDE, ChangeKind.SWAP} or giver is None or taker is None:
        return
    yield _Step(change, change.team_id, giver, taker, change.starts_at, change.ends_at)
    if change.kind is ChangeKind.SWAP and change.returned is not None:
        yield _Step(change, change.team_id, taker, giver, *change.returned)


def _way(start: UUID, goal: UUID, steps: list[_Step]) -> list[Change] | None:
    """The shortest way from one member to another along steps."""
    ways: dict[UUID, list[Change]] = {start: []}
    waiting = [start]
    for member_id in waiting:
        if member_id == goal:
            return ways[member_id]
        for step in steps:
            if step.giver_id == member_id and step.taker_id not in ways:
                ways[step.taker_id] = [*ways[member_id], step.change]
                waiting.append(step.taker_id)
    return None
