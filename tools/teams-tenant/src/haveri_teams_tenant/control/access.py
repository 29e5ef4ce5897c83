"""Who may drive the tenant: programs on this machine that say so, never a web page of another origin."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request

from haveri_teams_tenant.house import HouseDep
from haveri_teams_tenant.people.refusals import NotAllowed, NotThere
from haveri_teams_tenant.settings import TenantSettings
from haveri_teams_tenant.state.records import Message, Place, Tenant, User

HEADER = "X-Haveri-Tenant-Control"


def known_host(header: str, settings: TenantSettings) -> bool:
    """Whether a Host header names this tenant; a foreign name would be a rebinding attack on the loopback port."""
    host = urlsplit(f"//{header}").hostname or ""
    return is_loopback(host) or host in (settings.host, urlsplit(settings.base_url).hostname)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def control_access(request: Request, house: HouseDep, mark: Annotated[str, Header(alias=HEADER)] = "") -> None:
    """Refuses whoever is not on this machine or does not carry the header. Raises NotAllowed."""
    if request.client is None or not is_loopback(request.client.host):
        raise NotAllowed("The control API answers on this machine only.")
    if not known_host(request.headers.get("Host", ""), house.settings):
        raise NotAllowed("The control API does not answer under this host name.")
    if mark != "1":
        raise NotAllowed(f"The control API needs the header {HEADER}: 1.")


async def the_tenant(tenant_id: str, house: HouseDep) -> Tenant:
    """The tenant of the path."""
    tenant = house.world.tenants.get(tenant_id.lower())
    if tenant is None:
        raise NotThere(f"There is no tenant {tenant_id}.")
    return tenant


TenantDep = Annotated[Tenant, Depends(the_tenant)]


def the_user(house: HouseDep, tenant: Tenant, name: str) -> User:
    """A person by aadObjectId, e-mail address or name."""
    user = house.world.find_user(tenant.id, name)
    if user is None:
        raise NotThere(f"There is no person {name!r} in {tenant.name}.")
    return user


def the_place(house: HouseDep, tenant: Tenant, user: User, name: str) -> Place:
    """A place of this person by id, or a channel by its name where the name is clear."""
    if house.world.place(name):
        return house.messaging.place_for(user, name)
    found = [
        channel
        for team in house.world.teams_of(tenant.id)
        for channel in house.world.live_channels(tenant.id, team.id)
        if channel.name == name and house.world.is_member(user, channel)
    ]
    if len(found) != 1:
        raise NotThere(f"{user.name} sees {len(found) or 'no'} channels named {name!r}; use the channel's id.")
    return found[0]


def the_message(house: HouseDep, tenant: Tenant, name: str, message_id: str) -> tuple[User, Place, Message]:
    """A person, and a message that this person can see with its place."""
    user = the_user(house, tenant, name)
    message = house.world.messages.get((tenant.id, message_id))
    if message is None:
        raise NotThere("There is no such message.")
    place = house.messaging.place_for(user, message.place_id)
    return user, place, house.messaging.message_for(user, place, message_id)
