"""The record of one incident, to keep or to send on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from haveri_contracts.plain import Refusal
from haveri_web.http.answers import Export, answers, json_response
from haveri_web.http.context import WebDep
from haveri_web.http.requests import IncidentName
from haveri_web.incidents.export import as_markdown, collect
from haveri_web.security.door import Reader

router = APIRouter(tags=["timeline"])


class FormatNotAvailable(Refusal):
    """The record is not given in this format."""

    type = "format-not-available"
    title = "The record is not given in this format."


_ANSWERS = answers(Export, 200, 404)
_ANSWERS[200]["content"] = {"text/markdown": {"schema": {"type": "string"}}}


@router.get("/incidents/{id}/export", responses=_ANSWERS)
async def export(
    web: WebDep,
    caller: Reader,
    name: IncidentName,
    form: Annotated[str, Query(alias="format", max_length=20, description="json or md")] = "json",
) -> Response:
    """An incident with its whole timeline and hash chain, as JSON or as a Markdown document."""
    if form not in ("json", "md"):
        raise FormatNotAvailable("Choose format=json or format=md.")
    record = await collect(web.queries, web.incidents, caller, name)
    now = web.clock.now()
    headers = {"Content-Disposition": f'attachment; filename="{record.incident.number}.{form}"'}
    if form == "json":
        answer = Export(
            incident=record.incident,
            timeline=record.timeline,
            chain=record.chain,
            exported_at=now,
            exported_by=caller.actor,
        )
        return json_response(answer, headers=headers)
    directory = await web.directories.get(caller.organization)
    document = as_markdown(record, directory, now)
    return Response(document, 200, headers, "text/markdown; charset=utf-8")
