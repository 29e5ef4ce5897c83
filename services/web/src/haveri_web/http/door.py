"""The door of every route: who calls, whether they may, and whether a browser was tricked into calling."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.responses import Response

from haveri_web.bus.callers import Caller
from haveri_web.domain.access import TO_ADMINISTER, TO_MANAGE, TO_READ, TO_RESPOND, Needs
from haveri_web.domain.refusals import ForeignOrigin, NotSignedIn
from haveri_web.http.context import Web, WebDep
from haveri_web.security.secrets import is_form_token

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_HEADER = "X-Form-Token"


def session_cookie_name(secure: bool) -> str:
    """The session cookie. With https its name keeps other hosts of the domain from planting one."""
    return "__Host-haveri_session" if secure else "haveri_session"


async def find_caller(request: Request, web: WebDep) -> Caller:
    """Who calls, by bearer token or session cookie. Raises NotSignedIn and its kin, or ForeignOrigin."""
    authorization = request.headers.get("authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotSignedIn("The Authorization header must be: Bearer <API token>.")
        return await web.tokens.caller(token.strip())
    return await signed_in(request, web)


async def signed_in(request: Request, web: WebDep) -> Caller:
    """Who is signed in. A request that changes something must come from our own pages."""
    cookie = request.cookies.get(session_cookie_name(web.secure))
    if not cookie:
        raise NotSignedIn("Send an API token as a bearer token, or sign in.")
    caller = await web.sessions.caller(cookie)
    if request.method not in _SAFE_METHODS:
        check_origin(request, web)
        if request.url.path.startswith("/api/"):
            check_form_token(cookie, request.headers.get(FORM_HEADER, ""))
    return caller


def check_origin(request: Request, web: Web, *, hidden: bool = False) -> None:
    """Raise ForeignOrigin when a browser says that the request comes from another site's page.

    `hidden` is for pages of ours that send no referrer: browsers write the origin of their forms as `null`.
    """
    origin = request.headers.get("origin")
    if origin is not None and not (hidden and origin == "null"):
        own = origin == web.settings.public_url or urlsplit(origin).netloc == request.headers.get("host")
    else:
        own = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    if not own:
        raise ForeignOrigin("Go back to Haveri's own page and try again there.")


def check_form_token(cookie: str, given: str) -> None:
    """Raise ForeignOrigin unless the form was made for this cookie."""
    if not is_form_token(cookie, given):
        raise ForeignOrigin("The form is too old or not one of ours. Load the page again and repeat.")


def check_session_form(request: Request, web: Web, given: str) -> None:
    """Raise ForeignOrigin unless the form was made for the session of this request."""
    check_form_token(request.cookies.get(session_cookie_name(web.secure), ""), given)


Found = Annotated[Caller, Depends(find_caller)]
"""Who calls, found once a request, whatever they may."""


def needing(needs: Needs) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that gives the caller, who may do what the route needs."""

    async def check(caller: Found) -> Caller:
        caller.must(needs)
        return caller

    return check


Reader = Annotated[Caller, Depends(needing(TO_READ))]
Responder = Annotated[Caller, Depends(needing(TO_RESPOND))]
Manager = Annotated[Caller, Depends(needing(TO_MANAGE))]
Administrator = Annotated[Caller, Depends(needing(TO_ADMINISTER))]
SignedIn = Annotated[Caller, Depends(signed_in)]


def set_session_cookie(response: Response, web: Web, cookie: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        session_cookie_name(web.secure),
        cookie,
        max_age=int(web.sessions.longest.total_seconds()),
        path="/",
        secure=web.secure,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response, web: Web) -> None:
    """Take the browser's session away."""
    response.delete_cookie(session_cookie_name(web.secure), path="/", secure=web.secure, httponly=True, samesite="lax")
