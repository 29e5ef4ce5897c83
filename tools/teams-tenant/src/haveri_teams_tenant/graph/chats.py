"""Graph: the messages of the chat between a person and the calling app (permission `Chat.Read.WhereInstalled`)."""

from __future__ import annotations

import re

from fastapi import APIRouter

from haveri_teams_tenant.graph import errors
from haveri_teams_tenant.graph.access import Caller, CallerDep
from haveri_teams_tenant.graph.paging import PagingDep
from haveri_teams_tenant.graph.shapes import chat_message_json, context
from haveri_teams_tenant.state.records import Chat, Json

router = APIRouter(prefix="/v1.0", include_in_schema=False)

CHAT_ID = re.compile(r"19:(?P<user>[0-9a-f-]{36})_(?P<app>[0-9a-f-]{36})@unq\.gbl\.spaces", re.IGNORECASE)


@router.get("/chats/{chat_id}/messages")
async def list_messages(chat_id: str, caller: CallerDep, paging: PagingDep) -> Json:
    """The chat's messages, newest first."""
    messages = caller.house.world.messages_of_place[_chat(caller, chat_id).id]
    of = context(caller.house, f"chats('{chat_id}')/messages")
    return paging.newest_first(of, messages, lambda message: chat_message_json(chat_id, message))


def _chat(caller: Caller, chat_id: str) -> Chat:
    """The chat of this id: Teams makes it of the person's and the app's ids."""
    named = CHAT_ID.fullmatch(chat_id)
    if named is None:
        raise errors.bad_request("chatId is not in the right format: 19:{user}_{app}@unq.gbl.spaces.")
    if named["app"].lower() != caller.installation.app_id:
        raise errors.forbidden("Missing role permissions on the request. The app is not installed in this chat.")
    user = caller.house.world.users.get((caller.tenant_id, named["user"].lower()))
    chat = caller.house.world.chat_between(user, caller.installation.app_id) if user else None
    if chat is None:
        raise errors.not_found("NotFound: the chat does not exist.")
    return chat
