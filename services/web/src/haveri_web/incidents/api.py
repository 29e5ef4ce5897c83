"""Incidents: declare, list, read, and the timeline."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from haveri_contracts.incident.commands import DeclareIncident
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import IncidentList, ListIncidents
from haveri_contracts.plain import Severity, Status
from haveri_contracts.timeline.queries import ListRecentActivity, ListTimeline, RecentActivity, TimelinePage
from haveri_contracts.types import EntryKind
from haveri_web.bus.queries import ask_raw
from haveri_web.http.answers import answers, is_empty_list, pending, raw
from haveri_web.http.bodies import body_of, values_of
from haveri_web.http.context import WebDep
from haveri_web.http.door import Reader, Responder
from haveri_web.http.requests import (
    AsOf,
    CommaSeparated,
    Cursor,
    IncidentId,
    IncidentName,
    Limit,
    OnceDep,
    TimelineLimit,
    page_of,
)

router = APIRouter(tags=["incidents"])
Declaration = body_of(
    DeclareIncident, "Declaration", "What is wrong, how bad it is, and where.", without={"incident_id"}
)
Types = Annotated[list[EntryKind], CommaSeparated, Query(alias="type", description="Only these kinds of entry.")]


@router.post("/incidents", status_code=201, responses=answers(Incident, 201, 400, 404, 409, later=True))
async def declare(web: WebDep, caller: Responder, body: Declaration, once: OnceDep) -> Response:  # type: ignore[valid-type]
    """Declare an incident. You lead it until another is named; `Location` says where it is."""
    command = DeclareIncident(incident_id=once.thing_id, **values_of(body))
    outcome = await web.sender.send(caller, command, once.command_id)
    if outcome is None:
        return pending(once.command_id)
    state = await web.incidents.after(caller, once.thing_id, outcome.result)
    return raw(state, 201, {"Location": f"/api/v1/incidents/{once.thing_id}"})


@router.get("/incidents", responses=answers(IncidentList))
async def list_incidents(
    web: WebDep,
    caller: Reader,
    status: Annotated[list[Status], CommaSeparated, Query(description="Only these statuses.")] = [],  # noqa: B006
    severity: Annotated[list[Severity], CommaSeparated, Query(description="Only these severities.")] = [],  # noqa: B006
    facility_id: UUID | None = None,
    q: Annotated[str, Query(max_length=200, description="Words in title or number.")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Incidents, newest first."""
    query = ListIncidents(status=status, severity=severity, facility_id=facility_id, q=q, page=page_of(cursor, limit))
    return raw(await ask_raw(web.queries, caller, query))


@router.get("/incidents/{id}", responses=answers(Incident, 200, 404))
async def get_incident(web: WebDep, caller: Reader, name: IncidentName, as_of: AsOf = None) -> Response:
    """One incident: its state now, or as it was known at an earlier moment."""
    return raw(await web.incidents.get_raw(caller, name, as_of))


@router.get("/incidents/{id}/timeline", responses=answers(TimelinePage, 200, 404), tags=["timeline"])
async def timeline(
    web: WebDep,
    caller: Reader,
    incident_id: IncidentId,
    types: Types = [],  # noqa: B006
    as_of: AsOf = None,
    cursor: Cursor = None,
    limit: TimelineLimit = 200,
) -> Response:
    """Everything that happened to an incident, oldest first, in the order of recording."""
    query = ListTimeline(incident_id=incident_id, types=types, as_of=as_of, page=page_of(cursor, limit))
    body = await ask_raw(web.queries, caller, query)
    if is_empty_list(body):
        # The timeline knows no incidents, only entries: none may mean that there is no such incident.
        await web.incidents.get_raw(caller, str(incident_id))
    return raw(body)


@router.get("/activity", responses=answers(RecentActivity), tags=["timeline"])
async def activity(web: WebDep, caller: Reader, types: Types = [], limit: Limit = 30) -> Response:  # noqa: B006
    """What happened last in the whole organisation, newest first."""
    query = ListRecentActivity(limit=limit, types=types)
    return raw(await ask_raw(web.queries, caller, query))
