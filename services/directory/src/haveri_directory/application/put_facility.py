"""Add or change a facility."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import PutFacility
from haveri_contracts.plain import Role
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.putting import put
from haveri_directory.store.unit_of_work import UnitOfWork


async def put_facility(work: UnitOfWork, actor: str, command: PutFacility) -> dict[str, Any]:
    """For managers; facility names are unique in the organisation. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    return await put(work, command.facility)
