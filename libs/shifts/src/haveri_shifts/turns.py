"""Turns: the shifts that teams and rotations plan, before anybody changed anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from uuid import UUID

from haveri_shifts.plan import Crew, Duty, Origin, Plan, Rotation, Team
from haveri_shifts.wall import stretch_of

# Where clocks were moved by a whole day, a shift's date may lie two days before the date on the wall now.
_DAYS_BEFORE = timedelta(days=2)
_ONE_DAY = timedelta(days=1)
_NO_ROLES: frozenset[str] = frozenset()

_When: TypeAlias = tuple[date, datetime, datetime]


@dataclass(frozen=True, slots=True)
class Turn:
    """A team's shift on one day, in [starts_at, ends_at) UTC, worked by `member_ids`."""

    team: Team
    shift: str
    starts_at: datetime
    ends_at: datetime
    member_ids: tuple[UUID, ...]
    origin: Origin

    def duties(self) -> list[Duty]:
        """One duty for each member."""
        roles = _roles(self.team)
        return [
            Duty(
                member_id=member_id,
                team_id=self.team.id,
                shift=self.shift,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                roles=roles.get(member_id, _NO_ROLES),
                origin=self.origin,
            )
            for member_id in dict.fromkeys(self.member_ids)
        ]


def planned(plan: Plan, starts_at: datetime, ends_at: datetime) -> list[Turn]:
    """The turns that touch [starts_at, ends_at), whole, in the order of teams, their shifts and rotations, and days."""
    times = _Times(plan, starts_at, ends_at)
    in_rotations = _crews(plan)
    return [turn for team in plan.teams for turn in _turns(plan, team, in_rotations.get(team.id, ()), times)]


def slot_on(rotation: Rotation, crew: Crew, day: date) -> str | None:
    """The slot that a crew's pattern names for a day, holidays aside; None on a day off."""
    if not crew.pattern or day < rotation.first_day or (rotation.last_day is not None and day > rotation.last_day):
        return None
    return crew.pattern[((day - rotation.first_day).days + crew.offset_days) % len(crew.pattern)]


def roles_of(plan: Plan, team_id: UUID, member_id: UUID) -> frozenset[str]:
    """The roles that a member has in a team whenever on shift."""
    team = next((team for team in plan.teams if team.id == team_id), None)
    return _roles(team).get(member_id, _NO_ROLES) if team else _NO_ROLES


def _roles(team: Team) -> dict[UUID, frozenset[str]]:
    """The roles of those who have any."""
    found: dict[UUID, frozenset[str]] = {}
    for role, holders in team.roles:
        for member_id in holders:
            found[member_id] = found.get(member_id, _NO_ROLES) | {role}
    return found


class _Times:
    """When stretches of wall-clock time lie that touch [starts_at, ends_at): teams mostly have the same ones."""

    def __init__(self, plan: Plan, starts_at: datetime, ends_at: datetime) -> None:
        self._zone, self._starts_at, self._ends_at = plan.zone, starts_at, ends_at
        first = starts_at.astimezone(plan.zone).date() - _DAYS_BEFORE
        last = ends_at.astimezone(plan.zone).date() + _ONE_DAY
        self._days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        self._known: dict[tuple[time, time], list[_When]] = {}

    def of(self, start: time, end: time) -> list[_When]:
        """The days on which such a stretch starts, each with its two moments; one that clocks skip is left out."""
        found = self._known.get((start, end))
        if found is None:
            stretches = ((day, *stretch_of(day, start, end, self._zone)) for day in self._days)
            found = [when for when in stretches if when[1] < when[2] and self._touches(when)]
            self._known[start, end] = found
        return found

    def _touches(self, when: _When) -> bool:
        return when[1] < self._ends_at and self._starts_at < when[2]


def _crews(plan: Plan) -> dict[UUID, list[tuple[Rotation, Crew]]]:
    found: dict[UUID, list[tuple[Rotation, Crew]]] = defaultdict(list)
    for rotation in plan.rotations:
        for crew in rotation.crews:
            found[crew.team_id].append((rotation, crew))
    return found


def _turns(plan: Plan, team: Team, crews: Sequence[tuple[Rotation, Crew]], times: _Times) -> Iterator[Turn]:
    for shift in team.shifts:
        members = shift.member_ids or team.member_ids
        for day, starts_at, ends_at in times.of(shift.start, shift.end):
            if day.weekday() in shift.weekdays and not (shift.rests_on_holidays and day in plan.holidays):
                yield Turn(team, shift.name, starts_at, ends_at, members, Origin.SHIFT)
    for rotation, crew in crews:
        yield from _rotated(plan, team, rotation, crew, times)


def _rotated(plan: Plan, team: Team, rotation: Rotation, crew: Crew, times: _Times) -> Iterator[Turn]:
    """A crew's turns, the first to start first."""
    found = [
        Turn(team, slot.name, starts_at, ends_at, team.member_ids, Origin.ROTATION)
        for slot in rotation.slots
        for day, starts_at, ends_at in times.of(slot.start, slot.end)
        if slot_on(rotation, crew, day) == slot.name and not (rotation.rests_on_holidays and day in plan.holidays)
    ]
    yield from sorted(found, key=lambda turn: turn.starts_at)
