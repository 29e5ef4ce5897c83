"""Add or change an area."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import PutArea
from haveri_contracts.directory.models import Facility
from haveri_contracts.plain import Role
from haveri_contracts.refusals import FacilityUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.putting import put
from haveri_directory.store.unit_of_work import UnitOfWork


async def put_area(work: UnitOfWork, actor: str, command: PutArea) -> dict[str, Any]:
    """For managers; area names are unique in their facility. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    if await work.find(Facility, command.area.facility_id) is None:
        raise FacilityUnknown(f"There is no facility {command.area.facility_id} in this organisation.").at(
            "facility_id"
        )
    return await put(work, command.area)
