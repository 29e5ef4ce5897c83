"""The page behind the link in an e-mail or SMS. Nobody signs in: whoever holds the link was called.

Mail scanners open links, so looking changes nothing; only the button does.
"""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from haveri_chassis.bus import BusUnavailable, OwnerUnavailable
from haveri_contracts.outcomes import Problem
from haveri_contracts.refusals import LinkExpired
from haveri_directory_copy.directory import UTC_ZONE
from haveri_web.bus.commands import CommandRefused
from haveri_web.domain.refusals import ForeignOrigin, TooManyAttempts
from haveri_web.escalations.answering import Answering, Call, LinkUnknown
from haveri_web.http.context import Web, WebDep
from haveri_web.http.door import check_form_token, check_origin
from haveri_web.http.problems import status_of
from haveri_web.rendering.pages import render
from haveri_web.security.secrets import form_token as token_for_forms
from haveri_web.texts import language_of

router = APIRouter(include_in_schema=False)
_PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}
_GONE = 410


@router.get("/answer/{token}")
async def show(request: Request, web: WebDep, token: str) -> Response:
    """What one is called for, and one button; changes nothing."""
    try:
        return _page(request, web, token, await Answering(web).read(token, _address(request)))
    except (LinkUnknown, LinkExpired, TooManyAttempts, OwnerUnavailable) as error:
        return _no_call(request, web, error)


@router.post("/answer/{token}")
async def answer(
    request: Request, web: WebDep, token: str, form_token: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """The button was pressed; pressing it twice is fine."""
    try:
        check_origin(request, web, hidden=True)
        check_form_token(token, form_token)
        return _page(request, web, token, await Answering(web).answer(token, _address(request)))
    except CommandRefused as refusal:
        call = await Answering(web).read(token, _address(request))
        return _page(request, web, token, call, problem=Problem.of(refusal))
    except (LinkUnknown, LinkExpired, TooManyAttempts, ForeignOrigin, OwnerUnavailable, BusUnavailable) as error:
        return _no_call(request, web, error)


def _page(request: Request, web: Web, token: str, call: Call, problem: Problem | None = None) -> Response:
    taker = call.directory.members.get(call.taken_by) if call.taken_by else None
    page = render(
        request,
        web,
        "escalations/answer.html",
        caller=None,
        locale=call.member.locale,
        status=status_of(problem.type, problem.errors) if problem else 200,
        standing=call.standing.value,
        purpose=call.link.purpose.value,
        number=call.incident.number if call.incident else call.link.incident_number,
        title=call.incident.title if call.incident else call.link.incident_title,
        where=_where(call),
        since=call.incident.declared_at if call.incident else None,
        zone=_zone(call),
        me=call.member.name,
        organization=call.directory.organization.name,
        taken_by=taker.name if taker else "",
        taken_at=call.taken_at,
        token=token_for_forms(token),
        problem=problem,
    )
    page.headers.update(_PRIVATE)
    return page


def _no_call(request: Request, web: Web, error: Exception) -> Response:
    standing, status = _WHY.get(type(error), ("away", 503))
    page = render(
        request,
        web,
        "escalations/answer.html",
        caller=None,
        locale=language_of(request.headers.get("accept-language", "")),
        status=status,
        standing=standing,
        problem=None,
    )
    page.headers.update(_PRIVATE)
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        page.headers["Retry-After"] = str(retry_after)
    return page


_WHY: dict[type[Exception], tuple[str, int]] = {
    LinkUnknown: ("unknown", 404),
    LinkExpired: ("expired", _GONE),
    TooManyAttempts: ("often", 429),
    ForeignOrigin: ("foreign", 403),
}


def _zone(call: Call) -> ZoneInfo:
    return call.directory.zone_of(call.incident.facility_id) if call.incident else UTC_ZONE


def _where(call: Call) -> str:
    if call.incident is None:
        return ""
    facility = call.directory.facilities.get(call.incident.facility_id)
    area = call.directory.areas.get(call.incident.area_id) if call.incident.area_id else None
    return ", ".join(place.name for place in (facility, area) if place)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
