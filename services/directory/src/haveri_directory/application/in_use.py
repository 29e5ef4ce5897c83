"""What still needs a thing, so that it cannot go."""

from __future__ import annotations

from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_directory.domain.refusals import AreaInUse, FacilityInUse, MemberInUse, TeamInUse
from haveri_directory.store.rows import Thing
from haveri_directory.store.unit_of_work import UnitOfWork

_CHANGE = "A change of shifts that is not over yet concerns {}; take it back first."


async def check_unused(work: UnitOfWork, thing: Thing) -> None:
    """Raise the refusal that says what stands on the thing, and what to do about it."""
    match thing:
        case Facility():
            if await work.stands_on(thing):
                raise FacilityInUse("Remove its areas, rotations and teams first.")
        case Area():
            if await work.stands_on(thing):
                raise AreaInUse("Remove its assets first, or move them to another area.")
        case Team():
            if await work.stands_on(thing):
                raise TeamInUse("Take its members out first.")
            await check_team_unscheduled(work, thing)
        case Member():
            await _check_member(work, thing)
        case Asset():
            pass


async def check_team_unscheduled(work: UnitOfWork, team: Team) -> None:
    """Raise TeamInUse while a rotation or a change of shifts that is not over counts on the team at its facility."""
    rotation = await work.schedules.rotation_of_team(team.id)
    if rotation is not None:
        raise TeamInUse(f"It takes part in the rotation {rotation.name!r}; take it out there first.")
    if await work.schedules.has_changes(ending_after=work.now, team_id=team.id):
        raise TeamInUse(_CHANGE.format("the team"))


def check_may_leave(member: Member, team: Team) -> None:
    """Raise MemberInUse when the member has a role on the team's shifts, which only its members have."""
    for role in team.shift_info.roles:
        if member.id in role.member_ids:
            raise MemberInUse(f"{member.name} is {role.role!r} in {team.name}; give the role to somebody else first.")


async def _check_member(work: UnitOfWork, member: Member) -> None:
    for team in await work.teams_with_shifts_of(member.id):
        check_may_leave(member, team)
        raise MemberInUse(f"Take the member out of the shifts of {team.name} first.")
    if await work.schedules.has_changes(ending_after=work.now, member_id=member.id):
        raise MemberInUse(_CHANGE.format(member.name))
