"""What a caller sees when something does not work: a problem for programs, a page for people."""

from __future__ import annotations

from urllib.parse import quote

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from haveri_chassis.bus import BusUnavailable, OwnerUnavailable
from haveri_chassis.logs import get_logger
from haveri_chassis.objects import ObjectNotFound, ObjectStoreUnavailable
from haveri_contracts.outcomes import Problem
from haveri_contracts.plain import Refusal
from haveri_web.bus.callers import Caller
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.http.context import web_of
from haveri_web.http.door import session_cookie_name
from haveri_web.http.problems import problem_headers, problem_of, problem_response, status_of
from haveri_web.rendering.pages import directory_or_none, render

log = get_logger(__name__)

_AWAY = Problem(
    type="not-possible-now",
    title="This is not possible right now.",
    detail="A part of Haveri that this needs does not answer. Nothing was changed; try again in a moment.",
)
_GONE = Problem(type="file-unknown", title="The file is gone.", detail="The object store no longer has this file.")
_FAULT = Problem(
    type="internal-error", title="Something went wrong here.", detail="It has been logged. Trying again may help."
)
_HTTP = {
    400: Problem(
        type="body-not-json", title="The body cannot be read.", detail="Send JSON with Content-Type: application/json."
    ),
    404: Problem(type="not-found", title="There is nothing here.", detail="Check the address."),
    405: Problem(
        type="method-not-allowed", title="This method does not work here.", detail="See /api/docs for the ones that do."
    ),
    415: Problem(
        type="media-type-not-supported",
        title="This type of body is not read here.",
        detail="Send JSON with Content-Type: application/json.",
    ),
}
_UNAVAILABLE = (
    BusUnavailable,
    OwnerUnavailable,
    ObjectStoreUnavailable,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    OSError,
)


def install_error_handlers(http: FastAPI) -> None:
    """Give every exception its answer."""
    http.add_exception_handler(Refusal, _refused)
    http.add_exception_handler(RequestValidationError, _invalid)
    http.add_exception_handler(HTTPException, _http)
    http.add_exception_handler(ObjectNotFound, _gone)
    http.add_exception_handler(Exception, _fault)
    for kind in _UNAVAILABLE:
        http.add_exception_handler(kind, _away)


async def _answer(request: Request, problem: Problem, status: int, headers: dict[str, str]) -> Response:
    if request.url.path.startswith("/api/"):
        return problem_response(problem, status, headers)
    return await _error_page(request, problem, status, headers)


async def _refused(request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, Refusal):
        raise refusal
    problem = problem_of(refusal)
    findings = () if problem.type.endswith("-unknown") else problem.errors
    status = getattr(refusal, "status", None) or status_of(problem.type, findings)
    return await _answer(request, problem, status, problem_headers(refusal))


async def _invalid(request: Request, error: Exception) -> Response:
    findings = error.errors() if isinstance(error, RequestValidationError) else []
    if any(finding["type"] == "json_invalid" for finding in findings):
        return await _answer(request, _HTTP[400], 400, {})
    if any(finding["loc"] == ("body",) and _is_no_json(request) for finding in findings):
        return await _answer(request, _HTTP[415], 415, {})
    return await _refused(request, InvalidRequest([_finding(item) for item in findings]))


def _finding(item: dict[str, object]) -> dict[str, str]:
    location = item["loc"] if isinstance(item["loc"], tuple) else ()
    names = [str(part) for part in location if part not in ("body", "query", "path", "header")]
    return {"field": ".".join(names) or "body", "problem": str(item["msg"]).removeprefix("Value error, ")}


def _is_no_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(kind) and kind != "application/json" and not kind.endswith("+json")


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return await _answer(request, _HTTP.get(status, _FAULT), status, headers)


async def _away(request: Request, error: Exception) -> Response:
    log.warning("something needed is away", path=_path(request), error=repr(error))
    return await _answer(request, _AWAY, 503, {"Retry-After": "2"})


def _path(request: Request) -> str:
    """The path for the log, without the key that an answer link carries in it."""
    return "/answer/…" if request.url.path.startswith("/answer/") else request.url.path


async def _gone(request: Request, error: Exception) -> Response:
    log.error("a file of the timeline is not in the object store", path=_path(request), error=str(error))
    return await _answer(request, _GONE, 404, {})


async def _fault(request: Request, error: Exception) -> Response:
    log.error("a request failed", path=_path(request), method=request.method, exc_info=error)
    return await _answer(request, _FAULT, 500, {})


_KINDS = {401: "forbidden", 403: "forbidden", 404: "missing", 500: "fault", 503: "away"}
_NO_PAGES = ("/static/", "/live", "/livez", "/readyz", "/metrics")


async def _error_page(request: Request, problem: Problem, status: int, headers: dict[str, str]) -> Response:
    """A page about the problem; whoever must sign in first is taken there, and back afterwards."""
    if request.url.path.startswith(_NO_PAGES):
        return problem_response(problem, status, headers)
    if status == 401 and not request.headers.get("authorization"):
        return _to_sign_in(request, problem)
    web = web_of(request)
    caller = await _caller(request)
    page = render(
        request,
        web,
        "error.html",
        caller=caller,
        directory=await directory_or_none(web, caller) if caller else None,
        status=status,
        number=status,
        problem=problem,
        kind=_KINDS.get(status, "invalid"),
        again=request.url.path,
    )
    page.headers.update(headers)
    return page


def _to_sign_in(request: Request, problem: Problem) -> Response:
    web = web_of(request)
    back = request.url.path if request.method == "GET" and request.url.path != "/" else ""
    if back and request.url.query:
        back = f"{back}?{request.url.query}"
    reason = f"&why={problem.type}" if problem.type == "member-removed" else ""
    answer = RedirectResponse(f"/sign-in?next={quote(back, safe='')}{reason}", 303)
    answer.delete_cookie(session_cookie_name(web.secure), path="/", secure=web.secure, httponly=True, samesite="lax")
    return answer


async def _caller(request: Request) -> Caller | None:
    """Who is signed in, if that can be known now."""
    web = web_of(request)
    cookie = request.cookies.get(session_cookie_name(web.secure))
    if not cookie:
        return None
    try:
        return await web.sessions.caller(cookie)
    except (Refusal, OSError):
        return None
    except Exception as error:
        if type(error).__module__.startswith(("asyncpg", "haveri_chassis")):
            return None
        raise
