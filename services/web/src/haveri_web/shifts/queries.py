"""Rotations, changes of shifts, holidays and the calendar, as the doors handle them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from haveri_contracts.directory.models import OnShift
from haveri_contracts.directory.queries import (
    GetOnShift,
    GetRotation,
    GetSchedule,
    GetShiftChange,
    ListHolidays,
    ListRotations,
)
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, RotationKind, ScheduledShift, ShiftChange
from haveri_contracts.refusals import RotationUnknown, ShiftChangeUnknown
from haveri_web.bus.callers import Caller
from haveri_web.bus.ports import Queries
from haveri_web.bus.queries import ask, ask_all, ask_one, changed
from haveri_web.domain.refusals import InvalidRequest

LONGEST_SCHEDULE = timedelta(days=92)


async def on_shift_at(queries: Queries, caller: Caller, facility_id: UUID, at: datetime) -> list[OnShift]:
    """Who is on shift at a facility at a moment."""
    answer: list[OnShift] = (await ask(queries, caller, GetOnShift(facility_id=facility_id, at=at))).items
    return answer


async def schedule_of(queries: Queries, caller: Caller, wanted: GetSchedule) -> list[ScheduledShift]:
    """Who works when, the first to begin first."""
    answer: list[ScheduledShift] = (await ask(queries, caller, wanted)).items
    return answer


def stretch_from(starts_at: datetime, ends_at: datetime | None, usual: timedelta) -> tuple[datetime, datetime]:
    """The stretch of a calendar: until `ends_at`, or as long as is usual. Raises InvalidRequest.

    A calendar covers at most 92 days.
    """
    try:
        until = ends_at or starts_at + usual
    except OverflowError:
        raise InvalidRequest.field("starts_at", "is too far in the future") from None
    if until <= starts_at:
        raise InvalidRequest.field("ends_at", "must be later than starts_at")
    if until - starts_at > LONGEST_SCHEDULE:
        raise InvalidRequest.field("ends_at", f"is more than {LONGEST_SCHEDULE.days} days after starts_at")
    return starts_at, until


async def rotations_of(queries: Queries, caller: Caller, facility_id: UUID | None = None) -> list[Rotation]:
    """The rotations of a facility, or of all, by name."""
    return await ask_all(queries, caller, ListRotations(facility_id=facility_id))


async def rotation_with_id(queries: Queries, caller: Caller, rotation_id: UUID) -> Rotation:
    """One rotation. Raises RotationUnknown."""
    unknown = RotationUnknown(f"There is no rotation {rotation_id} in your organisation.")
    found: Rotation = await ask_one(queries, caller, GetRotation(id=rotation_id), unknown)
    return found


def rotation_changed(present: Rotation, changes: dict[str, Any]) -> Rotation:
    """The rotation with some fields changed. Raises InvalidRequest.

    With another kind, other slots or other crews, and no pattern given, a known kind's own pattern is meant anew.
    """
    anew = changes.keys() & {"kind", "slots", "crews"} and "pattern" not in changes
    if anew and changes.get("kind", present.kind) != RotationKind.CUSTOM:
        changes = {"crews": [{"team_id": crew.team_id} for crew in present.crews], **changes, "pattern": []}
    return changed(present, changes)


async def shift_change_with_id(queries: Queries, caller: Caller, change_id: UUID) -> ShiftChange:
    """One change of shifts. Raises ShiftChangeUnknown."""
    unknown = ShiftChangeUnknown(f"There is no change of shifts {change_id} in your organisation.")
    found: ShiftChange = await ask_one(queries, caller, GetShiftChange(id=change_id), unknown)
    return found


async def holidays_of(queries: Queries, caller: Caller) -> dict[UUID, HolidayCalendar]:
    """The holidays of the facilities that have any."""
    answer = await ask(queries, caller, ListHolidays())
    return {item.facility_id: item for item in answer.items}
