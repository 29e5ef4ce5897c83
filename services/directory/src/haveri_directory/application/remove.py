"""Remove something that nothing else in the directory stands on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_contracts.directory.commands import Remove
from haveri_contracts.directory.events import Removed, ShiftChangeCancelled
from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_contracts.plain import Refusal, Role
from haveri_contracts.refusals import AreaUnknown, AssetUnknown, FacilityUnknown, MemberUnknown, TeamUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.in_use import check_unused
from haveri_directory.application.putting import publish_changes_of
from haveri_directory.domain.permissions import check_administrator_remains, needed_to_change_member
from haveri_directory.store.rows import Thing
from haveri_directory.store.unit_of_work import UnitOfWork

KINDS: dict[str, type[Thing]] = {"facility": Facility, "area": Area, "asset": Asset, "team": Team, "member": Member}
UNKNOWN: dict[str, type[Refusal]] = {
    "facility": FacilityUnknown,
    "area": AreaUnknown,
    "asset": AssetUnknown,
    "team": TeamUnknown,
    "member": MemberUnknown,
}


async def remove(work: UnitOfWork, actor: str, command: Remove) -> dict[str, Any]:
    """For managers; members above responder for administrators. Raises a Refusal.

    A member's memberships go too, so do a facility's holidays, and changes of shifts that are over.
    """
    kind = command.kind_of_thing
    await check_actor(work, actor, Role.MANAGER)
    thing: Thing | None = await work.find(KINDS[kind], command.id)
    if thing is None:
        raise UNKNOWN[kind](f"There is no {kind} {command.id} in this organisation.")
    if isinstance(thing, Member):
        await _check_member(work, actor, thing)
    await check_unused(work, thing)
    await _discard_schedules(work, thing)
    await work.discard(thing)
    work.publish(Removed(kind_of_thing=kind, id=command.id))
    if isinstance(thing, Member):
        await publish_changes_of(work, set(thing.team_ids), set())
    return {"removed": {"kind_of_thing": kind, "id": str(command.id)}}


async def _check_member(work: UnitOfWork, actor: str, member: Member) -> None:
    await check_actor(work, actor, needed_to_change_member([member.role]))
    check_administrator_remains(member.role, None, await work.other_administrators(member.id))


async def _discard_schedules(work: UnitOfWork, thing: Thing) -> None:
    over: list[UUID] = []
    match thing:
        case Facility():
            await work.schedules.discard_calendar(thing.id)
        case Team():
            over = await work.schedules.discard_changes_of(team_id=thing.id)
        case Member():
            over = await work.schedules.discard_changes_of(member_id=thing.id)
        case _:
            pass
    work.publish(*(ShiftChangeCancelled(change_id=id) for id in over))
