"""Remove a rotation."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import RemoveRotation
from haveri_contracts.directory.events import RotationRemoved
from haveri_contracts.plain import Role
from haveri_contracts.refusals import RotationUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.store.unit_of_work import UnitOfWork


async def remove_rotation(work: UnitOfWork, actor: str, command: RemoveRotation) -> dict[str, Any]:
    """For managers. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    if await work.schedules.rotation(command.rotation_id) is None:
        raise RotationUnknown(f"There is no rotation {command.rotation_id} in this organisation.")
    await work.schedules.discard_rotation(command.rotation_id)
    work.publish(RotationRemoved(rotation_id=command.rotation_id))
    return {"removed": {"kind_of_thing": "rotation", "id": str(command.rotation_id)}}
