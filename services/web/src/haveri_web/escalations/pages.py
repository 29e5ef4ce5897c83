"""The live view of everything that calls people right now."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from haveri_contracts.escalation.queries import ListRunning, RunningList
from haveri_contracts.types import Page as BusPage
from haveri_web.bus.queries import known_facility
from haveri_web.escalations.views import RunViews
from haveri_web.rendering.pages import PageDep

router = APIRouter(include_in_schema=False)
_MOST_RUNS = 200


@router.get("/escalations")
async def escalations(page: PageDep, facility: Annotated[UUID | None, Query()] = None) -> Response:
    """Every run that is under way, the one with the nearest step first."""
    if facility is not None:
        known_facility(page.directory, facility)
    views = RunViews(page.directory, page.t)
    found: RunningList = await page.ask(ListRunning(facility_id=facility, page=BusPage(limit=_MOST_RUNS)))
    return page.render(
        "escalations/escalations.html",
        here="escalation",
        facility=facility,
        running=[views.running(run) for run in found.items],
    )
