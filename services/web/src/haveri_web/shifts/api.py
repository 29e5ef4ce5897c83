"""Schedules, rotations, holidays and changes of shifts."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from haveri_contracts.directory.commands import (
    AcceptShiftChange,
    CancelShiftChange,
    ChangeHolidays,
    ImportShifts,
    PutRotation,
    PutShiftChange,
    RemoveRotation,
)
from haveri_contracts.directory.queries import (
    CalendarDocument,
    ExportShifts,
    GetSchedule,
    HolidayCalendarList,
    ListHolidays,
    ListRotations,
    ListShiftChanges,
    RotationList,
    Schedule,
    ShiftChangeList,
)
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, ShiftChange
from haveri_web.bus.callers import Caller
from haveri_web.bus.queries import ask, ask_raw, changed, valid
from haveri_web.http.answers import ImportReport, answers, json_response, pending, raw
from haveri_web.http.bodies import changes_in, values_of
from haveri_web.http.context import Web, WebDep
from haveri_web.http.documents import document_of
from haveri_web.http.door import Manager, Reader, Responder
from haveri_web.http.putting import address, put, take_away
from haveri_web.http.requests import Cursor, Limit, Moment, OnceDep, moment_or_now, page_of
from haveri_web.shifts.bodies import (
    ChangedRotation,
    ChangedShiftChange,
    NewHolidays,
    NewRotation,
    NewShiftChange,
)
from haveri_web.shifts.queries import (
    rotation_changed,
    rotation_with_id,
    shift_change_with_id,
    stretch_from,
)

router = APIRouter(tags=["shifts"])
_CALENDAR = "text/calendar"
_USUAL, _USUAL_CALENDAR = timedelta(days=7), timedelta(days=56)
_LONGEST_DOCUMENT = 900_000
_ROTATIONS = "/rotations"
Starts = Annotated[Moment | None, Query(description="From this moment; without it, from now.")]
Ends = Annotated[Moment | None, Query(description="Until this moment, at most 92 days later.")]


@router.get("/schedule", responses=answers(Schedule, 200, 404))
async def get_schedule(
    web: WebDep,
    caller: Reader,
    facility_id: UUID,
    starts_at: Starts = None,
    ends_at: Ends = None,
    team_id: UUID | None = None,
    member_id: UUID | None = None,
) -> Response:
    """Who works when at a facility, the first to begin first; a week of it unless `ends_at` is given."""
    start, end = stretch_from(moment_or_now(web, starts_at), ends_at, _USUAL)
    query = GetSchedule(facility_id=facility_id, team_id=team_id, member_id=member_id, starts_at=start, ends_at=end)
    return raw(await ask_raw(web.queries, caller, query))


@router.get(
    "/schedule.ics",
    responses={
        **answers(None, 200, 404),
        200: {"content": {_CALENDAR: {"schema": {"type": "string"}}}, "description": "iCalendar (RFC 5545)"},
    },
)
async def get_calendar(
    web: WebDep,
    caller: Reader,
    facility_id: UUID,
    starts_at: Starts = None,
    ends_at: Ends = None,
    team_id: UUID | None = None,
    member_id: UUID | None = None,
) -> Response:
    """The same for a calendar program; eight weeks of it unless `ends_at` is given."""
    start, end = stretch_from(moment_or_now(web, starts_at), ends_at, _USUAL_CALENDAR)
    query = ExportShifts(facility_id=facility_id, team_id=team_id, member_id=member_id, starts_at=start, ends_at=end)
    answer: CalendarDocument = await ask(web.queries, caller, query)
    headers = {"Content-Disposition": 'attachment; filename="shifts.ics"'}
    return Response(answer.document.encode(), 200, headers, f"{_CALENDAR}; charset=utf-8")


@router.get(_ROTATIONS, responses=answers(RotationList))
async def list_rotations(
    web: WebDep, caller: Reader, facility_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 200
) -> Response:
    """The rotations of one facility or of all, by name."""
    query = ListRotations(facility_id=facility_id, page=page_of(cursor, limit))
    return raw(await ask_raw(web.queries, caller, query))


@router.post(_ROTATIONS, status_code=201, responses=answers(Rotation, 201, 400, 404, 409, later=True))
async def add_rotation(web: WebDep, caller: Manager, body: NewRotation, once: OnceDep) -> Response:  # type: ignore[valid-type]
    """Add a rotation; the answer holds its pattern."""
    values = values_of(body)
    rotation = valid(Rotation, {**values, "id": values["id"] or once.thing_id})
    where = address(_ROTATIONS, rotation.id)
    return await put(web, caller, PutRotation(rotation=rotation), once, rotation, where=where, status=201)


@router.get(f"{_ROTATIONS}/{{id}}", responses=answers(Rotation, 200, 404))
async def get_rotation(web: WebDep, caller: Reader, id: UUID) -> Response:
    """One rotation."""
    return json_response(await rotation_with_id(web.queries, caller, id))


@router.patch(f"{_ROTATIONS}/{{id}}", responses=answers(Rotation, 200, 400, 404, 409, later=True))
async def change_rotation(web: WebDep, caller: Manager, id: UUID, body: ChangedRotation, once: OnceDep) -> Response:  # type: ignore[valid-type]
    """Change some fields of a rotation."""
    changes = changes_in(body)
    rotation = rotation_changed(await rotation_with_id(web.queries, caller, id), changes)
    return await put(web, caller, PutRotation(rotation=rotation), once, rotation, where=address(_ROTATIONS, id))


@router.delete(f"{_ROTATIONS}/{{id}}", status_code=204, responses=answers(None, 204, 404, 409, later=True))
async def remove_rotation(web: WebDep, caller: Manager, id: UUID, once: OnceDep) -> Response:
    """Remove a rotation."""
    return await take_away(web, caller, RemoveRotation(rotation_id=id), once, address(_ROTATIONS, id))


@router.get("/holidays", responses=answers(HolidayCalendarList))
async def list_holidays(web: WebDep, caller: Reader) -> Response:
    """The holidays of every facility that has any."""
    return raw(await ask_raw(web.queries, caller, ListHolidays()))


@router.put("/holidays/{id}", responses=answers(HolidayCalendar, 200, 400, 404, 409, later=True))
async def put_holidays(web: WebDep, caller: Manager, id: UUID, body: NewHolidays, once: OnceDep) -> Response:
    """Say the holidays of the facility with this id, all of them."""
    calendar = valid(HolidayCalendar, {**values_of(body), "facility_id": id})
    command = ChangeHolidays(calendar=calendar)
    return await put(web, caller, command, once, calendar, where="/api/v1/holidays", address_field="facility_id")


@router.post(
    "/shifts/import",
    responses=answers(ImportReport, 200, 404, 409, 413, 415, later=True),
    openapi_extra={"requestBody": {"required": True, "content": {_CALENDAR: {"schema": {"type": "string"}}}}},
)
async def import_shifts(web: WebDep, caller: Manager, team_id: UUID, request: Request, once: OnceDep) -> Response:
    """Import a team's shifts from an iCalendar document: all of it, or nothing and every bad event in `errors`.

    Each event is an assignment of the members whose e-mail addresses are its attendees.
    """
    document = await document_of(request, (_CALENDAR,), _LONGEST_DOCUMENT)
    return await _import(web, caller, ImportShifts(team_id=team_id, document=document), once.command_id)


async def _import(web: Web, caller: Caller, command: ImportShifts, command_id: UUID) -> Response:
    outcome = await web.sender.send(caller, command, command_id)
    where = f"/api/v1/shift-changes?team_id={command.team_id}"
    return pending(command_id, where) if outcome is None else json_response(outcome.result or {})


_CHANGES = "/shift-changes"


@router.get(_CHANGES, responses=answers(ShiftChangeList))
async def list_shift_changes(
    web: WebDep,
    caller: Reader,
    facility_id: UUID | None = None,
    team_id: UUID | None = None,
    member_id: UUID | None = None,
    starts_at: Annotated[Moment | None, Query(description="Only those that end after this moment.")] = None,
    ends_at: Annotated[Moment | None, Query(description="Only those that begin before this moment.")] = None,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Response:
    """Overrides, swaps, absences and assignments, the first to begin first."""
    query = ListShiftChanges(
        facility_id=facility_id,
        team_id=team_id,
        member_id=member_id,
        starts_at=starts_at,
        ends_at=ends_at,
        page=page_of(cursor, limit),
    )
    return raw(await ask_raw(web.queries, caller, query))


@router.post(_CHANGES, status_code=201, responses=answers(ShiftChange, 201, 400, 404, 409, later=True))
async def add_shift_change(web: WebDep, caller: Responder, body: NewShiftChange, once: OnceDep) -> Response:  # type: ignore[valid-type]
    """Change who works. What you ask of somebody else waits until they accept; managers decide at once."""
    values = values_of(body)
    change = valid(ShiftChange, {**values, "id": values["id"] or once.thing_id})
    where = address(_CHANGES, change.id)
    return await put(web, caller, PutShiftChange(change=change), once, change, where=where, status=201)


@router.get(f"{_CHANGES}/{{id}}", responses=answers(ShiftChange, 200, 404))
async def get_shift_change(web: WebDep, caller: Reader, id: UUID) -> Response:
    """One change of shifts."""
    return json_response(await shift_change_with_id(web.queries, caller, id))


@router.patch(f"{_CHANGES}/{{id}}", responses=answers(ShiftChange, 200, 400, 404, 409, later=True))
async def change_shift_change(
    web: WebDep,
    caller: Responder,
    id: UUID,
    body: ChangedShiftChange,  # type: ignore[valid-type]
    once: OnceDep,
) -> Response:
    """Change some fields of a change of shifts."""
    changes = changes_in(body)
    change = changed(await shift_change_with_id(web.queries, caller, id), changes)
    return await put(web, caller, PutShiftChange(change=change), once, change, where=address(_CHANGES, id))


@router.post(f"{_CHANGES}/{{id}}/accept", responses=answers(ShiftChange, 200, 404, 409, later=True))
async def accept_shift_change(web: WebDep, caller: Responder, id: UUID, once: OnceDep) -> Response:
    """Say yes to a change that somebody proposed to you."""
    outcome = await web.sender.send(caller, AcceptShiftChange(change_id=id), once.command_id)
    if outcome is None:
        return pending(once.command_id, address(_CHANGES, id))
    return json_response((outcome.result or {}).get("change") or await shift_change_with_id(web.queries, caller, id))


@router.delete(f"{_CHANGES}/{{id}}", status_code=204, responses=answers(None, 204, 404, 409, later=True))
async def cancel_shift_change(web: WebDep, caller: Responder, id: UUID, once: OnceDep) -> Response:
    """Take a change of shifts back, or say no to it."""
    return await take_away(web, caller, CancelShiftChange(change_id=id), once, address(_CHANGES, id))
