"""New and changed rotations, changes of shifts and holidays. In a PATCH every field may be left out."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from haveri_contracts.directory.schedules import ChangeKind, Holiday, RotationCrew, RotationKind, ShiftSlot, Stretch
from haveri_contracts.types import LongText, ShortText, Timestamp
from haveri_web.directory.bodies import NewThing, changes_of
from haveri_web.http.bodies import Body


class NewRotation(NewThing):
    """Crews that take turns at a facility's shifts; without `pattern` it is the one of the `kind`."""

    facility_id: UUID
    kind: RotationKind = RotationKind.CUSTOM
    first_day: date
    last_day: date | None = None
    slots: list[ShiftSlot] = Field(min_length=1, max_length=20)
    pattern: list[str | None] = Field(default_factory=list, max_length=366)
    crews: list[RotationCrew] = Field(min_length=1, max_length=20)
    rests_on_holidays: bool = False


ChangedRotation = changes_of(NewRotation)


class NewShiftChange(Body):
    """An override, a swap, an absence or an assignment, from `starts_at` to `ends_at`."""

    id: UUID | None = None
    team_id: UUID
    kind: ChangeKind
    member_id: UUID | None = None
    substitute_id: UUID | None = None
    starts_at: Timestamp
    ends_at: Timestamp
    return_stretch: Stretch | None = None
    shift: ShortText | None = None
    note: LongText = ""


ChangedShiftChange = changes_of(NewShiftChange)


class NewHolidays(Body):
    """All holidays of a facility."""

    holidays: list[Holiday] = Field(max_length=1000)
