"""Graph: people, and who is in which team or channel."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from haveri_teams_tenant.graph import errors
from haveri_teams_tenant.graph.channels import bound_member
from haveri_teams_tenant.graph.door import CallerDep, read_json
from haveri_teams_tenant.graph.odata import collection, filtered
from haveri_teams_tenant.graph.shapes import context, member_json, user_json, user_of_membership
from haveri_teams_tenant.people.refusals import Refused
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
async def list_members(gid: str, caller: CallerDep) -> Json:
    """Who is in the team."""
    team = caller.team(gid)
    people = [
        member_json(caller.house.world.users[team.tenant_id, user_id], team.id, role)
        for user_id, role in team.members.items()
    ]
    return collection(context(caller.house, f"teams('{team.id}')/members"), people)


@router.post("/teams/{gid}/members")
async def add_member(gid: str, request: Request, caller: CallerDep) -> JSONResponse:
    """Put a person on the team."""
    team = caller.team(gid)
    user, role = bound_member(caller, await read_json(request))
    caller.house.channels.join(team, [user], role)
    return JSONResponse(member_json(user, team.id, team.members[user.id]), 201)


@router.get("/teams/{gid}/members/{mid}")
async def get_member(gid: str, mid: str, caller: CallerDep) -> Json:
    """One membership."""
    team = caller.team(gid)
    user_id = user_of_membership(mid)
    if user_id not in team.members:
        raise errors.not_found("The membership does not exist.")
    return member_json(caller.user(user_id), team.id, team.members[user_id])


@router.delete("/teams/{gid}/members/{mid}")
async def remove_member(gid: str, mid: str, caller: CallerDep) -> Response:
    """Take a person off the team."""
    team = caller.team(gid)
    user_id = user_of_membership(mid)
    if user_id not in team.members:
        raise errors.not_found("The membership does not exist.")
    try:
        caller.house.channels.leave(team, caller.user(user_id))
    except Refused as refusal:
        raise errors.bad_request(refusal.reason) from refusal
    return Response(status_code=204)


@router.get("/teams/{gid}/channels/{cid}/members")
async def list_channel_members(gid: str, cid: str, caller: CallerDep) -> Json:
    """Who is in the channel; in a standard one, everybody of the team."""
    team = caller.team(gid)
    channel = caller.channel(team, cid)
    roles: dict[str, Any] = dict(channel.members if channel.membership == "private" else team.members)
    people = [member_json(user, channel.id, roles[user.id]) for user in caller.house.world.roster(channel)]
    return collection(context(caller.house, f"teams('{team.id}')/channels('{channel.id}')/members"), people)


@router.post("/teams/{gid}/channels/{cid}/members")
async def add_channel_member(gid: str, cid: str, request: Request, caller: CallerDep) -> JSONResponse:
    """Put a person into a private channel; in a standard one nobody can be added but to the team."""
    team = caller.team(gid)
    channel = caller.channel(team, cid)
    if channel.membership == "standard":
        raise errors.bad_request(ONLY_PRIVATE)
    user, role = bound_member(caller, await read_json(request))
    if user.id not in team.members:
        raise errors.bad_request("The user must be a member of the team before joining a private channel.")
    channel.members.setdefault(user.id, role)
    caller.house.world.put(channel)
    return JSONResponse(member_json(user, channel.id, channel.members[user.id]), 201)


@router.delete("/teams/{gid}/channels/{cid}/members/{mid}")
async def remove_channel_member(gid: str, cid: str, mid: str, caller: CallerDep) -> Response:
    """Take a person out of a private channel."""
    channel = caller.channel(caller.team(gid), cid)
    if channel.membership == "standard":
        raise errors.bad_request(ONLY_PRIVATE)
    if channel.members.pop(user_of_membership(mid), None) is None:
        raise errors.not_found("The membership does not exist.")
    caller.house.world.put(channel)
    return Response(status_code=204)
