"""Remove a rotation."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import RemoveRotation
from haveri_contracts.directory.events import RotationRemoved
from haveri_contracts.plain import Role
from haveri_contracts.refusals import RotationUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.ports import Book


async def remove_rotation(book: Book, actor: str, command: RemoveRotation) -> dict[str, Any]:
    """For managers. Raises a Refusal."""
    await check_actor(book, actor, Role.MANAGER)
    if await book.schedules.rotation(command.rotation_id) is None:
        raise RotationUnknown(f"There is no rotation {command.rotation_id} in this organisation.")
    await book.schedules.discard_rotation(command.rotation_id)
    book.publish(RotationRemoved(rotation_id=command.rotation_id))
    return {"removed": {"kind_of_thing": "rotation", "id": str(command.rotation_id)}}
