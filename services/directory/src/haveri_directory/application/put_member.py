"""Add or change a member, with teams and chat identities."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_contracts.directory.commands import PutMember
from haveri_contracts.directory.models import Member, Team
from haveri_contracts.refusals import EmailTaken, TeamUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.contact import usable_contact
from haveri_directory.application.in_use import check_may_leave
from haveri_directory.application.putting import event_of, publish_changes_of, result_of
from haveri_directory.domain.permissions import check_administrator_remains, needed_to_change_member
from haveri_directory.domain.refusals import ChatIdentityTaken
from haveri_directory.store.unit_of_work import UnitOfWork


async def put_member(work: UnitOfWork, actor: str, command: PutMember) -> dict[str, Any]:
    """For managers, and for administrators where a role above responder is held or given. Raises a Refusal."""
    before = await work.find(Member, command.member.id)
    roles = [command.member.role, before.role] if before else [command.member.role]
    await check_actor(work, actor, needed_to_change_member(roles))
    member = _usable(command.member, before)
    if before is not None:
        check_administrator_remains(before.role, member.role, await work.other_administrators(member.id))
    await check_person(work, member)
    await _check_teams(work, member)
    if before is not None:
        for team in await work.find_all(Team, set(before.team_ids) - set(member.team_ids)):
            check_may_leave(before, team)
    if before != member:
        await _change(work, member, set(before.team_ids) if before else set())
    return result_of(member)


def _usable(member: Member, before: Member | None) -> Member:
    if before is not None and before.contact_prefs == member.contact_prefs:
        # Numbers were not always checked: whoever changes something else is not kept from it by an old one.
        return in_order(member)
    return normalised(member)


def normalised(member: Member) -> Member:
    """The member in order, and with contact preferences as they are used. Raises PhoneUnusable or ContactUnusable."""
    return in_order(member).model_copy(update={"contact_prefs": usable_contact(member.contact_prefs)})


def in_order(member: Member) -> Member:
    """The member with teams and identities once each and in a fixed order."""
    identities = sorted(set(member.chat_identities), key=lambda identity: (identity.platform, identity.user_id))
    return member.model_copy(update={"team_ids": sorted(set(member.team_ids)), "chat_identities": identities})


async def check_person(work: UnitOfWork, member: Member) -> None:
    """Raise EmailTaken or ChatIdentityTaken when another member is known by what this one is to be known by."""
    if await work.member_with_email(member.email) not in (None, member.id):
        raise EmailTaken(f"Another member has the address {member.email}.").at("email")
    for place, identity in enumerate(member.chat_identities):
        if await work.member_with_identity(identity.platform, identity.user_id) not in (None, member.id):
            words = f"Another member is {identity.user_id!r} on {identity.platform}."
            raise ChatIdentityTaken(words).at(f"chat_identities.{place}.user_id")


async def _check_teams(work: UnitOfWork, member: Member) -> None:
    missing = set(member.team_ids) - {team.id for team in await work.find_all(Team, member.team_ids)}
    if missing:
        raise TeamUnknown(f"There is no team {min(missing)} in this organisation.").at("team_ids")


async def _change(work: UnitOfWork, member: Member, teams_before: set[UUID]) -> None:
    await work.store([member])
    gone, new = teams_before - set(member.team_ids), set(member.team_ids) - teams_before
    await work.change_memberships([(team_id, member.id) for team_id in gone], [(team_id, member.id) for team_id in new])
    work.publish(event_of(member))
    await publish_changes_of(work, gone | new, set())
