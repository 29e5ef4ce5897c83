"""What every request passes: the size of its body, and the headers that keep browsers safe."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from haveri_contracts.outcomes import Problem
from haveri_web.http.problems import problem_response

_USUAL_BODY = 256 * 1024
_LARGE_BODY = 4 * 1024 * 1024
LARGE_BODIES = frozenset({"/api/v1/import", "/api/v1/shifts/import", "/shifts/import"})


class _TooLarge(Exception):
    """The body went over its limit while it was read."""


class BodyLimit:
    """Refuses bodies that are too large, by what they say of themselves or else while they are read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        most = _LARGE_BODY if scope["path"] in LARGE_BODIES else _USUAL_BODY
        said = Headers(scope=scope).get("content-length", "0")
        if not said.isdecimal() or int(said) > most:
            await _refusal(most)(scope, receive, send)
            return
        await _Counted(self._app, receive, send, most).run(scope)


class _Counted:
    """One request whose body is counted while it is read."""

    def __init__(self, app: ASGIApp, receive: Receive, send: Send, most: int) -> None:
        self._app, self._receive, self._send, self._most = app, receive, send, most
        self._seen = 0

    async def run(self, scope: Scope) -> None:
        """Let the application answer, unless its body turns out too large: then say that."""
        with suppress(_TooLarge):
            await self._app(scope, self._count, self._send_unless_too_large)
        if self._seen > self._most:
            await _refusal(self._most)(scope, self._receive, self._send)

    async def _count(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._most:
            raise _TooLarge
        return message

    async def _send_unless_too_large(self, message: Message) -> None:
        # Frameworks turn any error of reading into an answer of their own, which would hide the reason.
        if self._seen <= self._most:
            await self._send(message)


def _refusal(most: int) -> ASGIApp:
    return problem_response(
        Problem(type="body-too-large", title="The body is too large.", detail=f"At most {most} bytes are read here.")
    )


class SafeHeaders:
    """Puts the security headers on every response, with a nonce for scripts made anew for each request."""

    def __init__(
        self, app: ASGIApp, *, secure: bool, make_nonce: Callable[[], str] = lambda: secrets.token_urlsafe(16)
    ) -> None:
        self._app = app
        self._secure = secure
        self._make_nonce = make_nonce

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = self._make_nonce()
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), nonce)
            await send(message)

        await self._app(scope, receive, send_safely)

    def _complete(self, headers: MutableHeaders, nonce: str) -> None:
        headers.setdefault("content-security-policy", policy(nonce))
        headers.setdefault("cache-control", "no-store")
        headers["x-content-type-options"] = "nosniff"
        headers.setdefault("referrer-policy", "same-origin")
        headers["x-frame-options"] = "DENY"
        headers["cross-origin-opener-policy"] = "same-origin"
        headers["cross-origin-resource-policy"] = "same-origin"
        headers["permissions-policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if self._secure:
            headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"


def policy(nonce: str) -> str:
    """The content security policy: nothing but our own files, scripts only with the nonce, no inline styles."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
