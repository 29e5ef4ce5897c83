"""Who was called for an incident, and calling more people for it by hand."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from haveri_chassis.bus import OwnerUnavailable
from haveri_contracts.escalation.queries import ListPolicies, ListRuns, RunList
from haveri_contracts.incident.commands import Escalate
from haveri_contracts.incident.models import Incident
from haveri_contracts.refusals import PolicyUnknown
from haveri_directory_copy.directory import Directory
from haveri_web.bus.callers import Caller
from haveri_web.bus.incidents import canonical
from haveri_web.bus.ports import Queries
from haveri_web.bus.queries import ask_raw, valid
from haveri_web.directory.things import MEMBER, TEAM, find
from haveri_web.domain.access import TO_RESPOND
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.escalations.views import RunViews
from haveri_web.http.answers import answers, is_empty_list
from haveri_web.http.context import WebDep
from haveri_web.http.door import Reader
from haveri_web.http.requests import IncidentId, IncidentName
from haveri_web.policies.queries import policy_with_id
from haveri_web.policies.reasons import said
from haveri_web.rendering.pages import Page, RespondersForm

router = APIRouter(include_in_schema=False)
api = APIRouter(tags=["escalation"])


@api.get("/incidents/{id}/escalations", responses=answers(RunList, 200, 404))
async def list_escalations(web: WebDep, caller: Reader, incident_id: IncidentId) -> Response:
    """The escalations of an incident, oldest first: each step's `due_at`, `fired_at` and `outcome`, and every call."""
    body = await ask_raw(web.queries, caller, ListRuns(incident_id=incident_id))
    if is_empty_list(body):
        # Escalation knows runs, not incidents: none may mean that there is no such incident.
        await web.incidents.get_raw(caller, str(incident_id))
    return await said(web, caller, body)


@router.post("/incidents/{id}/escalate")
async def escalate(
    page: RespondersForm,
    name: IncidentName,
    policy_id: Annotated[str, Form(max_length=40)] = "",
    member_ids: Annotated[list[UUID], Form(alias="member_id")] = [],  # noqa: B006
    team_ids: Annotated[list[UUID], Form(alias="team_id")] = [],  # noqa: B006
    reason: Annotated[str, Form(max_length=8000)] = "",
) -> Response:
    """Call more people for an incident; nothing chosen means whoever the policy calls next."""
    incident_id = await page.web.incidents.id_of(page.caller, name)
    values = {"policy_id": policy_id or None, "member_ids": member_ids, "team_ids": team_ids, "reason": reason}
    command = valid(Escalate, {"incident_id": incident_id, **values})
    await check_wish(page.web.queries, page.caller, page.directory, command)
    done = "later" if await page.send(command) is None else "now"
    return RedirectResponse(f"/incidents/{canonical(name)}?called={done}#escalation", 303)


async def escalation_part(page: Page, incident: Incident, *, past: bool) -> dict[str, Any]:
    """What the template needs: runs (None while their owner is away), and what the form offers.

    Runs are known as they are now only, so a page about the `past` has none.
    """
    may_escalate = page.caller.may(TO_RESPOND) and incident.status.is_open and not past
    runs, policies = await asyncio.gather(
        _nothing() if past else page.ask_or_none(ListRuns(incident_id=incident.id)),
        page.ask_or_none(ListPolicies(facility_id=incident.facility_id)) if may_escalate else _nothing(),
    )
    directory, views = page.directory, RunViews(page.directory, page.t)
    return {
        "runs": [views.run(run) for run in runs.items] if runs else None,
        "may_escalate": may_escalate,
        "policies": policies.items if policies else [],
        "escalate_teams": [team for team in directory.teams.values() if team.facility_id == incident.facility_id],
        # Those who may take incidents; nobody else is called.
        "escalate_people": [it for it in directory.members.values() if it.role.covers(TO_RESPOND.role)],
    }


async def _nothing() -> None:
    return None


async def check_wish(queries: Queries, caller: Caller, directory: Directory, wish: Escalate) -> None:
    """See that whom somebody wants called is known. Raises InvalidRequest that names each one that is not.

    While the owner of the policies is away, a policy is believed: a call for help does not wait for that.
    """
    errors = []
    for number, member_id in enumerate(wish.member_ids):
        if member_id not in directory.members and not await _is_there(queries, caller, MEMBER, member_id):
            errors.append({"field": f"member_ids.{number}", "problem": f"there is no member {member_id}"})
    for number, team_id in enumerate(wish.team_ids):
        if team_id not in directory.teams and not await _is_there(queries, caller, TEAM, team_id):
            errors.append({"field": f"team_ids.{number}", "problem": f"there is no team {team_id}"})
    if wish.policy_id is not None and not await _is_policy(queries, caller, wish.policy_id):
        errors.append({"field": "policy_id", "problem": f"there is no escalation policy {wish.policy_id}"})
    if errors:
        raise InvalidRequest(errors)


async def _is_there(queries: Queries, caller: Caller, kind: Any, thing_id: UUID) -> bool:
    # The copy for names may be a moment old; whoever was added just now is known to the owner.
    try:
        await find(queries, caller, kind, thing_id)
    except kind.unknown:
        return False
    return True


async def _is_policy(queries: Queries, caller: Caller, policy_id: UUID) -> bool:
    try:
        await policy_with_id(queries, caller, policy_id)
    except PolicyUnknown:
        return False
    except OwnerUnavailable:
        return True
    return True
