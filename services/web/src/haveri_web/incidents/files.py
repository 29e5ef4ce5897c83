"""Photos and files of an incident, found through its timeline and handed out as downloads from the object store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response, StreamingResponse

from haveri_contracts.chat.events import FileShared
from haveri_contracts.plain import EntryType
from haveri_contracts.timeline.queries import ListTimeline, TimelinePage
from haveri_contracts.types import Page
from haveri_web.bus.callers import Caller
from haveri_web.bus.ports import Queries
from haveri_web.bus.queries import ask
from haveri_web.domain.refusals import FilesNotSetUp, FileUnknown
from haveri_web.http.context import WebDep
from haveri_web.http.door import Reader
from haveri_web.http.requests import IncidentId
from haveri_web.incidents.attachments import safe_headers

router = APIRouter(include_in_schema=False)


@router.get("/incidents/{id}/files/{file_id}")
async def download(request: Request, web: WebDep, caller: Reader, incident_id: IncidentId, file_id: UUID) -> Response:
    """One file, for a session or an API token, as a download that no browser runs."""
    file = await _find(web.queries, caller, incident_id, file_id)
    headers = safe_headers(file.file_name, file.content_type, file.size_bytes, file.sha256)
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers={"ETag": headers["ETag"], "Cache-Control": headers["Cache-Control"]})
    if web.blobs is None:
        raise FilesNotSetUp("No object store is set up for this house.")
    pieces = web.blobs.stream(file.key)
    # The first piece is fetched before the answer begins, so that a missing object is a 404 and not a torn download.
    first = await anext(pieces, b"")

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return StreamingResponse(body(), headers=headers)


async def _find(queries: Queries, caller: Caller, incident_id: UUID, file_id: UUID) -> FileShared:
    """What the timeline knows of a file. Raises FileUnknown."""
    cursor = None
    while True:
        page: TimelinePage = await ask(
            queries,
            caller,
            ListTimeline(incident_id=incident_id, types=[EntryType.ATTACHMENT], page=Page(limit=1000, cursor=cursor)),
        )
        for entry in page.items:
            if entry.payload.get("file_id") == str(file_id):
                return _own(entry.payload, caller.organization)
        cursor = page.next_cursor
        if cursor is None:
            raise FileUnknown(f"This incident has no file {file_id}.")


def _own(payload: dict[str, object], organization: str) -> FileShared:
    """The file, if its key lies in the caller's organisation: what chat sent is not believed."""
    try:
        file = FileShared.model_validate(payload)
    except ValidationError as error:
        raise FileUnknown(f"The record of this file cannot be read ({error.error_count()} faults).") from None
    if not file.key.startswith(f"{organization}/"):
        raise FileUnknown("This file is not kept in your organisation's place.")
    return file
