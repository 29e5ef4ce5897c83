"""New and changed rotations, changes of shifts and holidays. In a PATCH every field may be left out."""

from __future__ import annotations

from pydantic import Field

from haveri_contracts.directory.schedules import Holiday, Rotation, ShiftChange
from haveri_web.http.bodies import OWN_ID, Body, body_of, changes_of

NewRotation = body_of(
    Rotation,
    "NewRotation",
    "Crews that take turns at a facility's shifts; without `pattern` it is the one of the `kind`.",
    id=OWN_ID,
)
ChangedRotation = changes_of(NewRotation)
NewShiftChange = body_of(
    ShiftChange,
    "NewShiftChange",
    "An override, a swap, an absence or an assignment, from `starts_at` to `ends_at`.",
    without={"accepted", "proposed_by"},
    id=OWN_ID,
)
ChangedShiftChange = changes_of(NewShiftChange)


class NewHolidays(Body):
    """All holidays of a facility."""

    holidays: list[Holiday] = Field(max_length=1000)
