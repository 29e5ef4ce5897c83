"""Create an organisation with its first administrator."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import CreateOrganization
from haveri_contracts.directory.events import OrganizationCreated
from haveri_contracts.directory.models import Member, Organization
from haveri_contracts.plain import Role
from haveri_contracts.refusals import RoleNotSufficient, TeamUnknown
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.put_member import normalised
from haveri_directory.application.putting import event_of
from haveri_directory.domain.refusals import AdministratorRequired, OrganizationExists, SlugReserved
from haveri_directory.store.unit_of_work import Founding, UnitOfWork

THE_HOUSE = "haveri"
"""The slug under which Haveri's own heartbeat travels."""


async def create_organization(work: UnitOfWork, actor: str, command: CreateOrganization) -> dict[str, Any]:
    """For Haveri's own tools. The same data again is fine, whatever has changed in the organisation since.

    Raises OrganizationExists when the slug was taken with other data, and other Refusals.
    """
    administrator = normalised(command.administrator)
    if administrator.role is not Role.ADMINISTRATOR:
        raise AdministratorRequired(f"{administrator.name} would be {administrator.role.value}.")
    founding = Founding(command.organization_name, command.locale, administrator.email)
    if work.organization is None:
        await _found(work, actor, command, administrator, founding)
    else:
        await check_actor(work, actor, Role.ADMINISTRATOR)
        if await work.founding() != founding:
            raise OrganizationExists(f"{work.slug!r} was created with another name, language or administrator.")
    return await _result(work, administrator)


async def _found(
    work: UnitOfWork, actor: str, command: CreateOrganization, administrator: Member, founding: Founding
) -> None:
    if work.slug == THE_HOUSE:
        raise SlugReserved(f"{work.slug!r} is how Haveri speaks of itself. Take another name.")
    if not actor.startswith("system:"):
        raise RoleNotSufficient("Only Haveri's own tools create organisations.")
    if administrator.team_ids:
        raise TeamUnknown("A new organisation has no teams yet.")
    organization = Organization(id=work.slug, name=command.organization_name, locale=command.locale)
    await work.found(organization, founding)
    await work.store([administrator])
    work.publish(OrganizationCreated(organization=organization), event_of(administrator))


async def _result(work: UnitOfWork, administrator: Member) -> dict[str, Any]:
    """The organisation, and the administrator if the address is still a member's."""
    member_id = await work.member_with_email(administrator.email)
    member = await work.find(Member, member_id) if member_id else None
    return {
        "organization": work.organization.model_dump(mode="json") if work.organization else None,
        "administrator": member.model_dump(mode="json") if member else None,
    }
