"""Turns: the shifts that teams and rotations plan, before anybody changed anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from haveri_shifts.plan import Crew, Duty, Origin, Plan, Rotation, Slot, Team, WeeklyShift
from haveri_shifts.wall import stretch_of

# Where clocks were moved by a whole day, a shift's date may lie two days before the date on the wall now.
_DAYS_BEFORE = timedelta(days=2)
_ONE_DAY = timedelta(days=1)


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
        return [
            Duty(
                member_id=member_id,
                team_id=self.team.id,
                shift=self.shift,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                roles=_roles(self.team, member_id),
                origin=self.origin,
            )
            for member_id in dict.fromkeys(self.member_ids)
        ]


def planned(plan: Plan, starts_at: datetime, ends_at: datetime) -> list[Turn]:
    """The turns that touch [starts_at, ends_at), whole, in the order of teams, their shifts and rotations, and days."""
    days = _days(plan, starts_at, ends_at)
    in_rotations = _crews(plan)
    return [
        turn
        for team in plan.teams
        for turn in _turns(plan, team, in_rotations.get(team.id, ()), days)
        if turn.starts_at < ends_at and starts_at < turn.ends_at and turn.starts_at < turn.ends_at
    ]


def slot_on(rotation: Rotation, crew: Crew, day: date) -> str | None:
    """The slot that a crew's pattern names for a day, holidays aside; None on a day off."""
    if not crew.pattern or day < rotation.first_day or (rotation.last_day is not None and day > rotation.last_day):
        return None
    return crew.pattern[((day - rotation.first_day).days + crew.offset_days) % len(crew.pattern)]


def roles_of(plan: Plan, team_id: UUID, member_id: UUID) -> frozenset[str]:
    """The roles that a member has in a team whenever on shift."""
    team = next((team for team in plan.teams if team.id == team_id), None)
    return _roles(team, member_id) if team else frozenset()


def _roles(team: Team, member_id: UUID) -> frozenset[str]:
    return frozenset(role for role, holders in team.roles if member_id in holders)


def _days(plan: Plan, starts_at: datetime, ends_at: datetime) -> list[date]:
    first = starts_at.astimezone(plan.zone).date() - _DAYS_BEFORE
    last = ends_at.astimezone(plan.zone).date() + _ONE_DAY
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _crews(plan: Plan) -> dict[UUID, list[tuple[Rotation, Crew]]]:
    found: dict[UUID, list[tuple[Rotation, Crew]]] = defaultdict(list)
    for rotation in plan.rotations:
        for crew in rotation.crews:
            found[crew.team_id].append((rotation, crew))
    return found


def _turns(plan: Plan, team: Team, crews: Sequence[tuple[Rotation, Crew]], days: list[date]) -> Iterator[Turn]:
    for shift in team.shifts:
        members = shift.member_ids or team.member_ids
        for day in days:
            if _begins(plan, shift, day):
                yield _turn(plan, team, shift.name, (day, shift.start, shift.end), members, Origin.SHIFT)
    for rotation, crew in crews:
        slots = {slot.name: slot for slot in rotation.slots}
        for day in days:
            slot = _slot(plan, rotation, crew, slots, day)
            if slot is not None:
                yield _turn(plan, team, slot.name, (day, slot.start, slot.end), team.member_ids, Origin.ROTATION)


def _turn(
    plan: Plan, team: Team, name: str, when: tuple[date, time, time], members: tuple[UUID, ...], origin: Origin
) -> Turn:
    starts_at, ends_at = stretch_of(*when, plan.zone)
    return Turn(team, name, starts_at, ends_at, members, origin)


def _begins(plan: Plan, shift: WeeklyShift, day: date) -> bool:
    return day.weekday() in shift.weekdays and not (shift.rests_on_holidays and day in plan.holidays)


def _slot(plan: Plan, rotation: Rotation, crew: Crew, slots: dict[str, Slot], day: date) -> Slot | None:
    if rotation.rests_on_holidays and day in plan.holidays:
        return None
    name = slot_on(rotation, crew, day)
    return slots.get(name) if name is not None else None
