"""The HTTP application: routes, the door's middleware, and errors."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from haveri_web.accounts import pages as sign_in
from haveri_web.api import api_router
from haveri_web.directory import pages as plant
from haveri_web.escalations import answer_page as answering
from haveri_web.escalations import heartbeat
from haveri_web.escalations import pages as escalations
from haveri_web.http import docs, live, static
from haveri_web.http.context import Web
from haveri_web.http.errors import install_error_handlers
from haveri_web.http.middleware import BodyLimit, SafeHeaders
from haveri_web.http.problems import MEDIA_TYPE
from haveri_web.incidents import downloads as files
from haveri_web.incidents import overview
from haveri_web.incidents import page as incident
from haveri_web.incidents import pages as incidents
from haveri_web.policies import editing as policy_editing
from haveri_web.policies import maintenance, quiet_hours, simulation
from haveri_web.policies import pages as policies
from haveri_web.settings import pages as settings
from haveri_web.shifts import changes as shift_changes
from haveri_web.shifts import pages as shifts
from haveri_web.shifts import plan as shift_plan
from haveri_web.shifts import rotations

_INTRODUCTION = """\
Send an API token as `Authorization: Bearer hvr_…`; make one under Settings. From a browser's session, requests that
change something also carry the `form_token` of `GET /me` as `X-Form-Token`.

Errors are RFC 9457 problems (`application/problem+json`) whose `type` names the refusal and never changes. Lists are
`{"items": […], "next_cursor": …}`; give `next_cursor` back as `cursor` for the next page. Every request that changes
something takes an `Idempotency-Key`: repeating it with the same key has one effect and gets the same answer.

When the owner of a command does not answer in time, the answer is 202 with the command's id: it is stored and will be
carried out. Moments are ISO 8601 with a time zone; an incident's `{id}` is its UUID or its number, `INC-42`.
"""


def create_http(web: Web) -> FastAPI:
    """The application around the use cases."""
    http = FastAPI(
        title="Haveri",
        version="1",
        description=_INTRODUCTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        # A wrong slash at the end is a wrong address; a redirect would lose the body of a POST for some clients.
        redirect_slashes=False,
    )
    http.state.web = web
    http.include_router(api_router())
    for module in (
        sign_in,
        overview,
        incidents,
        files,
        incident,
        plant,
        settings,
        live,
        docs,
        answering,
        policies,
        policy_editing,
        simulation,
        quiet_hours,
        maintenance,
        escalations,
        shifts,
        shift_changes,
        shift_plan,
        rotations,
        heartbeat,
        static,
    ):
        http.include_router(module.router)
    http.add_middleware(BodyLimit)
    http.add_middleware(SafeHeaders, secure=web.secure)
    install_error_handlers(http)
    http.openapi = lambda: _openapi(http)  # type: ignore[method-assign]
    return http


def _openapi(http: FastAPI) -> dict[str, Any]:
    if http.openapi_schema is None:
        document = get_openapi(title=http.title, version=http.version, description=http.description, routes=http.routes)
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        _say_that_errors_are_problems(document)
        http.openapi_schema = document
    return http.openapi_schema


def _say_that_errors_are_problems(document: dict[str, Any]) -> None:
    # FastAPI writes the schema of every model down as application/json.
    for operations in document["paths"].values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                content = answer.get("content", {})
                if MEDIA_TYPE in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
