"""Quiet hours and last resorts, and maintenance windows."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from haveri_contracts.escalation.commands import (
    ChangeFacilitySettings,
    EndMaintenanceWindow,
    PutMaintenanceWindow,
)
from haveri_contracts.escalation.models import FacilitySettings, MaintenanceWindow
from haveri_contracts.escalation.queries import (
    FacilitySettingsList,
    ListFacilitySettings,
    ListMaintenanceWindows,
    MaintenanceWindowList,
)
from haveri_web.bus.queries import ask_raw, changed, valid
from haveri_web.http.answers import answers, json_response, raw
from haveri_web.http.bodies import changes_in, values_of
from haveri_web.http.context import WebDep
from haveri_web.http.door import Manager, Reader
from haveri_web.http.putting import address, put, take_away
from haveri_web.http.requests import Cursor, Limit, Moment, OnceDep, moment_or_now, page_of
from haveri_web.policies.bodies import (
    ChangedWindow,
    NewFacilitySettings,
    NewWindow,
)
from haveri_web.policies.queries import window_with_id

router = APIRouter(tags=["escalation"])
_WINDOWS = "/maintenance-windows"


@router.get("/escalation-settings", responses=answers(FacilitySettingsList))
async def list_escalation_settings(web: WebDep, caller: Reader) -> Response:
    """Quiet hours and last resort of every facility that has any."""
    return raw(await ask_raw(web.queries, caller, ListFacilitySettings()))


@router.put("/escalation-settings/{id}", responses=answers(FacilitySettings, 200, 400, 404, 409, later=True))
async def put_escalation_settings(
    web: WebDep,
    caller: Manager,
    id: UUID,
    body: NewFacilitySettings,  # type: ignore[valid-type]
    once: OnceDep,
) -> Response:
    """Say quiet hours and last resort of the facility with this id."""
    settings = valid(FacilitySettings, {**values_of(body), "facility_id": id})
    where, command = "/api/v1/escalation-settings", ChangeFacilitySettings(settings=settings)
    return await put(web, caller, command, once, settings, where=where, address_field="facility_id")


@router.get(_WINDOWS, responses=answers(MaintenanceWindowList))
async def list_windows(
    web: WebDep,
    caller: Reader,
    facility_id: UUID | None = None,
    ending_after: Moment | None = None,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Response:
    """Maintenance windows that end after a moment, or after now, the first to begin first."""
    after = moment_or_now(web, ending_after)
    query = ListMaintenanceWindows(facility_id=facility_id, ending_after=after, page=page_of(cursor, limit))
    return raw(await ask_raw(web.queries, caller, query))


@router.post(_WINDOWS, status_code=201, responses=answers(MaintenanceWindow, 201, 400, 404, 409, later=True))
async def add_window(web: WebDep, caller: Manager, body: NewWindow, once: OnceDep) -> Response:  # type: ignore[valid-type]
    """Announce a maintenance window: in it nobody is called for its areas and assets."""
    values = values_of(body)
    given = {"id": values["id"] or once.thing_id, "starts_at": moment_or_now(web, values["starts_at"])}
    window = valid(MaintenanceWindow, {**values, **given, "created_by": caller.actor})
    where = address(_WINDOWS, window.id)
    return await put(web, caller, PutMaintenanceWindow(window=window), once, window, where=where, status=201)


@router.get(f"{_WINDOWS}/{{id}}", responses=answers(MaintenanceWindow, 200, 404))
async def get_window(web: WebDep, caller: Reader, id: UUID) -> Response:
    """One maintenance window, a past one too."""
    return json_response(await window_with_id(web.queries, caller, id))


@router.patch(f"{_WINDOWS}/{{id}}", responses=answers(MaintenanceWindow, 200, 400, 404, 409, later=True))
async def change_window(web: WebDep, caller: Manager, id: UUID, body: ChangedWindow, once: OnceDep) -> Response:  # type: ignore[valid-type]
    """Change some fields of a maintenance window."""
    changes = changes_in(body)
    window = changed(await window_with_id(web.queries, caller, id), changes)
    return await put(web, caller, PutMaintenanceWindow(window=window), once, window, where=address(_WINDOWS, id))


@router.delete(f"{_WINDOWS}/{{id}}", status_code=204, responses=answers(None, 204, 404, 409, later=True))
async def end_window(web: WebDep, caller: Manager, id: UUID, once: OnceDep) -> Response:
    """End a maintenance window now, or call off one that has not begun; what it silenced goes on."""
    return await take_away(web, caller, EndMaintenanceWindow(window_id=id), once, address(_WINDOWS, id))
