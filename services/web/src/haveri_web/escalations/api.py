"""Escalations that are under way."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from haveri_contracts.escalation.queries import ListRunning, RunningList
from haveri_web.bus.queries import ask_raw
from haveri_web.http.answers import answers
from haveri_web.http.context import WebDep
from haveri_web.http.door import Reader
from haveri_web.http.requests import Cursor, Limit, page_of
from haveri_web.policies.reasons import said

router = APIRouter(tags=["escalation"])


@router.get("/escalations/running", responses=answers(RunningList))
async def list_running(
    web: WebDep, caller: Reader, facility_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """Escalations that are under way, the one with the nearest step first."""
    query = ListRunning(facility_id=facility_id, page=page_of(cursor, limit))
    return await said(web, caller, await ask_raw(web.queries, caller, query))
