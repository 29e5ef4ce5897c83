"""What all pages share: templates, static files, security headers."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from haveri_teams_tenant.cards.actions import slug
from haveri_teams_tenant.cards.links import link
from haveri_teams_tenant.control.access import known_host
from haveri_teams_tenant.settings import TenantSettings

HERE = Path(__file__).parent
STATIC = HERE / "static"
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


def _fingerprint(name: str) -> str:
    """The address of a static file, new with every change of it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def _clock_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%H:%M UTC")


def _hue(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0] % 12


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


def _with_links(text: str) -> Markup:
    shown, end = Markup(), 0
    for found in _ADDRESS.finditer(text):
        shown += escape(text[end : found.start()]) + link(found.group(), found.group(), test_id="mail-link")
        end = found.end()
    return shown + escape(text[end:])


def _icon(name: str) -> Markup:
    """A picture of the sprite; decoration only, its button has a label."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(ICONS, name)


ICONS = _fingerprint("icons.svg")


def _make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "slug": slug,
        "clock": _clock_text,
        "hue": _hue,
        "initials": _initials,
        "links": _with_links,
    }
    environment.globals |= {
        "icon": _icon,
        "static": {name: _fingerprint(name) for name in ("chat.css", "card.css", "chat.js", "icons.svg")},
    }
    return environment


_environment = _make_environment()


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A template as an answer."""
    return HTMLResponse(fragment(name, **values), status, headers={"Cache-Control": "no-store"})


def fragment(name: str, **values: Any) -> str:
    """A template as text."""
    return _environment.get_template(name).render(values)


def wants_json(request: Request) -> bool:
    """Whether the page's own script asks; a form without script wants to be sent on instead."""
    return "application/json" in request.headers.get("Accept", "")


class SecurityHeaders:
    """Puts the strict policy on every page, and refuses pages under a foreign host name."""

    def __init__(self, app: ASGIApp, settings: TenantSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == "/" or path.startswith(("/t/", "/docs", "/static/"))):
            await self._app(scope, receive, send)
            return
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        if not known_host(host, self._settings):
            await PlainTextResponse("Unknown host name.", 421)(scope, receive, send)
            return

        async def add_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self._app(scope, receive, add_headers)
