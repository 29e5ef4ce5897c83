"""What a facility's calendar is made of, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
from typing import Any
from uuid import UUID


class Origin(StrEnum):
    """Why somebody has a duty."""

    SHIFT = "shift"
    ROTATION = "rotation"
    OVERRIDE = "override"
    SWAP = "swap"
    ASSIGNMENT = "assignment"


class ChangeKind(StrEnum):
    """What a change of shifts does."""

    OVERRIDE = "override"
    SWAP = "swap"
    ABSENCE = "absence"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True)
class WeeklyShift:
    """A shift on some weekdays (0 is Monday); an end at or before the start is on the next day.

    No members means the whole team.
    """

    name: str
    weekdays: frozenset[int]
    start: time
    end: time
    member_ids: tuple[UUID, ...] = ()
    rests_on_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """People with their weekly shifts, and the roles that some of them have whenever they are on shift (casefolded)."""

    id: UUID
    name: str
    member_ids: tuple[UUID, ...]
    shifts: tuple[WeeklyShift, ...] = ()
    roles: tuple[tuple[str, frozenset[UUID]], ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A shift of a rotation; an end at or before the start is on the next day."""

    name: str
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Crew:
    """A team in a rotation: `offset_days` into the pattern on the rotation's first day."""

    team_id: UUID
    pattern: tuple[str | None, ...]
    offset_days: int = 0


@dataclass(frozen=True, slots=True)
class Rotation:
    """Crews that take turns at slots. A crew's pattern names a slot or None for each day and begins anew at its end."""

    id: UUID
    name: str
    first_day: date
    last_day: date | None
    slots: tuple[Slot, ...]
    crews: tuple[Crew, ...]
    rests_on_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A change of who works in a team, in [starts_at, ends_at), accepted; see the contract's `ShiftChange`."""

    id: UUID
    team_id: UUID
    kind: ChangeKind
    starts_at: datetime
    ends_at: datetime
    member_id: UUID | None = None
    substitute_id: UUID | None = None
    returned: tuple[datetime, datetime] | None = None
    shift: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides who works when at one facility. Moments are aware; `zone` is the facility's."""

    zone: tzinfo
    teams: tuple[Team, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    changes: tuple[Change, ...] = ()
    holidays: frozenset[date] = frozenset()
    # What was worked out already, by day. A plan never changes, so neither does this; it goes when the plan goes.
    memo: dict[date, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody's turn, in [starts_at, ends_at) UTC. `change_id` is the change that made or cut it."""

    member_id: UUID
    team_id: UUID
    shift: str
    starts_at: datetime
    ends_at: datetime
    roles: frozenset[str] = frozenset()
    origin: Origin = Origin.SHIFT
    change_id: UUID | None = None
