"""Graph: teams and their channels."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from haveri_teams_tenant.graph import errors
from haveri_teams_tenant.graph.access import Caller, CallerDep, ChannelDep, TeamDep, read_json
from haveri_teams_tenant.graph.odata import collection, filtered
from haveri_teams_tenant.graph.shapes import channel_json, context, team_json
from haveri_teams_tenant.state.records import Channel, Json, User

router = APIRouter(prefix="/v1.0", include_in_schema=False)

Filter = Annotated[str, Query(alias="$filter")]
FILTERABLE = frozenset({"displayName", "membershipType", "id"})
Role = Literal["owner", "member"]


@router.get("/teams/{gid}")
async def get_team(team: TeamDep, caller: CallerDep) -> Json:
    """A team."""
    return {"@odata.context": context(caller.house, "teams/$entity"), **team_json(team)}


@router.get("/teams/{gid}/channels")
@router.get("/teams/{gid}/allChannels")
async def list_channels(team: TeamDep, caller: CallerDep, expression: Filter = "") -> Json:
    """The team's channels; `$filter=displayName eq '…'` finds one by name."""
    channels = [channel_json(channel) for channel in caller.house.world.live_channels(team.tenant_id, team.id)]
    of = context(caller.house, f"teams('{team.id}')/channels")
    return collection(of, filtered(channels, expression, FILTERABLE))


@router.post("/teams/{gid}/channels")
async def create_channel(team: TeamDep, request: Request, caller: CallerDep) -> JSONResponse:
    """A new channel: `displayName`, `description`, `membershipType` standard (the default) or private."""
    body = await read_json(request)
    membership = body.get("membershipType", "standard")
    if membership not in ("standard", "private"):
        raise errors.bad_request(f"membershipType {membership!r} is not supported.")
    members = {user.id: role for user, role in _members(caller, body)} if membership == "private" else {}
    if membership == "private" and "owner" not in members.values():
        raise errors.bad_request("A private channel created by an application needs at least one owner in members.")
    channel = caller.house.channels.create(
        team, str(body.get("displayName") or ""), str(body.get("description") or ""), membership, members
    )
    of = context(caller.house, f"teams('{team.id}')/channels/$entity")
    return JSONResponse({"@odata.context": of, **channel_json(channel)}, 201)


def _members(caller: Caller, body: Json) -> list[tuple[User, Role]]:
    given = body.get("members") or []
    if not isinstance(given, list):
        raise errors.bad_request("members must be a list.")
    return [bound_member(caller, member) for member in given]


def bound_member(caller: Caller, member: object) -> tuple[User, Role]:
    """The person and role of an aadUserConversationMember with `user@odata.bind`."""
    if not isinstance(member, dict) or not str(member.get("@odata.type", "")).endswith("aadUserConversationMember"):
        raise errors.bad_request("A member must be of type #microsoft.graph.aadUserConversationMember.")
    bind = str(member.get("user@odata.bind") or "")
    name = bind.rpartition("/users")[2].strip("/()'\"")
    if not name:
        raise errors.bad_request("Bind requests not expected or 'user@odata.bind' is missing.")
    return caller.user(name), "owner" if "owner" in (member.get("roles") or []) else "member"


@router.get("/teams/{gid}/channels/{cid}")
async def get_channel(channel: ChannelDep, caller: CallerDep) -> Json:
    """A channel."""
    of = context(caller.house, f"teams('{channel.team_id}')/channels/$entity")
    return {"@odata.context": of, **channel_json(channel)}


@router.patch("/teams/{gid}/channels/{cid}")
async def change_channel(channel: ChannelDep, request: Request, caller: CallerDep) -> Response:
    """Rename or describe a channel."""
    body = await read_json(request)
    name, description = body.get("displayName"), body.get("description")
    caller.house.channels.change(
        channel, None if name is None else str(name), None if description is None else str(description)
    )
    return Response(status_code=204)


@router.delete("/teams/{gid}/channels/{cid}")
async def delete_channel(channel: ChannelDep, caller: CallerDep) -> Response:
    """Delete a channel; its name stays taken for 30 days."""
    caller.house.channels.delete(channel)
    return Response(status_code=204)


@router.post("/teams/{gid}/channels/{cid}/archive")
async def archive_channel(channel: ChannelDep, caller: CallerDep) -> Response:
    """Close a channel for writing."""
    return _archive(caller, channel, archived=True)


@router.post("/teams/{gid}/channels/{cid}/unarchive")
async def unarchive_channel(channel: ChannelDep, caller: CallerDep) -> Response:
    """Open an archived channel again."""
    return _archive(caller, channel, archived=False)


def _archive(caller: Caller, channel: Channel, *, archived: bool) -> Response:
    caller.house.channels.archive(channel, archived=archived)
    team = f"/teams('{channel.team_id}')"
    operation = f"{team}/operations('{caller.house.ids.guid()}')"
    return Response(status_code=202, headers={"Location": operation, "Content-Location": team})
