"""Templates into pages."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse

from haveri_chassis.bus import OwnerUnavailable, QueryRefused
from haveri_contracts.directory.models import Facility, Locale
from haveri_contracts.message import Command, Query
from haveri_contracts.outcomes import Outcome
from haveri_contracts.plain import Refusal
from haveri_directory_copy.directory import UTC_ZONE, Directory
from haveri_web.bus.callers import Caller
from haveri_web.bus.queries import ask, known_facility
from haveri_web.domain.access import TO_ADMINISTER, TO_MANAGE, TO_READ, TO_RESPOND, Needs
from haveri_web.http.context import Web, WebDep
from haveri_web.http.door import SignedIn, check_session_form
from haveri_web.http.problems import problem_of, status_of
from haveri_web.rendering import moments
from haveri_web.texts import Translate, language_of, translator

_STATIC = files("haveri_web") / "static"


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("haveri_web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        local=moments.local_filter,
        utc=moments.utc,
        iso=moments.iso,
        age=moments.age,
        countdown=moments.countdown,
        initials=_initials,
    )
    made.globals["static"] = static_url
    return made


def static_url(name: str) -> str:
    """The address of one of our files; it changes with the file, so that browsers may keep it for good."""
    # The stylesheet names the font itself, and must name the same address.
    return f"/static/{name}" if name.startswith("fonts/") else f"/static/{name}?v={_VERSIONS[name]}"


def _version(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]


_VERSIONS = {name: _version(name) for name in ("haveri.css", "live.js", "favicon.svg")}
_TEMPLATES = _environment()


def render(
    request: Request,
    web: Web,
    template: str,
    *,
    caller: Caller | None,
    directory: Directory | None = None,
    here: str = "",
    status: int = 200,
    locale: Locale | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page. Everything from people is escaped by the templates; `here` is the part of the site it belongs to.

    It speaks `locale`, else the caller's language, else the browser's.
    """
    spoken = caller.member.locale if caller else language_of(request.headers.get("accept-language", ""))
    locale = locale or spoken
    page = _TEMPLATES.get_template(template).render(
        t=translator(locale),
        locale=locale,
        nonce=request.scope["state"]["nonce"],
        caller=caller,
        organization_name=directory.organization.name if directory else (caller.organization if caller else ""),
        now=web.clock.now(),
        home_zone=home_zone(caller, directory),
        here=here,
        navigation=request.app.state.navigation,
        here_url=_own_url(request),
        **{"token": caller.form_token if caller else "", **context},
    )
    return HTMLResponse(page, status)


def home_zone(caller: Caller | None, directory: Directory | None) -> ZoneInfo:
    """The time zone of the member's own plant, of the only plant, or UTC."""
    if caller is None or directory is None:
        return UTC_ZONE
    own = directory.facilities_of(caller.member) or set(directory.facilities)
    zones = {directory.zone_of(facility_id) for facility_id in own}
    return zones.pop() if len(zones) == 1 else UTC_ZONE


async def directory_or_none(web: Web, caller: Caller) -> Directory | None:
    """The directory for names; pages about errors do without."""
    try:
        return await web.directories.get(caller.organization)
    except OwnerUnavailable:
        return None


def _own_url(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


@dataclass(frozen=True, slots=True)
class Page:
    """What the pages of signed-in members stand on. `fields` is the form that was sent, if one was."""

    request: Request
    web: Web
    caller: Caller
    directory: Directory
    t: Translate
    fields: FormData

    def render(
        self, template: str, *, here: str, status: int = 200, refusal: Refusal | None = None, **context: Any
    ) -> HTMLResponse:
        """The page of a template; with a refusal its `problem` and status."""
        problem = problem_of(refusal) if refusal else None
        return render(
            self.request,
            self.web,
            template,
            caller=self.caller,
            directory=self.directory,
            here=here,
            status=status_of(problem.type, problem.errors) if problem else status,
            **{"problem": problem, "facilities": list(self.directory.facilities.values()), **context},
        )

    async def ask(self, query: Query) -> Any:
        """The owner's answer; raises QueryRefused or OwnerUnavailable."""
        return await ask(self.web.queries, self.caller, query)

    async def ask_or_none(self, query: Query) -> Any:
        """The answer, or None while the owner is away: a page about something else is worth showing without it."""
        try:
            return await self.ask(query)
        except (OwnerUnavailable, QueryRefused):
            return None

    async def send(self, command: Command) -> Outcome | None:
        """The accepted outcome, or None when the owner will see to it later. Raises CommandRefused."""
        return await self.web.sender.send(self.caller, command, self.web.ids.new())

    def own_first(self) -> list[Facility]:
        """Every facility, those of the caller's own teams first."""
        own = self.directory.facilities_of(self.caller.member)
        return sorted(self.directory.facilities.values(), key=lambda facility: facility.id not in own)

    def facility(self, wanted: UUID | None) -> Facility | None:
        """The facility asked for, else one of the caller's own, else any. Raises FacilityUnknown."""
        if wanted is not None:
            return known_facility(self.directory, wanted)
        return next(iter(self.own_first()), None)


async def _page(request: Request, web: WebDep, caller: SignedIn) -> Page:
    directory = await web.directories.get(caller.organization)
    return Page(request, web, caller, directory, translator(caller.member.locale), FormData())


def _form(needs: Needs) -> Callable[..., Awaitable[Page]]:
    async def check(request: Request, web: WebDep, caller: SignedIn) -> Page:
        fields = await request.form()
        token = fields.get("form_token", "")
        check_session_form(request, web, token if isinstance(token, str) else "")
        caller.must(needs)
        return replace(await _page(request, web, caller), fields=fields)

    return check


PageDep = Annotated[Page, Depends(_page)]
OwnForm = Annotated[Page, Depends(_form(TO_READ))]
"""A form that came from our own page; raises ForeignOrigin when it did not."""
RespondersForm = Annotated[Page, Depends(_form(TO_RESPOND))]
ManagersForm = Annotated[Page, Depends(_form(TO_MANAGE))]
AdministratorsForm = Annotated[Page, Depends(_form(TO_ADMINISTER))]
