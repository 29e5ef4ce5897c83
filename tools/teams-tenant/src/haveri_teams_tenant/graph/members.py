"""Graph: people, and who is in which team or channel."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from haveri_teams_tenant.graph import errors
from haveri_teams_tenant.graph.access import CallerDep, ChannelDep, TeamDep, read_json
from haveri_teams_tenant.graph.channels import bound_member
from haveri_teams_tenant.graph.odata import collection, filtered
from haveri_teams_tenant.graph.shapes import context, member_json, user_json, user_of_membership
from haveri_teams_tenant.state.records import Json

router = APIRouter(prefix="/v1.0", include_in_schema=False)

Filter = Annotated[str, Query(alias="$filter")]
ONLY_PRIVATE = "This operation is allowed only for channels with a membershipType of private or shared."


@router.get("/users")
async def list_users(caller: CallerDep, expression: Filter = "") -> Json:
    """The people of the tenant."""
    users = [user_json(user) for user in caller.house.world.users_of(caller.tenant_id)]
    allowed = frozenset({"displayName", "mail", "userPrincipalName", "id"})
    return collection(context(caller.house, "users"), filtered(users, expression, allowed))


@router.get("/users/{uid}")
async def get_user(uid: str, caller: CallerDep) -> Json:
    """A person by aadObjectId or user principal name."""
    return {"@odata.context": context(caller.house, "users/$entity"), **user_json(caller.user(uid))}


@router.get("/teams/{gid}/members")
async def list_members(team: TeamDep, caller: CallerDep) -> Json:
    """Who is in the team."""
    people = [
        member_json(caller.house.world.users[team.tenant_id, user_id], team.id, role)
        for user_id, role in team.members.items()
    ]
    return collection(context(caller.house, f"teams('{team.id}')/members"), people)


@router.post("/teams/{gid}/members")
async def add_member(team: TeamDep, request: Request, caller: CallerDep) -> JSONResponse:
    """Put a person on the team."""
    user, role = bound_member(caller, await read_json(request))
    caller.house.channels.join(team, [user], role)
    return JSONResponse(member_json(user, team.id, team.members[user.id]), 201)


@router.get("/teams/{gid}/members/{mid}")
async def get_member(team: TeamDep, mid: str, caller: CallerDep) -> Json:
    """One membership."""
    user_id = user_of_membership(mid)
    if user_id not in team.members:
        raise errors.not_found("The membership does not exist.")
    return member_json(caller.user(user_id), team.id, team.members[user_id])


@router.delete("/teams/{gid}/members/{mid}")
async def remove_member(team: TeamDep, mid: str, caller: CallerDep) -> Response:
    """Take a person off the team."""
    user_id = user_of_membership(mid)
    if user_id not in team.members:
        raise errors.not_found("The membership does not exist.")
    caller.house.channels.leave(team, caller.user(user_id))
    return Response(status_code=204)


@router.get("/teams/{gid}/channels/{cid}/members")
async def list_channel_members(team: TeamDep, channel: ChannelDep, caller: CallerDep) -> Json:
    """Who is in the channel; in a standard one, everybody of the team."""
    roles: dict[str, Any] = dict(channel.members if channel.membership == "private" else team.members)
    people = [member_json(user, channel.id, roles[user.id]) for user in caller.house.world.roster(channel)]
    return collection(context(caller.house, f"teams('{team.id}')/channels('{channel.id}')/members"), people)


@router.post("/teams/{gid}/channels/{cid}/members")
async def add_channel_member(team: TeamDep, channel: ChannelDep, request: Request, caller: CallerDep) -> JSONResponse:
    """Put a person into a private channel; in a standard one nobody can be added but to the team."""
    if channel.membership == "standard":
        raise errors.bad_request(ONLY_PRIVATE)
    user, role = bound_member(caller, await read_json(request))
    if user.id not in team.members:
        raise errors.bad_request("The user must be a member of the team before joining a private channel.")
    channel.members.setdefault(user.id, role)
    caller.house.world.put(channel)
    return JSONResponse(member_json(user, channel.id, channel.members[user.id]), 201)


@router.delete("/teams/{gid}/channels/{cid}/members/{mid}")
async def remove_channel_member(channel: ChannelDep, mid: str, caller: CallerDep) -> Response:
    """Take a person out of a private channel."""
    if channel.membership == "standard":
        raise errors.bad_request(ONLY_PRIVATE)
    if channel.members.pop(user_of_membership(mid), None) is None:
        raise errors.not_found("The membership does not exist.")
    caller.house.world.put(channel)
    return Response(status_code=204)
