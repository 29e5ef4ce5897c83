"""Say a facility's holidays, all of them."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import ChangeHolidays
from haveri_contracts.directory.events import HolidaysChanged
from haveri_contracts.plain import Role
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.facility_plan import facility_of
from haveri_directory.domain.holidays import in_order
from haveri_directory.store.unit_of_work import UnitOfWork


async def change_holidays(work: UnitOfWork, actor: str, command: ChangeHolidays) -> dict[str, Any]:
    """For managers. Gives the calendar in its order, every holiday once. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    await facility_of(work.schedules, command.calendar.facility_id)
    calendar = in_order(command.calendar)
    if await work.schedules.calendar(calendar.facility_id) != calendar:
        await work.schedules.store_calendars([calendar])
        work.publish(HolidaysChanged(calendar=calendar))
    return {"calendar": calendar.model_dump(mode="json")}
