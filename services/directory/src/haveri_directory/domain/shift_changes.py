"""What makes a change of shifts a sensible one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from haveri_directory.domain.shift_refusals import (
    MemberNotInTeam,
    ShiftChangeUnclear,
    ShiftEndsBeforeItStarts,
    ShiftsOverlap,
    StretchTooLong,
    SubstituteAbsent,
    SwapCycle,
)
from haveri_shifts.calculation import FIRST, LAST
from haveri_shifts.change_rules import overlapping_duties, swap_cycle
from haveri_shifts.plan import Change, ChangeKind, Plan, Team

LONGEST_CHANGE = timedelta(days=366)

Names = Mapping[UUID, str]
"""What members are called."""


def check_form(change: Change) -> None:
    """Raise unless the change says who gives, who takes, and a time that can be."""
    _check_people(change)
    _check_times(change.starts_at, change.ends_at)
    if change.returned is not None:
        if change.kind is not ChangeKind.SWAP:
            raise ShiftChangeUnclear("Only a swap gives a shift in return.")
        _check_times(*change.returned)


def check_workable(change: Change, plan: Plan, names: Names) -> None:
    """Raise when a change cannot stand beside the accepted ones of the plan, which does not hold it itself.

    Raises SubstituteAbsent, ShiftsOverlap or SwapCycle.
    """
    for member_id, starts_at, ends_at in _workers(change):
        _check_present(member_id, starts_at, ends_at, plan, names)
    if change.kind is ChangeKind.ASSIGNMENT:
        for duty in overlapping_duties(plan, change):
            when = _stretch(duty.starts_at, duty.ends_at, plan.zone)
            raise ShiftsOverlap(f"{names[duty.member_id]} works {duty.shift!r} {when} already.")
    circle = swap_cycle(plan.changes, change)
    if circle:
        people = dict.fromkeys(id for step in circle for id in (step.member_id, step.substitute_id) if id is not None)
        raise SwapCycle(f"{', '.join(names[id] for id in people)} would hand the same time round in a circle.")


def check_membership(change: Change, plan: Plan, names: Names) -> None:
    """Raise MemberNotInTeam unless whoever gives works in the team, and whoever takes works at the facility.

    An assignment may bring in any member; the accepted changes of the plan may have brought somebody in.
    """
    if change.kind is ChangeKind.ASSIGNMENT:
        return
    workers = {team.id: _regulars(team) for team in plan.teams}
    team_name = next(team.name for team in plan.teams if team.id == change.team_id)
    here = set(workers[change.team_id])
    here.update(member_id for other in plan.changes if other.team_id == change.team_id for member_id in _new(other))
    giver, taker = change.member_id, change.substitute_id
    if giver is not None and giver not in here:
        raise MemberNotInTeam(f"{names[giver]} does not work in {team_name}.")
    if taker is not None and taker not in here.union(*workers.values()):
        raise MemberNotInTeam(f"{names[taker]} is in no team of this facility. Put an assignment instead.")


def _regulars(team: Team) -> set[UUID]:
    return {*team.member_ids, *(member_id for shift in team.shifts for member_id in shift.member_ids)}


def _new(change: Change) -> set[UUID]:
    return {member_id for member_id, _, _ in _workers(change)}


def _check_people(change: Change) -> None:
    member, substitute = change.member_id, change.substitute_id
    match change.kind:
        case ChangeKind.SWAP if member is None or substitute is None:
            raise ShiftChangeUnclear("A swap needs both: whose shift it is and who takes it.")
        case ChangeKind.OVERRIDE if substitute is None:
            raise ShiftChangeUnclear("Say who works instead.")
        case ChangeKind.ABSENCE | ChangeKind.ASSIGNMENT if member is None:
            raise ShiftChangeUnclear("Say whom this is about.")
        case ChangeKind.ABSENCE | ChangeKind.ASSIGNMENT if substitute is not None:
            raise ShiftChangeUnclear(f"An {change.kind.value} has no substitute; put an override instead.")
    if substitute is not None and member == substitute:
        raise ShiftChangeUnclear("Nobody can stand in for themselves.")


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise ShiftEndsBeforeItStarts("Say an end that is later than the start.")
    if not (starts_at >= FIRST and ends_at <= LAST):
        raise ShiftChangeUnclear(f"Say a time between the years {FIRST.year} and {LAST.year - 1}.")
    if ends_at - starts_at > LONGEST_CHANGE:
        raise StretchTooLong(f"A change of shifts lasts at most {LONGEST_CHANGE.days} days; put several.")


def _workers(change: Change) -> Iterator[tuple[UUID, datetime, datetime]]:
    """Who is to work because of a change, and when."""
    if change.kind is ChangeKind.ASSIGNMENT and change.member_id is not None:
        yield change.member_id, change.starts_at, change.ends_at
    if change.substitute_id is not None:
        yield change.substitute_id, change.starts_at, change.ends_at
        if change.returned is not None and change.member_id is not None:
            yield change.member_id, *change.returned


def _check_present(member_id: UUID, starts_at: datetime, ends_at: datetime, plan: Plan, names: Names) -> None:
    for other in plan.changes:
        absent = other.kind is ChangeKind.ABSENCE and other.member_id == member_id
        if absent and other.starts_at < ends_at and starts_at < other.ends_at:
            when = _stretch(other.starts_at, other.ends_at, plan.zone)
            raise SubstituteAbsent(f"{names[member_id]} is absent {when}. Ask somebody else, or end the absence first.")


def _stretch(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    """A stretch as the clock on the facility's wall shows it."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return f"from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
