"""Who works when: the questions that a plan answers. Moments are aware; answers are in UTC."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from haveri_shifts.changes import changed, touching
from haveri_shifts.plan import Change, ChangeKind, Duty, Plan
from haveri_shifts.turns import Turn, planned
from haveri_shifts.wall import first_moment, stretch_of

__all__ = ["duties", "first_moment", "on_shift", "shift_is_on", "stretch_of"]

FIRST = datetime(2, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 1, 1, tzinfo=UTC)
"""Before and after these nobody is on shift: the calendar has no room for the days around."""

_ONE_DAY = timedelta(days=1)
_DAYS_KEPT = 500


def duties(plan: Plan, starts_at: datetime, ends_at: datetime) -> list[Duty]:
    """Who works in [starts_at, ends_at): every duty that touches it, whole, ordered by start, then as in the plan."""
    start, end = max(starts_at.astimezone(UTC), FIRST), min(ends_at.astimezone(UTC), LAST)
    if start >= end:
        return []
    turns = planned(plan, start, end)
    found = _altered(plan, turns, start, end)
    if found is None:
        found = [duty for turn in turns for duty in turn.duties()]
    rank = {team.id: number for number, team in enumerate(plan.teams)}
    return sorted(found, key=lambda duty: (duty.starts_at, rank.get(duty.team_id, len(rank))))


def on_shift(plan: Plan, at: datetime) -> list[Duty]:
    """Who is on shift at `at`, team by team. A duty's first moment belongs to it, its last to the next one.

    Repeated questions about a day are answered from what the first one worked out.
    """
    moment = at.astimezone(UTC)
    return list(_day(plan, moment).on_shift(moment)) if FIRST <= moment < LAST else []


def shift_is_on(plan: Plan, name: str, at: datetime) -> bool:
    """Whether any team's shift, or slot of a rotation, of this name (case aside) is planned to be under way at `at`."""
    moment = at.astimezone(UTC)
    return FIRST <= moment < LAST and name.casefold() in _day(plan, moment).shifts(moment)


class _Day:
    """One UTC day of a plan. Between two neighbouring edges nothing changes, so each answer is worked out once."""

    __slots__ = ("_altered", "_edges", "_here", "_names", "_rank", "_turns")

    def __init__(self, plan: Plan, start: datetime) -> None:
        end = start + _ONE_DAY
        self._turns = planned(plan, start, end)
        # Without changes nobody has to be told apart before the moment is known: most days stay small.
        self._altered = _altered(plan, self._turns, start, end)
        self._rank = {team.id: number for number, team in enumerate(plan.teams)}
        pieces = [*self._turns, *(self._altered or ())]
        self._edges = sorted({edge for piece in pieces for edge in (piece.starts_at, piece.ends_at)})
        self._here: dict[int, list[Duty]] = {}
        self._names: dict[int, frozenset[str]] = {}

    def on_shift(self, at: datetime) -> list[Duty]:
        """Who is on shift at a moment of this day; not to be changed."""
        part = bisect_right(self._edges, at)
        found = self._here.get(part)
        if found is None:
            found = self._here[part] = self._work_out(at)
        return found

    def shifts(self, at: datetime) -> frozenset[str]:
        """The names, casefolded, of the shifts that are planned at a moment of this day."""
        part = bisect_right(self._edges, at)
        found = self._names.get(part)
        if found is None:
            found = frozenset(turn.shift.casefold() for turn in self._turns if turn.starts_at <= at < turn.ends_at)
            self._names[part] = found
        return found

    def _work_out(self, at: datetime) -> list[Duty]:
        if self._altered is None:
            found = [duty for turn in self._turns if turn.starts_at <= at < turn.ends_at for duty in turn.duties()]
        else:
            found = [duty for duty in self._altered if duty.starts_at <= at < duty.ends_at]
        return sorted(found, key=lambda duty: (self._rank.get(duty.team_id, len(self._rank)), duty.starts_at))


def _altered(plan: Plan, turns: list[Turn], start: datetime, end: datetime) -> list[Duty] | None:
    """The duties that touch [start, end) after the changes, in no order of time; None when there are no changes."""
    # A duty that reaches out of the interval is whole in the answer, so what cuts it outside counts as well.
    first, last = _reach(plan, turns, start, end)
    if not touching(plan.changes, first, last):
        return None
    # So does whatever lies over it there: it may have come into the same hands, and then both are one.
    turns = planned(plan, first, last)
    changes = touching(plan.changes, *_reach(plan, turns, first, last))
    found = changed(plan, changes, (duty for turn in turns for duty in turn.duties()))
    place = _places(plan)
    return sorted(
        (duty for duty in found if duty.starts_at < end and start < duty.ends_at),
        key=lambda duty: place.get((duty.team_id, duty.member_id), len(place)),
    )


def _reach(plan: Plan, turns: list[Turn], start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """From when to when the duties that touch [start, end) reach: its turns, and what was assigned besides."""
    assigned = [change for change in touching(plan.changes, start, end) if change.kind is ChangeKind.ASSIGNMENT]
    pieces: list[Turn | Change] = [*turns, *assigned]
    return min([start, *(one.starts_at for one in pieces)]), max([end, *(one.ends_at for one in pieces)])


def _places(plan: Plan) -> dict[tuple[UUID, UUID], int]:
    """Where members stand in their teams; who only stands in comes after them."""
    return {(team.id, member_id): number for team in plan.teams for number, member_id in enumerate(team.member_ids)}


def _day(plan: Plan, moment: datetime) -> _Day:
    day = moment.date()
    found = plan.memo.get(day)
    if found is None:
        if len(plan.memo) >= _DAYS_KEPT:
            # A copy, and no matter if it is gone: another thread may ask the same plan.
            plan.memo.pop(list(plan.memo)[0], None)  # noqa: RUF015
        found = plan.memo[day] = _Day(plan, datetime.combine(day, time(0), UTC))
    result: _Day = found
    return result
