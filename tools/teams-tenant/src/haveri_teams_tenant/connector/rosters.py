"""Bot Connector: who is in a conversation, what a team is, and the bytes of inline images."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from haveri_teams_tenant.connector import errors
from haveri_teams_tenant.connector.access import CallingApp, find_conversation, pace_app
from haveri_teams_tenant.connector.conversations import member_of
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.state.records import App, File, Json, Team, User

router = APIRouter(include_in_schema=False)

PageSize = Annotated[int, Query(alias="pageSize", ge=1)]
Token = Annotated[str, Query(alias="continuationToken")]


def channel_account(user: User) -> Json:
    """A person as the Connector describes them."""
    given, _, surname = user.name.rpartition(" ")
    return {
        "id": user.teams_id,
        "name": user.name,
        "objectId": user.id,
        "aadObjectId": user.id,
        "givenName": given or user.name,
        "surname": surname,
        "email": user.email,
        "userPrincipalName": user.email,
        "tenantId": user.tenant_id,
        "userRole": "user",
    }


@router.get("/v3/conversations/{conversation_id}/members")
async def members(conversation_id: str, house: HouseDep, app: CallingApp) -> list[Json]:
    """Everybody in the conversation."""
    conversation = find_conversation(house, app, conversation_id)
    return [channel_account(user) for user in house.world.roster(conversation.place)]


@router.get("/v3/conversations/{conversation_id}/pagedmembers")
async def paged_members(
    conversation_id: str, house: HouseDep, app: CallingApp, size: PageSize = 200, token: Token = ""
) -> dict[str, Any]:
    """Everybody in the conversation, at most 500 at a time (50 at least, as Teams has it)."""
    conversation = find_conversation(house, app, conversation_id)
    start = _start(token)
    people = house.world.roster(conversation.place)
    end = start + min(max(size, 50), 500)
    page: dict[str, Any] = {"members": [channel_account(user) for user in people[start:end]]}
    if end < len(people):
        page["continuationToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return page


def _start(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token.encode())) if token else 0
    except ValueError as error:
        raise errors.bad_syntax("The continuation token is not valid.") from error


@router.get("/v3/conversations/{conversation_id}/members/{member_id}")
async def member(conversation_id: str, member_id: str, house: HouseDep, app: CallingApp) -> Json:
    """One person by `29:` id or aadObjectId; this is how a mention becomes a directory identity."""
    conversation = find_conversation(house, app, conversation_id)
    return channel_account(member_of(house, conversation.place, member_id))


def _team(house: House, app: App, team_id: str) -> Team:
    if not team_id.startswith("19:"):
        raise errors.bad_syntax("The team id must be the 19:… id of the team, not a group id.")
    team = house.world.teams_by_thread.get(team_id)
    if team is None:
        raise errors.no_conversation()
    installation = house.world.installed(team.tenant_id, app.id)
    if installation is None or team.id not in installation.teams:
        raise errors.not_in_roster()
    pace_app(house, app, team.tenant_id)
    return team


@router.get("/v3/teams/{team_id}")
async def team_details(team_id: str, house: HouseDep, app: CallingApp) -> Json:
    """Name and group id of a team."""
    team = _team(house, app, team_id)
    return {
        "id": team.thread_id,
        "name": team.name,
        "aadGroupId": team.id,
        "tenantId": team.tenant_id,
        "type": "standard",
        "channelCount": len(house.world.live_channels(team.tenant_id, team.id)),
        "memberCount": len(team.members),
    }


@router.get("/v3/teams/{team_id}/conversations")
async def team_channels(team_id: str, house: HouseDep, app: CallingApp) -> dict[str, list[Json]]:
    """The channels of a team; General comes without a name, as in Teams."""
    team = _team(house, app, team_id)
    channels = house.world.live_channels(team.tenant_id, team.id)
    return {
        "conversations": [
            {"id": channel.id, "type": channel.membership}
            if channel.id == team.thread_id
            else {"id": channel.id, "name": channel.name, "type": channel.membership}
            for channel in channels
        ]
    }


@router.get("/v3/attachments/{attachment_id}")
async def attachment_info(attachment_id: str, house: HouseDep, app: CallingApp) -> Json:
    """Name and type of an inline image."""
    file = _image(house, app, attachment_id)
    return {"name": file.name, "type": file.content_type, "views": [{"viewId": "original", "size": file.size}]}


@router.get("/v3/attachments/{attachment_id}/views/{view}")
async def attachment(attachment_id: str, view: str, house: HouseDep, app: CallingApp) -> Response:
    """The bytes of an inline image, for the bot's own token only."""
    file = _image(house, app, attachment_id)
    body = house.store.get_blob(file.id)
    if view != "original" or body is None:
        raise errors.ConnectorRefusal(404, "AttachmentNotFound", "The attachment was not found.")
    return Response(body, media_type=file.content_type)


def _image(house: House, app: App, attachment_id: str) -> File:
    file = house.world.files.get(attachment_id)
    place = house.world.place(file.place_id) if file else None
    if file is None or place is None or not file.inline:
        raise errors.ConnectorRefusal(404, "AttachmentNotFound", "The attachment was not found.")
    if house.world.installation_in(place, app.id) is None:
        raise errors.not_in_roster()
    pace_app(house, app, file.tenant_id)
    return file
