"""Making and changing a policy in a form that works without JavaScript, and trying it before it is saved."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from haveri_contracts.escalation.commands import PutPolicy
from haveri_contracts.plain import Refusal, Severity
from haveri_web.bus.directory import Directory
from haveri_web.domain.access import TO_MANAGE
from haveri_web.http.context import Web, WebDep
from haveri_web.policies.choices import choices, facility_shown, known_facility, managers_form
from haveri_web.policies.form_fields import one
from haveri_web.policies.forms import PolicyForm
from haveri_web.policies.pages import LIST
from haveri_web.policies.queries import policy_with_id, settings_of
from haveri_web.policies.simulation import Asked, simulate
from haveri_web.policies.simulation_views import SimulationView
from haveri_web.policies.words import PolicyWords
from haveri_web.rendering.pages import render, translated
from haveri_web.rendering.problems_at import NOTHING_WRONG, ProblemsAt
from haveri_web.security.callers import Caller
from haveri_web.security.door import SignedIn
from haveri_web.shifts.queries import rotations_of

router = APIRouter(include_in_schema=False)
_NEW = f"{LIST}/new"


@router.get(_NEW)
async def new_policy(
    request: Request, web: WebDep, caller: SignedIn, facility: Annotated[UUID | None, Query()] = None
) -> Response:
    """An empty form for a facility."""
    caller.must(TO_MANAGE)
    directory = await web.directories.get(caller.organization)
    shown = facility_shown(directory, caller, facility)
    if shown is None:
        return RedirectResponse(LIST, 303)
    return await _page(request, web, caller, directory, PolicyForm(str(web.ids.new()), str(shown.id)), is_new=True)


@router.get(f"{LIST}/{{id}}")
async def edit_policy(request: Request, web: WebDep, caller: SignedIn, id: UUID) -> Response:
    """The form of a policy that is there."""
    caller.must(TO_MANAGE)
    directory = await web.directories.get(caller.organization)
    form = PolicyForm.of(await policy_with_id(web.queries, caller, id))
    return await _page(request, web, caller, directory, form, is_new=False)


@router.post(_NEW)
async def send_new_policy(request: Request, web: WebDep, caller: SignedIn) -> Response:
    """Save a new policy, or only change the form."""
    fields = await managers_form(request, web, caller)
    policy_id, facility_id = _uuid(one(fields, "id")) or web.ids.new(), _uuid(one(fields, "facility_id"))
    directory = await web.directories.get(caller.organization)
    facility = known_facility(directory, facility_id or policy_id)
    form = PolicyForm.read(fields, str(policy_id), str(facility.id))
    return await _sent(request, web, caller, directory, form, fields, is_new=True)


@router.post(f"{LIST}/{{id}}")
async def send_policy(request: Request, web: WebDep, caller: SignedIn, id: UUID) -> Response:
    """Save a changed policy, or only change the form."""
    fields = await managers_form(request, web, caller)
    directory = await web.directories.get(caller.organization)
    present = await policy_with_id(web.queries, caller, id)
    form = PolicyForm.read(fields, str(id), str(present.facility_id))
    return await _sent(request, web, caller, directory, form, fields, is_new=False)


async def _sent(
    request: Request,
    web: Web,
    caller: Caller,
    directory: Directory,
    form: PolicyForm,
    fields: FormData,
    *,
    is_new: bool,
) -> Response:
    _, t = translated(caller)
    order, asked = one(fields, "do") or "save", Asked.read(fields)
    try:
        if order == "simulate":
            found = await simulate(web, caller, directory, asked.of_draft(form), form.policy())
            return await _page(request, web, caller, directory, form, is_new=is_new, asked=asked, found=found)
        if order != "save":
            form.change(order)
            return await _page(request, web, caller, directory, form, is_new=is_new, asked=asked)
        outcome = await web.sending.send(caller, PutPolicy(policy=form.policy()), web.ids.new())
    except Refusal as refusal:
        wrong = ProblemsAt.of(refusal, t)
        return await _page(request, web, caller, directory, form, is_new=is_new, asked=asked, wrong=wrong)
    return RedirectResponse(f"{LIST}?done={'later' if outcome is None else 'saved'}", 303)


async def _page(
    request: Request,
    web: Web,
    caller: Caller,
    directory: Directory,
    form: PolicyForm,
    *,
    is_new: bool,
    asked: Asked | None = None,
    found: SimulationView | None = None,
    wrong: ProblemsAt = NOTHING_WRONG,
) -> Response:
    _, t = translated(caller)
    facility = known_facility(directory, UUID(form.facility_id))
    words = PolicyWords(directory, t, await settings_of(web.queries, caller))
    zone = directory.zone_of(facility.id)
    return render(
        request,
        web,
        "policies/policy_form.html",
        caller=caller,
        directory=directory,
        here="escalation",
        status=wrong.status,
        form=form,
        is_new=is_new,
        facility=facility,
        action=_NEW if is_new else f"{LIST}/{form.id}",
        choices=choices(directory, t, facility.id, await rotations_of(web.queries, caller, facility.id)),
        severities=[severity.value for severity in Severity],
        facility_last_resort=words.last_resort(facility.id),
        wrong=wrong,
        asked=asked or Asked.beginning(form, web.clock.now(), zone),
        found=found,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
