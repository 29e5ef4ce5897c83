"""Templates into pages."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from haveri_chassis.bus import OwnerUnavailable
from haveri_contracts.directory.models import Locale
from haveri_web.bus.directory import UTC_ZONE, Directory
from haveri_web.http.context import Web
from haveri_web.rendering import moments
from haveri_web.security.callers import Caller
from haveri_web.texts import language_of, translator

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
        local=moments.local,
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
        locale=locale.value,
        nonce=request.scope["state"]["nonce"],
        caller=caller,
        organization_name=directory.organization.name if directory else (caller.organization if caller else ""),
        now=web.clock.now(),
        home_zone=home_zone(caller, directory),
        here=here,
        here_url=_own_url(request),
        **{"token": caller.form_token if caller else "", **context},
    )
    return HTMLResponse(page, status)


def translated(caller: Caller) -> tuple[Locale, Any]:
    """The caller's language and its texts, for what pages put together before rendering."""
    return caller.member.locale, translator(caller.member.locale)


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
