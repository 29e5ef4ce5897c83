"""The dead-man's switch: over HTTP for monitoring systems, over the bus for the web."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from haveri_chassis.bus import Bus, Received
from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.events import EngineBeat
from haveri_contracts.escalation.models import Heartbeat
from haveri_contracts.escalation.queries import GetHeartbeat
from haveri_escalation.adapters.heartbeats import HOUSE, Heartbeats
from haveri_escalation.application.audit import StepRows
from haveri_escalation.domain.heartbeat import LATE_AFTER, judged

_SECONDS = 5.0

log = get_logger(__name__)


class Pulse:
    """Notes heartbeats, and says how the engine is."""

    def __init__(self, heartbeats: Heartbeats, rows: StepRows, clock: Clock) -> None:
        self._heartbeats = heartbeats
        self._rows = rows
        self._clock = clock

    async def on_heartbeat(self, received: Received[EngineBeat]) -> None:
        """A heartbeat has come through the bus; those of anybody but the house itself do not count."""
        if received.organization == HOUSE:
            await self._heartbeats.note(received.message.beaten_at)

    async def feel(self) -> Heartbeat:
        """How the engine is; never raises, as not being able to tell is an answer, too."""
        now = self._clock.now()
        try:
            async with asyncio.timeout(_SECONDS):
                return judged(await self._heartbeats.last(), await self._rows.count_late(now - LATE_AFTER), now)
        except Exception as error:
            log.exception("the pulse cannot be felt", error=repr(error))
            return Heartbeat(alive=False, last_beat_at=None, overdue_steps=0, reason="the database does not answer")


def attach_heartbeat(bus: Bus, http: FastAPI, pulse: Pulse) -> None:
    """Answer `GET /heartbeat` (200 while the engine lives, else 503) and the query of the same name."""

    async def heartbeat(_: GetHeartbeat, __: Envelope) -> Heartbeat:
        return await pulse.feel()

    async def over_http() -> JSONResponse:
        found = await pulse.feel()
        body: dict[str, Any] = found.model_dump(mode="json")
        return JSONResponse(body, 200 if found.alive else 503, headers={"Cache-Control": "no-store"})

    bus.on_query(GetHeartbeat, heartbeat)
    http.add_api_route("/heartbeat", over_http, include_in_schema=False)
