"""The page's live stream: what changed, for those who may see it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.page.viewer import Viewer
from haveri_teams_tenant.state.feed import Change
from haveri_teams_tenant.state.records import User

router = APIRouter(include_in_schema=False)

HEARTBEAT = 15.0


@router.get("/t/{tenant_id}/live")
async def live(house: HouseDep, me: Viewer, since: int = 0) -> StreamingResponse:
    """Server-sent events, one a change, from where the page was written: nothing falls between page and stream."""
    known = since and not house.feed.lost(since)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _stream(house, me, since if known else house.feed.cursor), media_type="text/event-stream", headers=headers
    )


async def _stream(house: House, me: User, since: int) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    async for change in house.feed.follow(since, lambda change: _concerns(house, me, change), HEARTBEAT):
        if change is None:
            yield ": still here\n\n"
            continue
        body = {
            "kind": change.kind,
            "place": change.place_id,
            "root": change.root_id,
            "message": change.message_id,
        }
        yield f"data: {json.dumps(body)}\n\n"


def _concerns(house: House, me: User, change: Change) -> bool:
    if change.tenant_id != me.tenant_id or change.only_for not in ("", me.id):
        return False
    if change.kind.startswith("delivery."):
        return False
    place = house.world.place(change.place_id)
    return place is None or house.world.is_member(me, place)
