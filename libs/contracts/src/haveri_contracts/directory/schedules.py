"""Who works when: rotations, changes of shifts, holidays, and the calendar that comes of them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import ConfigDict, Field

from haveri_contracts.directory.models import DutyOrigin, WallClock
from haveri_contracts.types import Frozen, LongText, ShortText, Timestamp


class ScheduledShift(Frozen):
    """A member's shift in a calendar, from `starts_at` to `ends_at`; `change_id` is the change that made it so."""

    member_id: UUID
    team_id: UUID
    shift: str
    roles: list[str] = Field(default_factory=list)
    starts_at: Timestamp
    ends_at: Timestamp
    origin: DutyOrigin = DutyOrigin.SHIFT
    change_id: UUID | None = None


class ShiftSlot(Frozen):
    """A shift of a rotation in wall-clock time; `end` at or before `start` means the next day."""

    name: ShortText
    start: WallClock = Field(alias="from")
    end: WallClock = Field(alias="to")

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)


class RotationCrew(Frozen):
    """A team in a rotation, `offset_days` into the pattern on the first day; crews that differ have their own."""

    team_id: UUID
    offset_days: int = Field(default=0, ge=0, le=365)
    pattern: list[str | None] = Field(default_factory=list, max_length=366)


class RotationKind(StrEnum):
    """The rotations that plants run; `custom` says its own pattern."""

    FIXED = "fixed"
    TWO_TWO_THREE = "2-2-3"
    FOUR_ON_FOUR_OFF = "4-on-4-off"
    THREE_SHIFT = "three-shift"
    CUSTOM = "custom"


class Rotation(Frozen):
    """Crews of a facility that take turns at its shifts.

    `pattern` names for each day of the cycle the slot that a crew works, or null for a day off; then it begins anew.
    Left empty, it is the one of the `kind`. Days are dates at the facility on which a slot starts.
    """

    id: UUID
    facility_id: UUID
    name: ShortText
    kind: RotationKind = RotationKind.CUSTOM
    first_day: date
    last_day: date | None = None
    slots: list[ShiftSlot] = Field(min_length=1, max_length=20)
    pattern: list[str | None] = Field(default_factory=list, max_length=366)
    crews: list[RotationCrew] = Field(min_length=1, max_length=20)
    rests_on_holidays: bool = False


class Stretch(Frozen):
    """From a moment to a later one."""

    starts_at: Timestamp
    ends_at: Timestamp


class ChangeKind(StrEnum):
    """What a change of shifts does."""

    OVERRIDE = "override"
    SWAP = "swap"
    ABSENCE = "absence"
    ASSIGNMENT = "assignment"


class ShiftChange(Frozen):
    """A change of who works in a team, from `starts_at` to `ends_at`.

    - `override`: `substitute_id` works instead of `member_id` (of everybody who would, when that is empty).
    - `swap`: the same, and `member_id` works instead of `substitute_id` in the `return_stretch`, if there is one.
    - `absence`: `member_id` does not work.
    - `assignment`: `member_id` works, under the name `shift`.

    What a member proposes to another takes effect when it is `accepted`.
    """

    id: UUID
    team_id: UUID
    kind: ChangeKind
    member_id: UUID | None = None
    substitute_id: UUID | None = None
    starts_at: Timestamp
    ends_at: Timestamp
    return_stretch: Stretch | None = None
    shift: ShortText | None = None
    note: LongText = ""
    accepted: bool = True
    proposed_by: UUID | None = None


class Holiday(Frozen):
    """A day off by law or custom, at the facility."""

    date: date
    name: ShortText


class HolidayCalendar(Frozen):
    """The holidays of one facility."""

    facility_id: UUID
    holidays: list[Holiday] = Field(default_factory=list, max_length=1000)
