"""The HTTP application: routes, the door's middleware, and errors."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi

from haveri_web import api_docs
from haveri_web.accounts import api as accounts_api
from haveri_web.accounts import pages as accounts_pages
from haveri_web.directory import api as directory_api
from haveri_web.directory import pages as directory_pages
from haveri_web.escalations import answer_page, heartbeat
from haveri_web.escalations import api as escalations_api
from haveri_web.escalations import pages as escalations_pages
from haveri_web.http import live, static
from haveri_web.http.context import Web
from haveri_web.http.middleware import BodyLimit, SafeHeaders
from haveri_web.http.problems import MEDIA_TYPE
from haveri_web.http.requests import only_its_parameters
from haveri_web.incidents import api as incidents_api
from haveri_web.incidents import commands, escalation, export, files, overview
from haveri_web.incidents import pages as incidents_pages
from haveri_web.policies import api as policies_api
from haveri_web.policies import editing, maintenance, quiet_hours, simulation
from haveri_web.policies import pages as policies_pages
from haveri_web.policies import settings_api as policies_settings_api
from haveri_web.rendering.errors import install_error_handlers
from haveri_web.settings import api as settings_api
from haveri_web.settings import pages as settings_pages
from haveri_web.shifts import api as shifts_api
from haveri_web.shifts import changes as shift_changes
from haveri_web.shifts import pages as shifts_pages
from haveri_web.shifts import plan, rotations

_INTRODUCTION = """\
Send an API token as `Authorization: Bearer hvr_…`; make one under Settings. From a browser's session, requests that
change something also carry the `form_token` of `GET /me` as `X-Form-Token`.

Errors are RFC 9457 problems (`application/problem+json`) whose `type` names the refusal and never changes. Lists are
`{"items": […], "next_cursor": …}`; give `next_cursor` back as `cursor` for the next page. Every request that changes
something takes an `Idempotency-Key`: repeating it with the same key has one effect and gets the same answer.

When the owner of a command does not answer in time, the answer is 202 with the command's id: it is stored and will be
carried out. Moments are ISO 8601 with a time zone; an incident's `{id}` is its UUID or its number, `INC-42`.
"""


API = (
    incidents_api.router,
    commands.router,
    policies_api.router,
    escalation.api,
    escalations_api.router,
    policies_settings_api.router,
    export.router,
    directory_api.router,
    shifts_api.router,
    settings_api.router,
    accounts_api.router,
)
"""Routes of the REST API, in the order in which its document lists them."""

PAGES = (
    accounts_pages.router,
    overview.router,
    incidents_pages.router,
    files.router,
    escalation.router,
    directory_pages.router,
    settings_pages.router,
    live.router,
    api_docs.router,
    answer_page.router,
    policies_pages.router,
    editing.router,
    simulation.router,
    quiet_hours.router,
    maintenance.router,
    escalations_pages.router,
    shifts_pages.router,
    shift_changes.router,
    plan.router,
    rotations.router,
    heartbeat.router,
    static.router,
)
"""Everything else; a fixed path stands before one with a name in its place."""

NAVIGATION = (
    ("overview", "/", "pulse"),
    ("incidents", "/incidents", "list"),
    ("escalation", "/escalations", "escalation"),
    ("shifts", "/shifts", "calendar"),
    ("plant", "/plant", "plant"),
    ("settings", "/settings", "gear"),
)
"""The tabs of every page: what a page calls `here` (and the catalogue `nav.<name>`), its address, its icon."""


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
    http.state.navigation = NAVIGATION
    for router in API:
        http.include_router(router, prefix="/api/v1", dependencies=[Depends(only_its_parameters)])
    for router in PAGES:
        http.include_router(router)
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
