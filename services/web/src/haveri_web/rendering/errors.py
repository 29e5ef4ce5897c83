"""Pages for what does not work, each saying what to do next."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from haveri_contracts.outcomes import Problem
from haveri_contracts.plain import Refusal
from haveri_web.http.context import web_of
from haveri_web.http.problems import problem_response
from haveri_web.rendering.pages import directory_or_none, render
from haveri_web.security.callers import Caller
from haveri_web.security.door import session_cookie_name

_KINDS = {401: "forbidden", 403: "forbidden", 404: "missing", 500: "fault", 503: "away"}
_NO_PAGES = ("/static/", "/live", "/livez", "/readyz", "/metrics")


async def error_page(request: Request, problem: Problem, status: int, headers: dict[str, str]) -> Response:
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
    """Who is signed in, if that can be told now."""
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
