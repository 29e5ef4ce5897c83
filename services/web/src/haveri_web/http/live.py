"""Server-sent events: a page that watches is notified when it should look again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from haveri_contracts.plain import Refusal
from haveri_web.http.context import Web, WebDep
from haveri_web.http.door import SignedIn, signed_in
from haveri_web.http.live_views import View

router = APIRouter(include_in_schema=False)
HEARTBEAT_SECONDS = 15.0
_HEADERS = {
    "Cache-Control": "no-store, no-transform",
    # Proxies that buffer would hold events back: nginx and its kin read this.
    "X-Accel-Buffering": "no",
}


@router.get("/live")
async def live(request: Request, web: WebDep, caller: SignedIn, incident: UUID | None = None) -> Response:
    """Events of the organisation, or of one incident, until the page goes away.

    A browser that was cut off comes back by itself and loads its page anew, so `Last-Event-ID` needs no answer.
    """
    web.live.check(caller.organization, caller.member.id)

    async def stream() -> AsyncIterator[bytes]:
        # Watching begins with the stream and not before: a caller who is gone by then leaves nothing behind.
        async with web.live.watch(caller.organization, caller.member.id, incident) as view:
            yield b"retry: 2000\nevent: hello\ndata: {}\n\n"
            async for piece in _events(request, web, view):
                yield piece

    return StreamingResponse(stream(), headers=_HEADERS, media_type="text/event-stream")


async def _events(request: Request, web: Web, view: View) -> AsyncIterator[bytes]:
    number = 0
    while True:
        if await _something_new(view):
            if web.live.ending:
                return
            number += 1
            yield _event(number, view)
        elif await _still_signed_in(request, web):
            yield b": still here\n\n"
        else:
            return


async def _something_new(view: View) -> bool:
    try:
        await asyncio.wait_for(view.woken.wait(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return False
    return True


async def _still_signed_in(request: Request, web: Web) -> bool:
    try:
        await signed_in(request, web)
    except Refusal:
        return False
    except Exception as error:
        # Whether they are cannot be known while the database or the directory is away; the next heartbeat asks again.
        if not type(error).__module__.startswith(("asyncpg", "haveri_chassis", "builtins")):
            raise
    return True


def _event(number: int, view: View) -> bytes:
    data = orjson.dumps({"incidents": sorted(view.take())})
    return b"id: %d\nevent: change\ndata: %b\n\n" % (number, data)
