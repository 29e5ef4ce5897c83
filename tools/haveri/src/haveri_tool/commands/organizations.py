"""`haveri org …` and `haveri member …` and `haveri token …`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from haveri_chassis.replica import all_pages
from haveri_contracts.directory.commands import CreateOrganization, ImportPlant
from haveri_contracts.directory.models import Member
from haveri_contracts.directory.queries import ListMembers
from haveri_contracts.plain import Role
from haveri_tool.access import Access
from haveri_tool.accounts import accounts_at
from haveri_tool.bus_client import ACTOR, BusClient, bus_client_at
from haveri_tool.secrets import readable_password
from haveri_tool.trouble import Trouble
from haveri_tool.upkeep.provisioning import provision_signals


class MemberUnknown(Trouble):
    """The organisation has no member with this e-mail address."""


class DocumentUnreadable(Trouble):
    """The file cannot be imported, for the reason it says."""


@dataclass(frozen=True)
class NewOrganization:
    """What was created. `password` is None when the administrator had one already."""

    slug: str
    email: str
    password: str | None


async def create_organization(
    access: Access, slug: str, name: str, admin_name: str, admin_email: str, locale: str
) -> NewOrganization:
    """Create an organisation with its first administrator, who gets a password; repeating it changes nothing.

    Raises Refused or OwnerAway.
    """
    async with bus_client_at(access.nats_url) as client:
        administrator = Member(
            id=client.bus.sender.ids.new(),
            name=admin_name,
            email=admin_email,
            role=Role.ADMINISTRATOR,
            locale=locale,
        )
        command = CreateOrganization(organization_name=name, locale=locale, administrator=administrator)
        result = await client.send(command, slug)
        known = result.get("administrator") or await _member(client, slug, admin_email)
    await provision_signals(access.nats_url, slug)
    member = Member.model_validate(known)
    async with accounts_at(access.service_database_url("web")) as accounts:
        if await accounts.has_account(slug, member.id):
            return NewOrganization(slug, member.email, None)
        password = readable_password()
        await accounts.set_password(slug, member.id, member.email, password)
    return NewOrganization(slug, member.email, password)


async def import_plant(access: Access, slug: str, file: Path) -> dict[str, Any]:
    """Import a plant from YAML or CSV; gives the directory's report.

    Raises Refused (with every bad line), OwnerAway or DocumentUnreadable.
    """
    command = import_command(file)
    async with bus_client_at(access.nats_url) as client:
        return await client.send(command, slug)


def import_command(file: Path) -> ImportPlant:
    """The command to import a file, CSV by its name's ending and YAML otherwise; raises DocumentUnreadable."""
    try:
        document = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DocumentUnreadable(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise DocumentUnreadable(f"{file} is not UTF-8 text (at byte {error.start}); save it as UTF-8.") from None
    return ImportPlant(format="csv" if file.suffix.lower() == ".csv" else "yaml", document=document)


async def set_member_password(access: Access, slug: str, email: str, password: str | None = None) -> str:
    """Give a member a password, a new one if none is given, and end his sessions; gives the password."""
    async with bus_client_at(access.nats_url) as client:
        member = await _member(client, slug, email)
    chosen = readable_password() if password is None else password
    async with accounts_at(access.service_database_url("web")) as accounts:
        await accounts.set_password(slug, member.id, member.email, chosen)
    return chosen


async def create_token(access: Access, slug: str, email: str, name: str, scopes: Sequence[str], days: int) -> str:
    """Make an API token that acts as this member; gives it, which happens only once."""
    async with bus_client_at(access.nats_url) as client:
        member = await _member(client, slug, email)
    async with accounts_at(access.service_database_url("web")) as accounts:
        return await accounts.create_token(slug, member.id, name, scopes, timedelta(days=days))


async def _member(client: BusClient, slug: str, email: str) -> Member:
    members: list[Member] = await all_pages(client.queries, ListMembers(), slug, ACTOR)
    wanted = email.strip().lower()
    found = next((member for member in members if member.email == wanted), None)
    if found is None:
        raise MemberUnknown(f"{slug} has no member with the address {wanted}.")
    return found
