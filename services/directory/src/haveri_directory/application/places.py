"""Facilities, areas and assets are added or changed."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import PutArea, PutAsset, PutFacility
from haveri_contracts.directory.models import Area, Facility
from haveri_contracts.plain import Role
from haveri_contracts.refusals import AreaUnknown, FacilityUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.putting import put
from haveri_directory.store.unit_of_work import UnitOfWork


async def put_facility(work: UnitOfWork, actor: str, command: PutFacility) -> dict[str, Any]:
    """For managers; facility names are unique in the organisation. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    return await put(work, command.facility)


async def put_area(work: UnitOfWork, actor: str, command: PutArea) -> dict[str, Any]:
    """For managers; area names are unique in their facility. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    if await work.find(Facility, command.area.facility_id) is None:
        raise FacilityUnknown(f"There is no facility {command.area.facility_id} in this organisation.").at(
            "facility_id"
        )
    return await put(work, command.area)


async def put_asset(work: UnitOfWork, actor: str, command: PutAsset) -> dict[str, Any]:
    """For managers; asset names are unique in their area. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    if await work.find(Area, command.asset.area_id) is None:
        raise AreaUnknown(f"There is no area {command.asset.area_id} in this organisation.").at("area_id")
    return await put(work, command.asset)
