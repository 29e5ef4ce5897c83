"""The bytes of attachments: for people who can see them, and behind pre-authenticated addresses for bots."""

from __future__ import annotations

import secrets
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.page.viewer import Viewer
from haveri_teams_tenant.people.refusals import NotAllowed, NotThere
from haveri_teams_tenant.state.records import File

router = APIRouter(include_in_schema=False)

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@router.get("/t/{tenant_id}/files/{file_id}")
async def for_people(file_id: str, house: HouseDep, me: Viewer) -> Response:
    """A file for somebody who is in its conversation; only harmless images are shown, all else is saved."""
    file = house.world.files.get(file_id)
    place = house.world.place(file.place_id) if file else None
    if file is None or place is None or not house.world.is_member(me, place):
        raise NotThere("There is no such file.")
    return _answer(house, file)


@router.get("/download/{file_id}/{name}")
async def pre_authenticated(file_id: str, house: HouseDep, tempauth: str = "") -> Response:
    """A file for whoever holds its address."""
    file = house.world.files.get(file_id)
    if file is None:
        raise NotThere("There is no such file.")
    if not secrets.compare_digest(tempauth.encode(), file.download_key.encode()):
        raise NotAllowed("The address is not valid.")
    return _answer(house, file)


def _answer(house: House, file: File) -> Response:
    body = house.store.get_blob(file.id)
    if body is None:
        raise NotThere("There is no such file.")
    shown = file.content_type in SHOWN
    disposition = "inline" if shown else f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    headers = {
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
    return Response(body, media_type=file.content_type if shown else "application/octet-stream", headers=headers)
