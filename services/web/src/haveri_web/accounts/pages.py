"""Signing in and out."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from haveri_contracts.outcomes import Problem
from haveri_web.domain.refusals import CredentialsWrong, ForeignOrigin, MemberRemoved, TooManyAttempts
from haveri_web.http.context import Web, WebDep
from haveri_web.http.door import (
    check_form_token,
    check_origin,
    clear_session_cookie,
    session_cookie_name,
    set_session_cookie,
)
from haveri_web.http.problems import status_of
from haveri_web.rendering.pages import render
from haveri_web.security.secrets import form_token, new_secret

router = APIRouter(include_in_schema=False)
_LOCAL = re.compile(r"/[A-Za-z0-9_~.?=&%:+-][A-Za-z0-9_~./?=&%:+-]*")
FORM_COOKIE = "haveri_form"
Field = Annotated[str, Form(max_length=500)]


@router.get("/sign-in")
async def show(request: Request, web: WebDep, next: str = "", why: str = "") -> Response:
    """The form. A cookie of its own ties the form to this browser, so that nobody is signed in as somebody else."""
    removed = MemberRemoved("You are no longer a member of this organisation.")
    problem = Problem.of(removed) if why == MemberRemoved.type else None
    return _form(request, web, next=next, problem=problem)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    web: WebDep,
    email: Field = "",
    password: Field = "",
    organization: Field = "",
    next: Field = "",
    form_token: Field = "",
) -> Response:
    """Check, open a session, and go where the person wanted to go."""
    check_origin(request, web)
    try:
        check_form_token(request.cookies.get(FORM_COOKIE, ""), form_token)
        address = request.client.host if request.client else "unknown"
        account = await web.sign_in(email, password, organization, address)
    except (CredentialsWrong, TooManyAttempts, ForeignOrigin) as refusal:
        problem = Problem.of(refusal)
        return _form(request, web, next=next, problem=problem, email=email, organization=organization)
    presented = request.cookies.get(session_cookie_name(web.secure))
    cookie = await web.sessions.open(account.organization_id, account.member_id, presented)
    answer = RedirectResponse(local_path(next), 303)
    set_session_cookie(answer, web, cookie)
    answer.delete_cookie(FORM_COOKIE, path="/sign-in")
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, web: WebDep, form_token: Field = "") -> Response:
    """End the session."""
    check_origin(request, web)
    cookie = request.cookies.get(session_cookie_name(web.secure))
    if cookie:
        check_form_token(cookie, form_token)
        await web.sessions.close(cookie)
    answer = RedirectResponse("/sign-in", 303)
    clear_session_cookie(answer, web)
    return answer


def local_path(wanted: str) -> str:
    """Where to go after sign-in: a path of our own and nothing else, whatever the form said."""
    return wanted if _LOCAL.fullmatch(wanted) else "/"


def _form(
    request: Request, web: Web, *, next: str, problem: Problem | None, email: str = "", organization: str = ""
) -> Response:
    cookie = request.cookies.get(FORM_COOKIE) or new_secret()
    page = render(
        request,
        web,
        "accounts/sign_in.html",
        caller=None,
        status=status_of(problem.type) if problem else 200,
        token=form_token(cookie),
        next=local_path(next),
        problem=problem,
        email=email,
        organization=organization,
    )
    page.set_cookie(
        FORM_COOKIE, cookie, max_age=86_400, path="/sign-in", secure=web.secure, httponly=True, samesite="strict"
    )
    return page
