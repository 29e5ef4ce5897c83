"""Photos and files of an incident, handed out as downloads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from haveri_web.http.context import WebDep
from haveri_web.http.requests import IncidentId
from haveri_web.incidents.attachments import safe_headers
from haveri_web.security.door import Reader

router = APIRouter(include_in_schema=False)


@router.get("/incidents/{id}/files/{file_id}")
async def download(request: Request, web: WebDep, caller: Reader, incident_id: IncidentId, file_id: UUID) -> Response:
    """One file, for a session or an API token, as a download that no browser runs."""
    file = await web.files.find(caller, incident_id, file_id)
    headers = safe_headers(file.file_name, file.content_type, file.size_bytes, file.sha256)
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers={"ETag": headers["ETag"], "Cache-Control": headers["Cache-Control"]})
    pieces = web.files.read(file)
    # The first piece is fetched before the answer begins, so that a missing object is a 404 and not a torn download.
    first = await anext(pieces, b"")

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return StreamingResponse(body(), headers=headers)
