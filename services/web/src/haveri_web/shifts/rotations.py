"""Rotations by form: filled in, looked at, saved, removed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.commands import PutRotation, RemoveRotation
from haveri_contracts.directory.models import Facility
from haveri_contracts.directory.schedules import RotationKind
from haveri_contracts.plain import Refusal
from haveri_web.bus.queries import known_facility
from haveri_web.domain.access import TO_MANAGE
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.rendering.fields import id_in
from haveri_web.rendering.pages import ManagersForm, Page, PageDep
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
async def begin(page: PageDep, facility: Annotated[UUID, Query()]) -> Response:
    """An empty form."""
    page.caller.must(TO_MANAGE)
    shown = known_facility(page.directory, facility)
    today = page.web.clock.now().astimezone(page.directory.zone_of(shown.id)).date()
    return await _show(page, shown, new_form(today))


@router.get("/shifts/rotations/{id}")
async def edit(page: PageDep, id: UUID) -> Response:
    """The form with a rotation in it, and its first two weeks."""
    page.caller.must(TO_MANAGE)
    rotation = await rotation_with_id(page.web.queries, page.caller, id)
    return await _show(page, known_facility(page.directory, rotation.facility_id), form_of(rotation))


@router.post("/shifts/rotations")
async def put(page: ManagersForm) -> Response:
    """Look at it, or save it."""
    facility = known_facility(page.directory, id_in(page.fields, "facility_id"))
    form = form_from(page.fields)
    if page.fields.get("do") != _SAVE:
        return await _show(page, facility, form)
    try:
        rotation_id = id_in(page.fields, "id") if form.id else page.web.ids.new()
        outcome = await page.send(PutRotation(rotation=rotation_from(form, facility, rotation_id)))
    except Refusal as refusal:
        return await _show(page, facility, form, refusal)
    done = "later" if outcome is None else "saved"
    return RedirectResponse(f"/shifts/plan?facility={facility.id}&done={done}", 303)


@router.post("/shifts/rotations/{id}/remove")
async def remove(page: ManagersForm, id: UUID) -> Response:
    """Remove a rotation."""
    rotation = await rotation_with_id(page.web.queries, page.caller, id)
    done = "later" if await page.send(RemoveRotation(rotation_id=id)) is None else "removed"
    return RedirectResponse(f"/shifts/plan?facility={rotation.facility_id}&done={done}", 303)


async def _show(page: Page, facility: Facility, form: RotationForm, refusal: Refusal | None = None) -> Response:
    looked: Preview | None = None
    try:
        if any(crew.team for crew in form.crews) and form.name:
            calendar = (await holidays_of(page.web.queries, page.caller)).get(facility.id)
            draft = rotation_from(form, facility, page.web.ids.new())
            looked = preview(draft, facility, page.directory.teams, calendar)
    except InvalidRequest as invalid:
        refusal = refusal or invalid
    return page.render(
        "shifts/rotation.html",
        here="shifts",
        refusal=refusal,
        facility=facility,
        form=form,
        preview=looked,
        kinds=[kind.value for kind in RotationKind],
        teams=[team for team in page.directory.teams.values() if team.facility_id == facility.id],
    )
