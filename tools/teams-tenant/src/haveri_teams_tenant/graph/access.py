"""Who is calling Graph, in which tenant, about which team, and may they."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from haveri_teams_tenant.graph import errors
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.identity.tokens import GRAPH_AUDIENCE, BadToken
from haveri_teams_tenant.state.records import Channel, Installation, Json, Message, Team, User

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Caller:
    """An app with a valid token for one tenant."""

    house: House
    tenant_id: str
    installation: Installation

    def message(self, channel: Channel, message_id: str) -> Message:
        """A message of the channel that everybody can see."""
        message = self.house.world.messages.get((self.tenant_id, message_id))
        if message is None or message.place_id != channel.id or message.targeted_to:
            raise errors.not_found("NotFound: the message does not exist in this channel.")
        return message

    def user(self, name: str) -> User:
        """A person of the tenant by aadObjectId or user principal name."""
        user = self.house.world.find_user(self.tenant_id, name)
        if user is None or name.startswith("29:"):
            message = (
                f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
            )
            raise errors.GraphRefusal(404, "Request_ResourceNotFound", message)
        return user


async def caller(request: Request, house: HouseDep) -> Caller:
    """Judge the bearer token: signature, time, audience, tenant, and that the app is still there."""
    try:
        bearer = house.tokens.read(request.headers.get("Authorization"), GRAPH_AUDIENCE)
    except BadToken as error:
        refused = {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'}
        raise errors.GraphRefusal(401, "InvalidAuthenticationToken", str(error), refused) from error
    installation = house.world.installed(bearer.tenant_id, bearer.app_id)
    if installation is None:
        raise errors.forbidden("The app is not installed in this tenant.")
    writes = request.method != "GET"
    if (seconds := house.limits.wait_for_graph(bearer.app_id, bearer.tenant_id, writes=writes)) is not None:
        raise errors.throttled(seconds)
    return Caller(house, bearer.tenant_id, installation)


CallerDep = Annotated[Caller, Depends(caller)]


async def the_team(gid: str, caller: CallerDep) -> Team:
    """A team the app is in, by its group's GUID; `team.id` (19:…) is refused as Graph refuses it."""
    if not GUID.fullmatch(gid):
        raise errors.bad_request("teamId needs to be a valid GUID.")
    team = caller.house.world.teams.get((caller.tenant_id, gid.lower()))
    if team is None:
        raise errors.not_found(f"No team found with Group Id {gid}")
    if team.id not in caller.installation.teams:
        raise errors.forbidden(
            "Missing role permissions on the request. The app is not installed in this team, so it has none of its "
            "resource-specific permissions."
        )
    return team


TeamDep = Annotated[Team, Depends(the_team)]


async def the_channel(cid: str, team: TeamDep, caller: CallerDep) -> Channel:
    """A channel of the team that was not deleted."""
    if not cid.startswith("19:"):
        raise errors.bad_request("channelId is not in the right format: 19:…@thread.tacv2.")
    channel = caller.house.world.channels.get(cid)
    gone = channel is None or channel.deleted_at is not None
    if channel is None or gone or (channel.tenant_id, channel.team_id) != (team.tenant_id, team.id):
        raise errors.not_found("NotFound: the channel does not exist in this team.")
    return channel


ChannelDep = Annotated[Channel, Depends(the_channel)]


async def read_json(request: Request) -> Json:
    """The body as an object."""
    try:
        value: Any = json.loads(await request.body())
    except ValueError as error:
        raise errors.bad_request("Unable to read JSON request payload.") from error
    if not isinstance(value, dict):
        raise errors.bad_request("Unable to read JSON request payload.")
    return value
