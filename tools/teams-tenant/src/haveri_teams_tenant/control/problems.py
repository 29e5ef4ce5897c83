"""Refusals of people's wishes as `application/problem+json`."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from haveri_teams_tenant.cards.inputs import BadInputs
from haveri_teams_tenant.control.faults import surface_of
from haveri_teams_tenant.graph import errors as graph
from haveri_teams_tenant.page.look import page
from haveri_teams_tenant.people.refusals import Refused


async def answer_refused(request: Request, refusal: Exception) -> Response:
    """The reason in a person's words: in Graph's shape, as a page for a browser, else as a problem document."""
    if not isinstance(refusal, Refused):
        raise refusal
    if surface_of(request.url.path) == "graph":
        return await graph.answer_refusal(request, graph.bad_request(refusal.reason))
    if request.url.path.startswith("/t/") and "text/html" in request.headers.get("Accept", ""):
        return page("gone.html", status=refusal.status, reason=refusal.reason, back="/")
    return problem(refusal.status, refusal.reason)


async def answer_bad_inputs(_: Request, refusal: Exception) -> JSONResponse:
    """What is wrong with each input."""
    if not isinstance(refusal, BadInputs):
        raise refusal
    return problem(422, str(refusal), problems=refusal.problems)


def problem(status: int, detail: str, **extra: object) -> JSONResponse:
    """A problem document; `extra` stands beside the usual members."""
    body = {"type": "about:blank", "title": "Refused", "status": status, "detail": detail, **extra}
    return JSONResponse(body, status, media_type="application/problem+json")
