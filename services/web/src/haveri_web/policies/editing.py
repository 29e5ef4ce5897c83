"""Making and changing a policy in a form that works without JavaScript, and trying it before it is saved."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from haveri_contracts.escalation.commands import PutPolicy
from haveri_contracts.plain import Refusal, Severity
from haveri_web.bus.queries import known_facility
from haveri_web.domain.access import TO_MANAGE
from haveri_web.policies.choices import choices
from haveri_web.policies.forms import PolicyForm
from haveri_web.policies.pages import LIST
from haveri_web.policies.queries import policy_with_id
from haveri_web.policies.simulation import Asked, simulate, words_of
from haveri_web.policies.simulation_views import SimulationView
from haveri_web.rendering.fields import one
from haveri_web.rendering.pages import ManagersForm, Page, PageDep
from haveri_web.rendering.problems_at import NOTHING_WRONG, ProblemsAt
from haveri_web.shifts.queries import rotations_of

router = APIRouter(include_in_schema=False)
_NEW = f"{LIST}/new"


@router.get(_NEW)
async def new_policy(page: PageDep, facility: Annotated[UUID | None, Query()] = None) -> Response:
    """An empty form for a facility."""
    page.caller.must(TO_MANAGE)
    shown = page.facility(facility)
    if shown is None:
        return RedirectResponse(LIST, 303)
    return await _show(page, PolicyForm(str(page.web.ids.new()), str(shown.id)), is_new=True)


@router.get(f"{LIST}/{{id}}")
async def edit_policy(page: PageDep, id: UUID) -> Response:
    """The form of a policy that is there."""
    page.caller.must(TO_MANAGE)
    form = PolicyForm.of(await policy_with_id(page.web.queries, page.caller, id))
    return await _show(page, form, is_new=False)


@router.post(_NEW)
async def send_new_policy(page: ManagersForm) -> Response:
    """Save a new policy, or only change the form."""
    policy_id, facility_id = _uuid(one(page.fields, "id")) or page.web.ids.new(), _uuid(one(page.fields, "facility_id"))
    facility = known_facility(page.directory, facility_id or policy_id)
    return await _sent(page, PolicyForm.read(page.fields, str(policy_id), str(facility.id)), is_new=True)


@router.post(f"{LIST}/{{id}}")
async def send_policy(page: ManagersForm, id: UUID) -> Response:
    """Save a changed policy, or only change the form."""
    present = await policy_with_id(page.web.queries, page.caller, id)
    return await _sent(page, PolicyForm.read(page.fields, str(id), str(present.facility_id)), is_new=False)


async def _sent(page: Page, form: PolicyForm, *, is_new: bool) -> Response:
    button, asked = one(page.fields, "do") or "save", Asked.read(page.fields)
    try:
        if button == "simulate":
            found = await simulate(page, asked.of_draft(form), form.policy())
            return await _show(page, form, is_new=is_new, asked=asked, found=found)
        if button != "save":
            form.change(button)
            return await _show(page, form, is_new=is_new, asked=asked)
        outcome = await page.send(PutPolicy(policy=form.policy()))
    except Refusal as refusal:
        return await _show(page, form, is_new=is_new, asked=asked, wrong=ProblemsAt.of(refusal, page.t))
    return RedirectResponse(f"{LIST}?done={'later' if outcome is None else 'saved'}", 303)


async def _show(
    page: Page,
    form: PolicyForm,
    *,
    is_new: bool,
    asked: Asked | None = None,
    found: SimulationView | None = None,
    wrong: ProblemsAt = NOTHING_WRONG,
) -> Response:
    facility = known_facility(page.directory, UUID(form.facility_id))
    words, rotations = await words_of(page), await rotations_of(page.web.queries, page.caller, facility.id)
    return page.render(
        "policies/policy_form.html",
        here="escalation",
        status=wrong.status,
        form=form,
        is_new=is_new,
        facility=facility,
        action=_NEW if is_new else f"{LIST}/{form.id}",
        choices=choices(page.directory, page.t, facility.id, rotations),
        severities=[severity.value for severity in Severity],
        facility_last_resort=words.last_resort(facility.id),
        wrong=wrong,
        asked=asked or Asked.beginning(form, page.web.clock.now(), page.directory.zone_of(facility.id)),
        found=found,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
