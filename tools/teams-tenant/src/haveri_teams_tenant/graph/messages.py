"""Graph: the messages of a channel, the images within them and the files beside them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from haveri_teams_tenant.graph import errors
from haveri_teams_tenant.graph.door import Caller, CallerDep, ChannelDep
from haveri_teams_tenant.graph.odata import collection, page
from haveri_teams_tenant.graph.shapes import context, message_json
from haveri_teams_tenant.state.records import Channel, File, Json, Message

router = APIRouter(prefix="/v1.0", include_in_schema=False)

Top = Annotated[int, Query(alias="$top", ge=1, le=50)]
SkipToken = Annotated[str, Query(alias="$skiptoken")]
CHANNEL = "/teams/{gid}/channels/{cid}"


@router.get(CHANNEL + "/messages")
async def list_messages(
    channel: ChannelDep, request: Request, caller: CallerDep, top: Top = 20, skip_token: SkipToken = ""
) -> Json:
    """The openers of the channel's threads, newest first; targeted messages are not among them."""
    openers = [m for m in caller.house.world.messages_of_place[channel.id] if m.is_root and not m.targeted_to]
    return _list(caller, channel, request, openers, top, skip_token)


@router.get(CHANNEL + "/messages/{mid}")
async def get_message(channel: ChannelDep, mid: str, caller: CallerDep) -> Json:
    """A message that opened a thread."""
    return message_json(caller.house, channel, caller.message(channel, mid))


@router.get(CHANNEL + "/messages/{mid}/replies")
async def list_replies(
    channel: ChannelDep, mid: str, request: Request, caller: CallerDep, top: Top = 20, skip_token: SkipToken = ""
) -> Json:
    """The replies of a thread, newest first."""
    opener = caller.message(channel, mid)
    thread = caller.house.world.thread(caller.tenant_id, channel.id, opener.id)
    replies = [message for message in thread if not message.is_root and not message.targeted_to]
    return _list(caller, channel, request, replies, top, skip_token)


def _list(
    caller: Caller, channel: Channel, request: Request, messages: Sequence[Message], top: int, skip_token: str
) -> Json:
    newest_first = sorted(messages, key=lambda message: int(message.id), reverse=True)
    shown, token = page(newest_first, top, skip_token)
    base = f"{caller.house.settings.base_url}{quote(request.url.path)}"
    next_link = f"{base}?$top={top}&$skiptoken={token}" if token else ""
    of = context(caller.house, f"teams('{channel.team_id}')/channels('{channel.id}')/messages")
    return collection(of, [message_json(caller.house, channel, message) for message in shown], next_link)


@router.get(CHANNEL + "/messages/{mid}/replies/{rid}")
async def get_reply(channel: ChannelDep, mid: str, rid: str, caller: CallerDep) -> Json:
    """One reply."""
    return message_json(caller.house, channel, _reply(caller, channel, mid, rid))


def _reply(caller: Caller, channel: Channel, mid: str, rid: str) -> Message:
    reply = caller.message(channel, rid)
    if reply.root_id != mid or reply.is_root:
        raise errors.not_found("NotFound: the reply does not exist in this thread.")
    return reply


@router.get(CHANNEL + "/messages/{mid}/hostedContents/{hid}/$value")
async def hosted_content(channel: ChannelDep, mid: str, hid: str, caller: CallerDep) -> Response:
    """The bytes of an image within a message."""
    return _hosted(caller, caller.message(channel, mid), hid)


@router.get(CHANNEL + "/messages/{mid}/replies/{rid}/hostedContents/{hid}/$value")
async def hosted_content_of_reply(channel: ChannelDep, mid: str, rid: str, hid: str, caller: CallerDep) -> Response:
    """The bytes of an image within a reply."""
    return _hosted(caller, _reply(caller, channel, mid, rid), hid)


def _hosted(caller: Caller, message: Message, hosted_id: str) -> Response:
    file = caller.house.world.files.get(hosted_id)
    body = caller.house.store.get_blob(hosted_id)
    if file is None or body is None or not file.inline or hosted_id not in message.file_ids:
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
