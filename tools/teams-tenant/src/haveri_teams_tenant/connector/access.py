"""Who is calling the Bot Connector, about which conversation, and may they."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from haveri_teams_tenant.cards.validate import BadCard, validate_card
from haveri_teams_tenant.connector import errors
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.identity.tokens import BOT_AUDIENCE, BadToken
from haveri_teams_tenant.people.bot_posts import CARD
from haveri_teams_tenant.state.records import App, Channel, Json, Place

LARGEST = 80 * 1024


@dataclass(frozen=True)
class Conversation:
    """A conversation id taken apart: the place, and the opener of the thread if one was named."""

    place: Place
    root_id: str


async def calling_app(request: Request, house: HouseDep) -> App:
    """The app whose valid token came along."""
    try:
        bearer = house.tokens.read(request.headers.get("Authorization"), BOT_AUDIENCE)
    except BadToken as error:
        raise errors.unauthorized() from error
    app = house.world.apps.get(bearer.app_id)
    if app is None:
        raise errors.unauthorized()
    return app


CallingApp = Annotated[App, Depends(calling_app)]


async def read_json(request: Request) -> Json:
    """The body as an object; refuses one that is too big before it is parsed."""
    body = await request.body()
    if len(body) > LARGEST:
        raise errors.too_big()
    try:
        value: Any = json.loads(body)
    except ValueError as error:
        raise errors.bad_syntax("The body is no JSON.") from error
    if not isinstance(value, dict):
        raise errors.bad_syntax("The body must be an object.")
    return value


def find_conversation(house: House, app: App, conversation_id: str) -> Conversation:
    """The conversation of an id such as `19:…@thread.tacv2;messageid=17…`, when the app is in it."""
    place_id, _, root_id = conversation_id.partition(";messageid=")
    place = house.world.place(place_id)
    if place is None or (isinstance(place, Channel) and place.deleted_at is not None):
        raise errors.no_conversation()
    if house.world.installation_in(place, app.id) is None:
        raise errors.not_in_roster()
    if root_id:
        root = house.world.messages.get((place.tenant_id, root_id))
        if root is None or root.place_id != place.id or not root.is_root:
            raise errors.no_conversation()
    pace_app(house, app, place.tenant_id)
    return Conversation(place, root_id)


def pace_app(house: House, app: App, tenant_id: str) -> None:
    """Refuse an app that asks too often in a tenant."""
    if (seconds := house.limits.wait_for_app(app.id, tenant_id)) is not None:
        raise errors.throttled(seconds)


def pace_thread(house: House, app: App, conversation_id: str) -> None:
    """Refuse a bot that writes too fast in a conversation."""
    if (seconds := house.limits.wait_for_thread(app.id, conversation_id)) is not None:
        raise errors.throttled(seconds)


def judge_message(activity: Json) -> None:
    """Refuse an activity that Teams would not show."""
    if activity.get("type") != "message":
        raise errors.bad_syntax(f"Activities of type {activity.get('type')!r} cannot be sent here.")
    attachments = activity.get("attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        raise errors.bad_syntax("attachments must be a list of objects.")
    if not activity.get("text") and not attachments:
        raise errors.bad_syntax("The message has neither text nor attachments.")
    for attachment in attachments:
        if attachment.get("contentType") != CARD:
            raise errors.bad_syntax(f"Attachments of type {attachment.get('contentType')!r} are not supported.")
        try:
            validate_card(attachment.get("content"))
        except BadCard as bad:
            raise errors.bad_syntax(f"The Adaptive Card is not valid. {bad}") from bad
    if len(attachments) > 1:
        raise errors.bad_syntax("One card a message is supported.")
