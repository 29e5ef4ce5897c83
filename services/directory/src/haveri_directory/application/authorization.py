"""Who may change the directory: every command is checked here, whichever door it came through."""

from __future__ import annotations

from haveri_contracts.directory.models import Member
from haveri_contracts.plain import Role
from haveri_contracts.refusals import MemberUnknown, RoleNotSufficient
from haveri_contracts.types import actor_member_id
from haveri_directory.domain.permissions import check_role
from haveri_directory.domain.refusals import OrganizationUnknown
from haveri_directory.domain.shift_permissions import Asker
from haveri_directory.store.unit_of_work import UnitOfWork


async def check_actor(work: UnitOfWork, actor: str, needed: Role) -> None:
    """Raise unless the actor may do what needs this role in this organisation."""
    check_role((await asker_of(work, actor)).role, needed)


async def asker_of(work: UnitOfWork, actor: str) -> Asker:
    """Who acts, in which role.

    Haveri's own services and tools (`system:`) may do everything, plant systems (`signal:`) nothing. Raises
    OrganizationUnknown, RoleNotSufficient or MemberUnknown.
    """
    if work.organization is None:
        raise OrganizationUnknown(f"There is no organisation {work.slug!r}.")
    if actor.startswith("system:"):
        return Asker(None, Role.ADMINISTRATOR)
    member_id = actor_member_id(actor)
    if member_id is None:
        raise RoleNotSufficient("A plant system cannot change the directory.")
    member = await work.find(Member, member_id)
    if member is None:
        raise MemberUnknown("You are not a member of this organisation.")
    return Asker(member.id, member.role)
