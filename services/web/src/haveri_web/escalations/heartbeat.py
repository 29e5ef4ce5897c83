"""Whether the escalation engine is alive, for a monitoring system: no sign-in, nothing of any organisation."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from haveri_chassis.bus import BusUnavailable, OwnerUnavailable
from haveri_contracts.escalation.models import Heartbeat
from haveri_contracts.escalation.queries import GetHeartbeat
from haveri_web.bus.queries import ACTOR
from haveri_web.http.answers import json_response
from haveri_web.http.context import Web, WebDep

router = APIRouter(include_in_schema=False)
HOUSE = "haveri"
"""The organisation that stands for the house itself; nobody else can have this name."""


@router.get("/heartbeat")
async def heartbeat(web: WebDep) -> Response:
    """200 while it is alive and no step is overdue; 503 when not, or when it does not answer."""
    answer = await _ask(web)
    return json_response(answer, 200 if answer.alive else 503)


async def _ask(web: Web) -> Heartbeat:
    try:
        answer: Heartbeat = await web.queries.ask(GetHeartbeat(), organization=HOUSE, actor=ACTOR)
    except (OwnerUnavailable, BusUnavailable):
        return Heartbeat(alive=False, last_beat_at=None, overdue_steps=0, reason="The escalation engine is away.")
    return answer
