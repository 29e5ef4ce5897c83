"""Remove something that nothing else in the directory stands on."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import Remove
from haveri_contracts.directory.events import Removed
from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_contracts.plain import Refusal, Role
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.ports import Book, Thing
from haveri_directory.application.putting import tell_of
from haveri_directory.domain import refusals
from haveri_directory.domain.permissions import check_administrator_remains, needed_to_change_member

KINDS: dict[str, type[Thing]] = {"facility": Facility, "area": Area, "asset": Asset, "team": Team, "member": Member}
UNKNOWN: dict[str, type[Refusal]] = {
    "facility": refusals.FacilityUnknown,
    "area": refusals.AreaUnknown,
    "asset": refusals.AssetUnknown,
    "team": refusals.TeamUnknown,
    "member": refusals.MemberUnknown,
}
IN_USE: dict[str, tuple[type[Refusal], str]] = {
    "facility": (refusals.FacilityInUse, "Remove its areas and teams first."),
    "area": (refusals.AreaInUse, "Remove its assets first, or move them to another area."),
    "team": (refusals.TeamInUse, "Take its members out first."),
    "member": (refusals.MemberInUse, "Take the member out of the shifts that name them first."),
}


async def remove(book: Book, actor: str, command: Remove) -> dict[str, Any]:
    """For managers; members above responder for administrators. A member's memberships go too. Raises a Refusal."""
    kind = command.kind_of_thing
    await check_actor(book, actor, Role.MANAGER)
    thing: Thing | None = await book.find(KINDS[kind], command.id)
    if thing is None:
        raise UNKNOWN[kind](f"There is no {kind} {command.id} in this organisation.")
    if isinstance(thing, Member):
        await _check_member(book, actor, thing)
    if await book.stands_on(thing):
        refusal, advice = IN_USE[kind]
        raise refusal(advice)
    await book.discard(thing)
    book.tell(Removed(kind_of_thing=kind, id=command.id))
    if isinstance(thing, Member):
        await tell_of(book, set(thing.team_ids), set())
    return {"removed": {"kind_of_thing": kind, "id": str(command.id)}}


async def _check_member(book: Book, actor: str, member: Member) -> None:
    await check_actor(book, actor, needed_to_change_member([member.role]))
    check_administrator_remains(member.role, None, await book.other_administrators(member.id))
