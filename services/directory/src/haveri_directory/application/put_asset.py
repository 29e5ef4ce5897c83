"""Add or change an asset."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import PutAsset
from haveri_contracts.directory.models import Area
from haveri_contracts.plain import Role
from haveri_contracts.refusals import AreaUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.putting import put
from haveri_directory.store.unit_of_work import UnitOfWork


async def put_asset(work: UnitOfWork, actor: str, command: PutAsset) -> dict[str, Any]:
    """For managers; asset names are unique in their area. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    if await work.find(Area, command.asset.area_id) is None:
        raise AreaUnknown(f"There is no area {command.asset.area_id} in this organisation.").at("area_id")
    return await put(work, command.asset)
