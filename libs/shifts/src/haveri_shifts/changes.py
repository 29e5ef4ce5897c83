"""Changes applied to duties: somebody stands in, two swap, somebody is away, somebody works besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from haveri_shifts.plan import Change, ChangeKind, Duty, Origin, Plan
from haveri_shifts.turns import roles_of

_ORIGINS = {ChangeKind.OVERRIDE: Origin.OVERRIDE, ChangeKind.SWAP: Origin.SWAP}
_HANDED_OVER = tuple(_ORIGINS.values())
_PLANNED = (Origin.SHIFT, Origin.ROTATION)

# What an assignment without a name of its own is called.
_UNNAMED_SHIFT = "Extra shift"


@dataclass(frozen=True, slots=True)
class _Handover:
    """Duties of `giver_id` (everybody's, if None) in a team (any, if None) go to `taker_id`, or to nobody."""

    team_id: UUID | None
    giver_id: UUID | None
    taker_id: UUID | None
    starts_at: datetime
    ends_at: datetime

    def concerns(self, duty: Duty) -> bool:
        """Whether some of a duty changes hands."""
        return (
            self.team_id in {None, duty.team_id}
            and self.giver_id in {None, duty.member_id}
            and duty.member_id != self.taker_id
            and duty.starts_at < self.ends_at
            and self.starts_at < duty.ends_at
        )


def touching(changes: Iterable[Change], starts_at: datetime, ends_at: datetime) -> list[Change]:
    """The changes that may matter in [starts_at, ends_at), in the order in which they apply: by id."""
    found = [
        change for change in changes if any(start < ends_at and starts_at < end for start, end in _stretches(change))
    ]
    return sorted(found, key=lambda change: change.id)


def changed(plan: Plan, changes: Sequence[Change], duties: Iterable[Duty]) -> list[Duty]:
    """Duties after the changes, which apply one after the other: a later one sees what the earlier ones made."""
    roster: dict[UUID, list[Duty]] = defaultdict(list)
    for duty in duties:
        roster[duty.member_id].append(duty)
    for change in changes:
        _apply(plan, change, roster)
    return [duty for held in roster.values() for duty in _each_once(held)]


def _stretches(change: Change) -> list[tuple[datetime, datetime]]:
    """The stretches of a change that last any time at all."""
    said = [(change.starts_at, change.ends_at)]
    if change.kind is ChangeKind.SWAP and change.returned is not None:
        said.append(change.returned)
    return [(start, end) for start, end in said if start < end]


def _apply(plan: Plan, change: Change, roster: dict[UUID, list[Duty]]) -> None:
    if change.kind is ChangeKind.ASSIGNMENT:
        _assign(plan, change, roster)
        return
    handovers = list(_handovers(change))
    givers = {handover.giver_id for handover in handovers}
    concerned = [member_id for member_id in roster if member_id in givers or None in givers]
    # All are cut before any is handed out: what one gives in a swap does not come straight back to him.
    pieces = [
        piece
        for member_id in concerned
        for duty in roster[member_id]
        for piece in _handed_over(plan, change, handovers, duty)
    ]
    for member_id in concerned:
        roster[member_id] = []
    for piece in pieces:
        roster[piece.member_id].append(piece)


def _assign(plan: Plan, change: Change, roster: dict[UUID, list[Duty]]) -> None:
    if change.member_id is None or change.starts_at >= change.ends_at:
        return
    duty = Duty(
        member_id=change.member_id,
        team_id=change.team_id,
        shift=change.shift or _UNNAMED_SHIFT,
        starts_at=change.starts_at.astimezone(UTC),
        ends_at=change.ends_at.astimezone(UTC),
        roles=roles_of(plan, change.team_id, change.member_id),
        origin=Origin.ASSIGNMENT,
        change_id=change.id,
    )
    roster[change.member_id].append(duty)


def _handovers(change: Change) -> Iterator[_Handover]:
    giver, taker = change.member_id, change.substitute_id
    complete = {
        ChangeKind.OVERRIDE: taker is not None,
        ChangeKind.SWAP: taker is not None and giver is not None,
        ChangeKind.ABSENCE: giver is not None,
    }
    if not complete[change.kind]:
        return
    if change.kind is ChangeKind.ABSENCE:
        taker = None
    start, end = change.starts_at.astimezone(UTC), change.ends_at.astimezone(UTC)
    if start < end:
        yield _Handover(change.team_id, giver, taker, start, end)
    if change.kind is ChangeKind.SWAP and change.returned is not None:
        # The other one may come from another crew, so what he gives back counts in whichever team he has it.
        start, end = (moment.astimezone(UTC) for moment in change.returned)
        if start < end:
            yield _Handover(None, taker, giver, start, end)


def _handed_over(plan: Plan, change: Change, handovers: Sequence[_Handover], duty: Duty) -> Iterator[Duty]:
    """What becomes of a duty: cut at the edges, with the stretch in between in other hands."""
    handover = next((handover for handover in handovers if handover.concerns(duty)), None)
    if handover is None:
        yield duty
        return
    start, end = max(duty.starts_at, handover.starts_at), min(duty.ends_at, handover.ends_at)
    if duty.starts_at < start:
        yield replace(duty, ends_at=start, change_id=change.id)
    if handover.taker_id is not None:
        yield replace(
            duty,
            member_id=handover.taker_id,
            starts_at=start,
            ends_at=end,
            roles=duty.roles | roles_of(plan, duty.team_id, handover.taker_id),
            origin=_ORIGINS[change.kind],
            change_id=change.id,
        )
    if end < duty.ends_at:
        yield replace(duty, starts_at=end, change_id=change.id)


def _each_once(duties: list[Duty]) -> Iterator[Duty]:
    """One member's duties, where one that was handed over is made one with those of the same shift that it lies over.

    Nobody stands there twice. What lies over nothing that was handed over stays as it is, whatever happens elsewhere.
    """
    shifts: dict[tuple[UUID, str], list[Duty]] = defaultdict(list)
    for duty in duties:
        shifts[duty.team_id, duty.shift].append(duty)
    for same in shifts.values():
        handed = [duty for duty in same if duty.origin in _HANDED_OVER]
        if len(same) == 1 or not handed:
            yield from same
            continue
        edges = sorted({edge for duty in same for edge in (duty.starts_at, duty.ends_at)})
        for start, end in pairwise(edges):
            here = [duty for duty in same if duty.starts_at <= start and end <= duty.ends_at]
            if any(duty.origin in _HANDED_OVER for duty in here):
                roles = frozenset(role for duty in here for role in duty.roles)
                # What a change made explains more than what was planned anyway.
                shown = max(here, key=lambda duty: (duty.origin not in _PLANNED, str(duty.change_id)))
                yield replace(shown, starts_at=start, ends_at=end, roles=roles)
        for duty in same:
            if duty.origin not in _HANDED_OVER:
                yield from _left_of(duty, handed)


def _left_of(duty: Duty, handed: Iterable[Duty]) -> Iterator[Duty]:
    """What is left of a duty outside of others."""
    start = duty.starts_at
    for other in sorted(handed, key=lambda other: other.starts_at):
        if other.starts_at < duty.ends_at and start < other.ends_at:
            if start < other.starts_at:
                yield replace(duty, starts_at=start, ends_at=other.starts_at)
            start = other.ends_at
    if start < duty.ends_at:
        yield replace(duty, starts_at=start)
