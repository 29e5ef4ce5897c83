"""Add or change a team with its shifts and its members."""

from __future__ import annotations

from itertools import chain
from typing import Any
from uuid import UUID

from haveri_contracts.directory.commands import PutTeam
from haveri_contracts.directory.models import Facility, Member, Team
from haveri_contracts.plain import Role
from haveri_contracts.refusals import FacilityUnknown, MemberUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.in_use import check_team_unscheduled
from haveri_directory.application.putting import change_memberships, check_name, event_of, result_of
from haveri_directory.domain.shift_refusals import MemberNotInTeam
from haveri_directory.store.unit_of_work import UnitOfWork


async def put_team(work: UnitOfWork, actor: str, command: PutTeam) -> dict[str, Any]:
    """For managers; team names are unique in their facility. The members given are all there are. Raises a Refusal.

    Roles on shift are for the team's own members.
    """
    await check_actor(work, actor, Role.MANAGER)
    team = command.team.model_copy(update={"member_ids": sorted(set(command.team.member_ids))})
    if await work.find(Facility, team.facility_id) is None:
        raise FacilityUnknown(f"There is no facility {team.facility_id} in this organisation.").at("facility_id")
    await _check_members(work, team)
    check_roles(team)
    await check_name(work, team)
    before = await work.find(Team, team.id)
    if before is not None and before.facility_id != team.facility_id:
        await check_team_unscheduled(work, before)
    if before != team:
        await _change(work, team, set(before.member_ids) if before else set())
    return result_of(team)


def check_roles(team: Team) -> None:
    """Raise MemberNotInTeam when somebody else is to have a role on the team's shifts."""
    for role in team.shift_info.roles:
        for member_id in role.member_ids:
            if member_id not in team.member_ids:
                raise MemberNotInTeam(f"{role.role!r} of {team.name} has to be one of its members; {member_id} is not.")


async def _change(work: UnitOfWork, team: Team, members_before: set[UUID]) -> None:
    await work.store([team])
    gone, new = members_before - set(team.member_ids), set(team.member_ids) - members_before
    if gone or new:
        await change_memberships(
            work, [(team.id, member_id) for member_id in gone], [(team.id, member_id) for member_id in new]
        )
    else:
        work.publish(event_of(team))


async def _check_members(work: UnitOfWork, team: Team) -> None:
    info = team.shift_info
    named = {"member_ids": team.member_ids}
    named |= {f"shift_info.shifts.{place}.member_ids": shift.member_ids for place, shift in enumerate(info.shifts)}
    named |= {f"shift_info.roles.{place}.member_ids": role.member_ids for place, role in enumerate(info.roles)}
    known = {member.id for member in await work.find_all(Member, set(chain.from_iterable(named.values())))}
    for field, member_ids in named.items():
        for member_id in member_ids:
            if member_id not in known:
                raise MemberUnknown(f"There is no member {member_id} in this organisation.").at(field)
