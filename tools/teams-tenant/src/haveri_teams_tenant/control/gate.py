"""The ASGI layer in front of Microsoft's services that counts requests and lets faults strike."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from haveri_teams_tenant.clock import Clock
from haveri_teams_tenant.control.faults import Fault, Faults, surface_of
from haveri_teams_tenant.control.traffic import RecordedRequest, Traffic

CONNECTION = "haveri.connection"


class ConnectionCut(Exception):
    """The fault wants the connection closed, but the server offers no handle on it."""


@dataclass
class _Seen:
    status: int = 0


class Gate:
    """Counts, and strikes with the fault that stands ready."""

    def __init__(self, app: ASGIApp, faults: Faults, traffic: Traffic, clock: Clock) -> None:
        self._app = app
        self._faults = faults
        self._traffic = traffic
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        surface = surface_of(scope["path"]) if scope["type"] == "http" else None
        if surface is None:
            await self._app(scope, receive, send)
            return
        method, path, begin = scope["method"], scope["path"], self._clock.monotonic()
        seen = _Seen()

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
            await send(message)

        fault = self._faults.take(surface, method, path)
        if fault is None:
            await self._app(scope, receive, watch)
        else:
            await self._strike(fault, scope, receive, watch)
        took = (self._clock.monotonic() - begin) * 1000
        self._traffic.note(RecordedRequest(self._clock.now(), surface, method, path, seen.status, round(took, 2)))

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.effect == "delay":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
            return
        if fault.when == "after":
            await self._app(scope, receive, _swallow)
        if fault.effect == "status":
            await _answer(fault, scope, receive, send)
            return
        if fault.effect == "timeout":
            await asyncio.sleep(fault.seconds)
        await _cut(scope)


async def _swallow(_: Message) -> None:
    """The answer gets lost."""


async def _answer(fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    code = {429: "Throttled", 503: "ServiceUnavailable"}.get(fault.status, "ServiceError")
    body = {"error": {"code": code, "message": "This failure was asked for."}}
    await JSONResponse(body, fault.status, headers=headers)(scope, receive, send)


async def _cut(scope: Scope) -> None:
    connection = (scope.get("extensions") or {}).get(CONNECTION)
    if connection is None:
        raise ConnectionCut("run the tenant with haveri_teams_tenant.main.run to cut connections")
    connection["transport"].abort()
    # The server has to notice the loss before this call ends, or it would write an answer into the void.
    for _ in range(3):
        await asyncio.sleep(0)
