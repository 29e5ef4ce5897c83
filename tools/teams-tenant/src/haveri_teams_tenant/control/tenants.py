"""Control: seed tenants, install apps, look at everything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from haveri_teams_tenant.control import bodies, responses, views
from haveri_teams_tenant.control.access import TenantDep, control_access, the_message, the_place, the_user
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.mail.smtp import MailDoor
from haveri_teams_tenant.people.refusals import NotThere
from haveri_teams_tenant.state.feed import Change
from haveri_teams_tenant.state.records import App, Team, Tenant, User

router = APIRouter(prefix="/_control", dependencies=[Depends(control_access)], tags=["tenants"])

LONGEST_WAIT = 60.0


@router.get("/mail-door", response_model=responses.SeenMailDoor)
async def mail_door(house: HouseDep) -> MailDoor:
    """Where mail for everybody is taken."""
    return house.mail_door


@router.get("/tenants")
async def list_tenants(house: HouseDep) -> list[responses.SeenTenant]:
    """Every tenant with its people."""
    return [views.tenant_view(house, tenant) for tenant in house.world.tenants.values()]


@router.put("/tenants/{tenant_id}")
async def seed(tenant_id: bodies.Guid, body: bodies.Seed, house: HouseDep) -> responses.SeenTenant:
    """Bring a tenant to at least this state; repeating keeps channels and messages and adds what is new."""
    tenant = Tenant(id=tenant_id, name=body.name)
    users = [User(tenant_id=tenant_id, id=user.aad_object_id, **vars(user)) for user in body.users]
    house.administration.seed(tenant, users, body.teams)
    return views.tenant_view(house, tenant)


@router.put("/tenants/{tenant_id}/apps/{app_id}")
async def install(app_id: bodies.Guid, body: bodies.InstallApp, tenant: TenantDep, house: HouseDep) -> responses.Done:
    """Register a bot and install it; in teams where it is new it is told so."""
    app = App(id=app_id, endpoint=body.messaging_endpoint, **body.model_dump())
    installation = house.administration.install(tenant.id, app, body)
    return responses.Done(count=len(installation.teams))


@router.delete("/tenants/{tenant_id}/apps/{app_id}")
async def remove(app_id: str, tenant: TenantDep, house: HouseDep) -> responses.Done:
    """Remove the app: its calls are answered 403 from now on."""
    house.administration.remove(tenant.id, app_id.lower())
    return responses.Done(count=1)


@router.get("/tenants/{tenant_id}/teams", response_model=list[responses.SeenTeam])
async def list_teams(tenant: TenantDep, house: HouseDep) -> list[Team]:
    """The tenant's teams."""
    return house.world.teams_of(tenant.id)


@router.get("/tenants/{tenant_id}/channels")
async def list_channels(tenant: TenantDep, house: HouseDep, team: str = "") -> list[responses.SeenPlace]:
    """The channels of all teams, or of one by group id, oldest first."""
    return [
        views.place_view(house, channel)
        for known in house.world.teams_of(tenant.id)
        if team.lower() in ("", known.id)
        for channel in house.world.live_channels(tenant.id, known.id)
    ]


@router.post("/tenants/{tenant_id}/chats")
async def open_chat(body: bodies.OpenChat, tenant: TenantDep, house: HouseDep) -> responses.SeenPlace:
    """Somebody's personal chat with an app."""
    user = the_user(house, tenant, body.as_user)
    return views.place_view(house, house.messaging.open_chat(user, body.app_id.lower()))


@router.get("/tenants/{tenant_id}/messages")
async def list_messages(
    place: str, tenant: TenantDep, house: HouseDep, as_user: str = ""
) -> list[responses.SeenMessage]:
    """The messages of a place, oldest first: all of them, or what one person sees there."""
    if not as_user:
        known = house.world.place(place)
        if known is None or known.tenant_id != tenant.id:
            raise NotThere("There is no such place; name it by its id, or say as whom you look.")
        return [views.message_view(house, message) for message in house.world.messages_of_place[place]]
    user = the_user(house, tenant, as_user)
    messages = house.world.messages_of_place[the_place(house, tenant, user, place).id]
    now = house.clock.now()
    return [
        views.message_view(house, message)
        for message in messages
        if message.visible_to(user.id, now) and message.deleted_at is None
    ]


@router.get("/tenants/{tenant_id}/messages/{message_id}")
async def get_message(message_id: str, tenant: TenantDep, house: HouseDep, as_user: str = "") -> responses.SeenMessage:
    """One message, as it is or if one person can see it."""
    if as_user:
        _, _, message = the_message(house, tenant, as_user, message_id)
        return views.message_view(house, message)
    known = house.world.messages.get((tenant.id, message_id))
    if known is None:
        raise NotThere("There is no such message.")
    return views.message_view(house, known)


@router.get("/tenants/{tenant_id}/wait")
async def wait(
    tenant: TenantDep,
    house: HouseDep,
    since: int = 0,
    timeout: Annotated[float, Query(ge=0)] = 20.0,
    kind: Annotated[list[str] | None, Query()] = None,
) -> responses.Changes:
    """The changes after `since` (0: only tell the cursor); waits up to `timeout` seconds for the first."""
    if since == 0 or house.feed.lost(since):
        return responses.Changes(cursor=house.feed.cursor, lost=since != 0, changes=[])
    return await _wait(house, tenant.id, since, min(timeout, LONGEST_WAIT), set(kind or []))


async def _wait(house: House, tenant_id: str, since: int, timeout: float, kinds: set[str]) -> responses.Changes:
    def wanted(change: Change) -> bool:
        return change.tenant_id == tenant_id and (not kinds or change.kind in kinds)

    found = await house.feed.wait(since, wanted, timeout)
    cursor = found[-1].cursor if found else max(since, house.feed.cursor)
    return responses.Changes(cursor=cursor, lost=False, changes=found)
