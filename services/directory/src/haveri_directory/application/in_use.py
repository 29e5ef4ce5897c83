"""What still needs a thing, so that it cannot go."""

from __future__ import annotations

from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_directory.application.ports import Book, Thing
from haveri_directory.domain.refusals import AreaInUse, FacilityInUse, MemberInUse, TeamInUse

_CHANGE = "A change of shifts that is not over yet concerns {}; take it back first."


async def check_unused(book: Book, thing: Thing) -> None:
    """Raise the refusal that says what stands on the thing, and what to do about it."""
    match thing:
        case Facility():
            if await book.stands_on(thing):
                raise FacilityInUse("Remove its areas, rotations and teams first.")
        case Area():
            if await book.stands_on(thing):
                raise AreaInUse("Remove its assets first, or move them to another area.")
        case Team():
            if await book.stands_on(thing):
                raise TeamInUse("Take its members out first.")
            await check_team_unscheduled(book, thing)
        case Member():
            await _check_member(book, thing)
        case Asset():
            pass


async def check_team_unscheduled(book: Book, team: Team) -> None:
    """Raise TeamInUse while a rotation or a change of shifts that is not over counts on the team at its facility."""
    rotation = await book.schedules.rotation_of_team(team.id)
    if rotation is not None:
        raise TeamInUse(f"It takes part in the rotation {rotation.name!r}; take it out there first.")
    if await book.schedules.has_changes(ending_after=book.now, team_id=team.id):
        raise TeamInUse(_CHANGE.format("the team"))


def check_may_leave(member: Member, team: Team) -> None:
    """Raise MemberInUse when the member has a role on the team's shifts, which only its members have."""
    for role in team.shift_info.roles:
        if member.id in role.member_ids:
            raise MemberInUse(f"{member.name} is {role.role!r} in {team.name}; give the role to somebody else first.")


async def _check_member(book: Book, member: Member) -> None:
    for team in await book.teams_with_shifts_of(member.id):
        check_may_leave(member, team)
        raise MemberInUse(f"Take the member out of the shifts of {team.name} first.")
    if await book.schedules.has_changes(ending_after=book.now, member_id=member.id):
        raise MemberInUse(_CHANGE.format(member.name))
