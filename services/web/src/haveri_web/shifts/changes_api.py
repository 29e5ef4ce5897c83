"""Changes of shifts: asked for, accepted, taken back."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from haveri_contracts.directory.commands import (
    AcceptShiftChange,
    CancelShiftChange,
    PutShiftChange,
)
from haveri_contracts.directory.queries import (
    ListShiftChanges,
    ShiftChangeList,
)
from haveri_contracts.directory.schedules import ShiftChange
from haveri_web.bus.queries import ask_raw, valid
from haveri_web.http.answers import answers, json_response, pending, raw
from haveri_web.http.context import WebDep
from haveri_web.http.putting import address, put, take_away
from haveri_web.http.requests import Cursor, Limit, Moment, OnceDep, page_of
from haveri_web.security.door import Reader, Responder
from haveri_web.shifts.bodies import (
    ChangedShiftChange,
    NewShiftChange,
)
from haveri_web.shifts.queries import (
    shift_change_changed,
    shift_change_with_id,
)

router = APIRouter(tags=["shifts"])
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
async def add_shift_change(web: WebDep, caller: Responder, body: NewShiftChange, once: OnceDep) -> Response:
    """Change who works. What you ask of somebody else waits until they accept; managers decide at once."""
    change = valid(ShiftChange, {**body.model_dump(), "id": body.id or once.thing_id})
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
    changes: dict[str, Any] = body.model_dump(exclude_unset=True)  # type: ignore[attr-defined]
    change = shift_change_changed(await shift_change_with_id(web.queries, caller, id), changes)
    return await put(web, caller, PutShiftChange(change=change), once, change, where=address(_CHANGES, id))


@router.post(f"{_CHANGES}/{{id}}/accept", responses=answers(ShiftChange, 200, 404, 409, later=True))
async def accept_shift_change(web: WebDep, caller: Responder, id: UUID, once: OnceDep) -> Response:
    """Say yes to a change that somebody proposed to you."""
    outcome = await web.sending.send(caller, AcceptShiftChange(change_id=id), once.command_id)
    if outcome is None:
        return pending(once.command_id, address(_CHANGES, id))
    return json_response((outcome.result or {}).get("change") or await shift_change_with_id(web.queries, caller, id))


@router.delete(f"{_CHANGES}/{{id}}", status_code=204, responses=answers(None, 204, 404, 409, later=True))
async def cancel_shift_change(web: WebDep, caller: Responder, id: UUID, once: OnceDep) -> Response:
    """Take a change of shifts back, or say no to it."""
    return await take_away(web, caller, CancelShiftChange(change_id=id), once, address(_CHANGES, id))
