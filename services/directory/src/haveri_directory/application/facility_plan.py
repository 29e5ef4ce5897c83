"""A facility's plan: everything that decides who works there around a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from haveri_contracts.directory.models import Facility
from haveri_contracts.refusals import FacilityUnknown
from haveri_directory.store.facility_schedules import FacilitySchedules
from haveri_shifts.plan import Plan
from haveri_shifts.published import plan_of

# A duty that touches the time is given whole, so that what cuts it a day earlier or later counts as well.
_AROUND = timedelta(days=3)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


async def facility_of(schedules: FacilitySchedules, facility_id: UUID) -> Facility:
    """The facility; raises FacilityUnknown."""
    facility = await schedules.facility(facility_id)
    if facility is None:
        raise FacilityUnknown(f"There is no facility {facility_id} in this organisation.").at("facility_id")
    return facility


async def plan_around(
    schedules: FacilitySchedules,
    facility: Facility,
    starts_at: datetime,
    ends_at: datetime,
    without: Collection[UUID] = (),
) -> Plan:
    """What to calculate [starts_at, ends_at) at the facility with, leaving out the changes with some ids."""
    starts_at = starts_at - _AROUND if starts_at - _FIRST > _AROUND else _FIRST
    ends_at = ends_at + _AROUND if _LAST - ends_at > _AROUND else _LAST
    changes = await schedules.changes_touching(facility.id, starts_at, ends_at)
    return plan_of(
        facility,
        await schedules.teams_of(facility.id),
        await schedules.rotations_of(facility.id),
        [change for change in changes if change.id not in without],
        await schedules.calendar(facility.id),
    )
