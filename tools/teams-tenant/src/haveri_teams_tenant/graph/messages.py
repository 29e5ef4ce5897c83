"""Graph: the messages of a channel, the images within them and the files beside them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from haveri_teams_tenant.graph import errors
from haveri_teams_tenant.graph.access import Caller, CallerDep, ChannelDep
from haveri_teams_tenant.graph.paging import Paging, PagingDep
from haveri_teams_tenant.graph.shapes import context, message_json
from haveri_teams_tenant.state.records import Channel, File, Json, Message

router = APIRouter(prefix="/v1.0", include_in_schema=False)

CHANNEL = "/teams/{gid}/channels/{cid}"


@router.get(CHANNEL + "/messages")
async def list_messages(channel: ChannelDep, caller: CallerDep, paging: PagingDep) -> Json:
    """The openers of the channel's threads, newest first; targeted messages are not among them."""
    openers = [m for m in caller.house.world.messages_of_place[channel.id] if m.is_root and not m.targeted_to]
    return _list(caller, channel, openers, paging)


async def the_message(channel: ChannelDep, mid: str, request: Request, caller: CallerDep) -> Message:
    """The message of the path: one that opened a thread, or one of its replies."""
    rid = request.path_params.get("rid")
    if rid is None:
        return caller.message(channel, mid)
    reply = caller.message(channel, rid)
    if reply.root_id != mid or reply.is_root:
        raise errors.not_found("NotFound: the reply does not exist in this thread.")
    return reply


MessageDep = Annotated[Message, Depends(the_message)]


@router.get(CHANNEL + "/messages/{mid}")
@router.get(CHANNEL + "/messages/{mid}/replies/{rid}")
async def get_message(channel: ChannelDep, message: MessageDep, caller: CallerDep) -> Json:
    """A message that opened a thread, or a reply."""
    return message_json(caller.house, channel, message)


@router.get(CHANNEL + "/messages/{mid}/replies")
async def list_replies(channel: ChannelDep, mid: str, caller: CallerDep, paging: PagingDep) -> Json:
    """The replies of a thread, newest first."""
    opener = caller.message(channel, mid)
    thread = caller.house.world.thread(caller.tenant_id, channel.id, opener.id)
    replies = [message for message in thread if not message.is_root and not message.targeted_to]
    return _list(caller, channel, replies, paging)


def _list(caller: Caller, channel: Channel, messages: Sequence[Message], paging: Paging) -> Json:
    of = context(caller.house, f"teams('{channel.team_id}')/channels('{channel.id}')/messages")
    return paging.newest_first(of, messages, lambda message: message_json(caller.house, channel, message))


@router.get(CHANNEL + "/messages/{mid}/hostedContents/{hid}/$value")
@router.get(CHANNEL + "/messages/{mid}/replies/{rid}/hostedContents/{hid}/$value")
async def hosted_content(message: MessageDep, hid: str, caller: CallerDep) -> Response:
    """The bytes of an image within a message."""
    file = caller.house.world.files.get(hid)
    body = caller.house.store.get_blob(hid)
    if file is None or body is None or not file.inline or hid not in message.file_ids:
        raise errors.not_found("NotFound: the hosted content does not exist in this message.")
    return Response(body, media_type=file.content_type)


def _shared_file(caller: Caller, share_id: str) -> File:
    """The file behind `u!` and the base64url of its web address."""
    try:
        raw = share_id.removeprefix("u!")
        url = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)).decode()
    except ValueError as error:
        raise errors.GraphRefusal(400, "invalidRequest", "The sharing token is not valid.") from error
    files = caller.house.world.files.values()
    file = next((f for f in files if f.web_url == url and f.tenant_id == caller.tenant_id), None)
    if file is None or not share_id.startswith("u!"):
        raise errors.GraphRefusal(404, "itemNotFound", "The resource could not be found.")
    return file


@router.get("/shares/{share_id}/driveItem")
async def drive_item(share_id: str, caller: CallerDep) -> Json:
    """What is known of a shared file."""
    file = _shared_file(caller, share_id)
    return {
        "@microsoft.graph.downloadUrl": caller.house.publisher.writer.download_url(file),
        "id": file.id,
        "name": file.name,
        "size": file.size,
        "webUrl": file.web_url,
        "file": {"mimeType": file.content_type},
    }


@router.get("/shares/{share_id}/driveItem/content")
async def drive_item_content(share_id: str, caller: CallerDep) -> RedirectResponse:
    """Sends the client to the file's pre-authenticated address, as OneDrive does."""
    return RedirectResponse(caller.house.publisher.writer.download_url(_shared_file(caller, share_id)), 302)
