"""Rotations are added, changed or removed."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import PutRotation, RemoveRotation
from haveri_contracts.directory.events import RotationPut, RotationRemoved
from haveri_contracts.directory.models import Team
from haveri_contracts.directory.schedules import Rotation
from haveri_contracts.plain import Role
from haveri_contracts.refusals import RotationUnknown, TeamUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.facility_plan import facility_of
from haveri_directory.domain.refusals import NameTaken
from haveri_directory.domain.rotations import check_rotation
from haveri_directory.domain.shift_refusals import PatternDoesNotFit, TeamElsewhere
from haveri_directory.store.unit_of_work import UnitOfWork
from haveri_shifts.published import filled, rotation_of


async def put_rotation(work: UnitOfWork, actor: str, command: PutRotation) -> dict[str, Any]:
    """For managers. Gives the rotation with its pattern, and `findings`: slots that nobody works. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    facility = await facility_of(work.schedules, command.rotation.facility_id)
    crews = await _crews(work, command.rotation)
    for team in crews:
        if team.facility_id != facility.id:
            raise TeamElsewhere(f"{team.name} does not belong to {facility.name}.").at("crews")
    rotation, findings = fitting(command.rotation, crews)
    if await work.schedules.rotation_namesake(rotation) is not None:
        words = f"Another rotation there is called {rotation.name!r}; upper and lower case are the same."
        raise NameTaken(words).at("name")
    if await work.schedules.rotation(rotation.id) != rotation:
        await work.schedules.store_rotations([rotation])
        work.publish(RotationPut(rotation=rotation))
    return {"rotation": rotation.model_dump(mode="json"), "findings": findings}


def fitting(rotation: Rotation, crews: list[Team]) -> tuple[Rotation, list[str]]:
    """The rotation with its kind's pattern, and what people should know about it. Raises a Refusal."""
    try:
        whole = filled(rotation)
    except ValueError as error:
        raise PatternDoesNotFit(str(error)) from None
    return whole, check_rotation(whole.kind.value, rotation_of(whole), {team.id: team.name for team in crews})


async def _crews(work: UnitOfWork, rotation: Rotation) -> list[Team]:
    wanted = {crew.team_id for crew in rotation.crews}
    crews = await work.find_all(Team, wanted)
    known = {team.id for team in crews}
    for place, crew in enumerate(rotation.crews):
        if crew.team_id not in known:
            raise TeamUnknown(f"There is no team {crew.team_id} in this organisation.").at(f"crews.{place}.team_id")
    return crews


async def remove_rotation(work: UnitOfWork, actor: str, command: RemoveRotation) -> dict[str, Any]:
    """For managers. Raises a Refusal."""
    await check_actor(work, actor, Role.MANAGER)
    if await work.schedules.rotation(command.rotation_id) is None:
        raise RotationUnknown(f"There is no rotation {command.rotation_id} in this organisation.")
    await work.schedules.discard_rotation(command.rotation_id)
    work.publish(RotationRemoved(rotation_id=command.rotation_id))
    return {"removed": {"kind_of_thing": "rotation", "id": str(command.rotation_id)}}
