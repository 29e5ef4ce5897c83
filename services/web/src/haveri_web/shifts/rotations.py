"""Rotations by form: filled in, looked at, saved, removed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.commands import PutRotation, RemoveRotation
from haveri_contracts.directory.models import Facility
from haveri_contracts.directory.schedules import RotationKind
from haveri_contracts.plain import Refusal
from haveri_web.domain.access import TO_MANAGE
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.http.context import Web, WebDep
from haveri_web.http.problems import problem_of, status_of
from haveri_web.policies.choices import known_facility, managers_form
from haveri_web.rendering.pages import render
from haveri_web.security.callers import Caller
from haveri_web.security.door import SignedIn, check_session_form
from haveri_web.shifts.queries import holidays_of, rotation_with_id
from haveri_web.shifts.rotation_form import (
    Preview,
    RotationForm,
    form_from,
    form_of,
    new_form,
    preview,
    rotation_from,
)

router = APIRouter(include_in_schema=False)
_SAVE = "save"


@router.get("/shifts/rotations/new")
async def begin(request: Request, web: WebDep, caller: SignedIn, facility: Annotated[UUID, Query()]) -> Response:
    """An empty form."""
    caller.must(TO_MANAGE)
    directory = await web.directories.get(caller.organization)
    shown = known_facility(directory, facility)
    today = web.clock.now().astimezone(directory.zone_of(shown.id)).date()
    return await _page(request, web, caller, shown, new_form(today))


@router.get("/shifts/rotations/{id}")
async def edit(request: Request, web: WebDep, caller: SignedIn, id: UUID) -> Response:
    """The form with a rotation in it, and its first two weeks."""
    caller.must(TO_MANAGE)
    rotation = await rotation_with_id(web.queries, caller, id)
    directory = await web.directories.get(caller.organization)
    return await _page(request, web, caller, known_facility(directory, rotation.facility_id), form_of(rotation))


@router.post("/shifts/rotations")
async def put(request: Request, web: WebDep, caller: SignedIn) -> Response:
    """Look at it, or save it."""
    fields = await managers_form(request, web, caller)
    directory = await web.directories.get(caller.organization)
    facility = known_facility(directory, _uuid(str(fields.get("facility_id", "")), "facility_id"))
    form = form_from(fields)
    if fields.get("do") != _SAVE:
        return await _page(request, web, caller, facility, form)
    try:
        rotation = rotation_from(form, facility, _uuid(form.id, "id") if form.id else web.ids.new())
        outcome = await web.sending.send(caller, PutRotation(rotation=rotation), web.ids.new())
    except Refusal as refusal:
        return await _page(request, web, caller, facility, form, refusal)
    done = "later" if outcome is None else "saved"
    return RedirectResponse(f"/shifts/plan?facility={facility.id}&done={done}", 303)


@router.post("/shifts/rotations/{id}/remove")
async def remove(
    request: Request, web: WebDep, caller: SignedIn, id: UUID, form_token: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Remove a rotation."""
    check_session_form(request, web, form_token)
    caller.must(TO_MANAGE)
    rotation = await rotation_with_id(web.queries, caller, id)
    outcome = await web.sending.send(caller, RemoveRotation(rotation_id=id), web.ids.new())
    done = "later" if outcome is None else "removed"
    return RedirectResponse(f"/shifts/plan?facility={rotation.facility_id}&done={done}", 303)


async def _page(
    request: Request, web: Web, caller: Caller, facility: Facility, form: RotationForm, refusal: Refusal | None = None
) -> Response:
    directory = await web.directories.get(caller.organization)
    looked: Preview | None = None
    try:
        if any(crew.team for crew in form.crews) and form.name:
            calendar = (await holidays_of(web.queries, caller)).get(facility.id)
            draft = rotation_from(form, facility, web.ids.new())
            looked = preview(draft, facility, directory.teams, calendar)
    except InvalidRequest as invalid:
        refusal = refusal or invalid
    problem = problem_of(refusal) if refusal else None
    return render(
        request,
        web,
        "shifts/rotation.html",
        caller=caller,
        directory=directory,
        here="shifts",
        status=status_of(problem.type, problem.errors) if problem else 200,
        problem=problem,
        facility=facility,
        form=form,
        preview=looked,
        kinds=[kind.value for kind in RotationKind],
        teams=[team for team in directory.teams.values() if team.facility_id == facility.id],
    )


def _uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidRequest.field(field, "is not an id of ours") from None
