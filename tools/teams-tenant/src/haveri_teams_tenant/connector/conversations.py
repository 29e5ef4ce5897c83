"""Bot Connector: opening conversations, and writing, changing and deleting messages in them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from haveri_teams_tenant.connector import errors
from haveri_teams_tenant.connector.access import (
    CallingApp,
    Conversation,
    find_conversation,
    judge_message,
    pace_app,
    pace_thread,
    read_json,
)
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.state.records import App, Channel, Chat, Json, Message, Place, User

router = APIRouter(include_in_schema=False)

Targeted = Annotated[str, Query(alias="isTargetedActivity")]


@router.post("/v3/conversations")
async def create_conversation(request: Request, house: HouseDep, app: CallingApp) -> JSONResponse:
    """Open a thread in a channel (`channelData.channel.id` and `activity`) or a personal chat (`members`)."""
    body = await read_json(request)
    channel_id = str(((body.get("channelData") or {}).get("channel") or {}).get("id") or "")
    if channel_id:
        return _open_thread(house, app, channel_id, body)
    return _open_chat(house, app, body)


def _open_thread(house: House, app: App, channel_id: str, body: Json) -> JSONResponse:
    if ";messageid=" in channel_id:
        raise errors.bad_syntax("channelData.channel.id must be a channel, not a thread.")
    conversation = find_conversation(house, app, channel_id)
    activity = body.get("activity")
    if not isinstance(activity, dict):
        raise errors.bad_syntax("A new thread needs an activity to begin with.")
    messages = _write(house, app, conversation, activity, targeted_to=None)
    answer: dict[str, Any] = {"id": f"{channel_id};messageid={messages[0].id}"}
    if len(messages) == 1:
        answer["activityId"] = messages[0].id
    return JSONResponse({**answer, "serviceUrl": house.settings.service_url}, 201)


def _open_chat(house: House, app: App, body: Json) -> JSONResponse:
    members = body.get("members")
    if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
        raise errors.bad_syntax("Name a channel in channelData.channel.id, or exactly one person in members.")
    tenant_id = str(body.get("tenantId") or ((body.get("channelData") or {}).get("tenant") or {}).get("id") or "")
    user = house.world.find_user(tenant_id.lower(), str(members[0].get("id") or ""))
    if user is None:
        raise errors.bad_syntax("Failed to decrypt conversation id: no such person in this tenant.")
    if house.world.installed(user.tenant_id, app.id) is None:
        raise errors.not_in_roster()
    pace_app(house, app, user.tenant_id)
    chat = house.messaging.open_chat(user, app.id)
    answer: dict[str, Any] = {"id": chat.id}
    if isinstance(body.get("activity"), dict):
        messages = _write(house, app, Conversation(chat, ""), body["activity"], targeted_to=None)
        answer |= {"activityId": messages[0].id, "serviceUrl": house.settings.service_url}
    return JSONResponse(answer, 201)


@router.post("/v3/conversations/{conversation_id}/activities")
@router.post("/v3/conversations/{conversation_id}/activities/{activity_id}")
async def send(
    conversation_id: str, request: Request, house: HouseDep, app: CallingApp, flag: Targeted = ""
) -> JSONResponse:
    """Write into a channel, a thread or a personal chat, or as a reply; `isTargetedActivity=true` shows it to one."""
    reply_to = request.path_params.get("activity_id", "")
    activity = await read_json(request)
    conversation = find_conversation(house, app, conversation_id)
    if reply_to and isinstance(conversation.place, Channel):
        message = _message(house, conversation.place, reply_to)
        conversation = Conversation(conversation.place, message.root_id)
    pace_thread(house, app, conversation_id)
    if activity.get("type") == "typing":
        return JSONResponse({"id": house.world.next_message_id()}, 201)
    targeted_to = _target(house, conversation.place, activity) if _is_targeted(flag, activity) else None
    messages = _write(house, app, conversation, activity, targeted_to)
    # Text beside a card becomes two messages, and Teams then tells the id of neither.
    return JSONResponse({"id": messages[0].id} if len(messages) == 1 else {}, 201)


def _is_targeted(flag: str, activity: Json) -> bool:
    recipient = activity.get("recipient")
    asked = isinstance(recipient, dict) and recipient.get("isTargeted") is True
    return flag.lower() == "true" or asked or (activity.get("channelData") or {}).get("isTargeted") is True


def _target(house: House, place: Place, activity: Json) -> str:
    if isinstance(place, Chat):
        raise errors.bad_argument("Targeted messages are not supported in personal chats.")
    user = house.world.find_user(place.tenant_id, str((activity.get("recipient") or {}).get("id") or ""))
    if user is None:
        raise errors.bad_argument("A targeted message needs a recipient.")
    if not house.world.is_member(user, place):
        raise errors.bad_argument("The recipient of a targeted message must be in the conversation.")
    return user.id


def _write(
    house: House, app: App, conversation: Conversation, activity: Json, targeted_to: str | None
) -> list[Message]:
    if isinstance(conversation.place, Channel) and conversation.place.archived:
        raise errors.writes_blocked()
    judge_message(activity)
    return house.bot_posts.post(app, conversation.place, conversation.root_id, activity, targeted_to)


@router.put("/v3/conversations/{conversation_id}/activities/{activity_id}")
async def update(
    conversation_id: str, activity_id: str, request: Request, house: HouseDep, app: CallingApp, flag: Targeted = ""
) -> dict[str, str]:
    """Replace one of the bot's own messages."""
    activity = await read_json(request)
    conversation = find_conversation(house, app, conversation_id)
    message = _own_message(house, app, conversation.place, activity_id)
    pace_thread(house, app, conversation_id)
    if flag.lower() == "true" and message.targeted_to is None:
        raise errors.bad_argument("The visibility of a message cannot be changed.")
    if message.targeted_to and activity.get("recipient"):
        raise errors.bad_argument("A targeted message is updated without a recipient.")
    judge_message(activity)
    house.bot_posts.update(message, activity)
    return {"id": message.id}


@router.delete("/v3/conversations/{conversation_id}/activities/{activity_id}")
async def delete(conversation_id: str, activity_id: str, house: HouseDep, app: CallingApp) -> Response:
    """Delete one of the bot's own messages."""
    conversation = find_conversation(house, app, conversation_id)
    message = _own_message(house, app, conversation.place, activity_id)
    pace_thread(house, app, conversation_id)
    house.bot_posts.delete(message)
    return Response(status_code=200)


def _message(house: House, place: Place, activity_id: str) -> Message:
    message = house.world.messages.get((place.tenant_id, activity_id))
    if message is None or message.place_id != place.id or message.deleted_at is not None:
        raise errors.no_activity()
    if message.expired(house.clock.now()):
        raise errors.no_activity()
    return message


def _own_message(house: House, app: App, place: Place, activity_id: str) -> Message:
    message = _message(house, place, activity_id)
    if (message.author.kind, message.author.id) != ("bot", app.id):
        raise errors.ConnectorRefusal(403, "Forbidden", "A bot can only change its own messages.")
    return message


def member_of(house: House, place: Place, name: str) -> User:
    """A person of the conversation by `29:` id or aadObjectId."""
    user = house.world.find_user(place.tenant_id, name)
    if user is None or not house.world.is_member(user, place):
        raise errors.ConnectorRefusal(
            404, "MemberNotFoundInConversation", "The member was not found in the conversation."
        )
    return user
