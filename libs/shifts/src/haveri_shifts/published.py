"""The plan of what the directory publishes: the only place here that knows the contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from zoneinfo import ZoneInfo

from haveri_contracts.directory import models, schedules
from haveri_shifts.patterns import CrewPattern, crew_patterns
from haveri_shifts.plan import Change, ChangeKind, Crew, Plan, Rotation, Slot, Team, WeeklyShift

_WEEKDAYS = {day: number for number, day in enumerate(models.Weekday)}


def plan_of(
    facility: models.Facility,
    teams: Iterable[models.Team],
    rotations: Iterable[schedules.Rotation],
    changes: Iterable[schedules.ShiftChange],
    calendar: schedules.HolidayCalendar | None,
) -> Plan:
    """Who works when at a facility: of everything given, what is the facility's and, of changes, what is accepted."""
    own = [team for team in teams if team.facility_id == facility.id]
    ids = {team.id for team in own}
    return Plan(
        zone=ZoneInfo(facility.timezone),
        teams=tuple(team_of(team) for team in own),
        rotations=tuple(rotation_of(rotation) for rotation in rotations if rotation.facility_id == facility.id),
        changes=tuple(change_of(change) for change in changes if change.accepted and change.team_id in ids),
        holidays=frozenset(holiday.date for holiday in calendar.holidays) if calendar else frozenset(),
    )


def team_of(team: models.Team) -> Team:
    """A published team as a value of plans."""
    return Team(
        id=team.id,
        name=team.name,
        member_ids=tuple(team.member_ids),
        shifts=tuple(weekly_shift_of(shift) for shift in team.shift_info.shifts),
        roles=tuple((role.role.casefold(), frozenset(role.member_ids)) for role in team.shift_info.roles),
    )


def weekly_shift_of(shift: models.Shift) -> WeeklyShift:
    """A published weekly shift as a value of plans."""
    return WeeklyShift(
        name=shift.name,
        weekdays=frozenset(_WEEKDAYS[day] for day in shift.days),
        start=time.fromisoformat(shift.start),
        end=time.fromisoformat(shift.end),
        member_ids=tuple(shift.member_ids),
        rests_on_holidays=shift.rests_on_holidays,
    )


def rotation_of(rotation: schedules.Rotation) -> Rotation:
    """A published rotation as a value of plans; one that does not fit its kind keeps the patterns it says itself."""
    try:
        crews = _crews(rotation)
    except ValueError:
        # Refused at the door (`filled`); a reader that met one all the same must not lose the rest of the plan.
        crews = tuple(_crew(rotation, crew, None) for crew in rotation.crews)
    return Rotation(
        id=rotation.id,
        name=rotation.name,
        first_day=rotation.first_day,
        last_day=rotation.last_day,
        slots=_slots(rotation),
        crews=crews,
        rests_on_holidays=rotation.rests_on_holidays,
    )


def filled(rotation: schedules.Rotation) -> schedules.Rotation:
    """A rotation with the patterns and offsets of its kind where it left them empty.

    Crews that all work one pattern have it in the rotation's `pattern`. Raises ValueError, in the user's words, when
    slots or crews do not fit the kind.
    """
    crews = _crews(rotation)
    shared = len({crew.pattern for crew in crews}) == 1
    return rotation.model_copy(
        update={
            "pattern": list(crews[0].pattern) if shared else rotation.pattern,
            "crews": [
                schedules.RotationCrew(
                    team_id=crew.team_id, offset_days=crew.offset_days, pattern=[] if shared else list(crew.pattern)
                )
                for crew in crews
            ],
        }
    )


def change_of(change: schedules.ShiftChange) -> Change:
    """A published change as a value of plans."""
    back = change.return_stretch
    return Change(
        id=change.id,
        team_id=change.team_id,
        kind=ChangeKind(change.kind.value),
        starts_at=change.starts_at,
        ends_at=change.ends_at,
        member_id=change.member_id,
        substitute_id=change.substitute_id,
        returned=(back.starts_at, back.ends_at) if back else None,
        shift=change.shift,
    )


def _slots(rotation: schedules.Rotation) -> tuple[Slot, ...]:
    return tuple(
        Slot(slot.name, time.fromisoformat(slot.start), time.fromisoformat(slot.end)) for slot in rotation.slots
    )


def _crews(rotation: schedules.Rotation) -> tuple[Crew, ...]:
    if all(crew.pattern or rotation.pattern for crew in rotation.crews):
        return tuple(_crew(rotation, crew, None) for crew in rotation.crews)
    known = crew_patterns(rotation.kind.value, _slots(rotation), len(rotation.crews))
    if any(crew.offset_days for crew in rotation.crews):
        known = tuple(
            CrewPattern(pattern.pattern, crew.offset_days) for pattern, crew in zip(known, rotation.crews, strict=True)
        )
    return tuple(_crew(rotation, crew, pattern) for crew, pattern in zip(rotation.crews, known, strict=True))


def _crew(rotation: schedules.Rotation, crew: schedules.RotationCrew, known: CrewPattern | None) -> Crew:
    said = crew.pattern or rotation.pattern
    if said or known is None:
        return Crew(crew.team_id, tuple(said), crew.offset_days)
    return Crew(crew.team_id, known.pattern, known.offset_days)
