"""The stylesheet, the script, the font and the icon, from memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from fastapi import APIRouter, Request
from starlette.responses import Response

from haveri_web.domain.refusals import NotFound

router = APIRouter(include_in_schema=False)
_KINDS = {
    "haveri.css": "text/css; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
    "fonts/inter-latin-wght-normal.woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    kind: str
    etag: str


def _load(name: str, kind: str) -> Asset:
    body = (files("haveri_web") / "static" / name).read_bytes()
    return Asset(body, kind, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


_ASSETS = {name: _load(name, kind) for name, kind in _KINDS.items()}


@router.get("/static/{name:path}")
async def static(request: Request, name: str) -> Response:
    """One of our own files; its address changes when it does, so it may be kept."""
    asset = _ASSETS.get(name)
    if asset is None:
        raise NotFound("There is no such file.")
    lasting = "v" in request.query_params or name.startswith("fonts/")
    headers = {
        "ETag": asset.etag,
        "Cache-Control": "public, max-age=31536000, immutable" if lasting else "public, max-age=300",
    }
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, 200, headers, asset.kind)


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """What browsers ask for unasked."""
    return await static(request, "favicon.svg")
