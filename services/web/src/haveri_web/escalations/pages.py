"""The live view of everything that calls people right now, and calling more people for an incident by hand."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from haveri_contracts.incident.commands import Escalate
from haveri_contracts.refusals import FacilityUnknown
from haveri_web.bus.queries import valid
from haveri_web.domain.access import TO_RESPOND
from haveri_web.escalations.views import RunViews
from haveri_web.http.context import WebDep
from haveri_web.http.requests import IncidentName
from haveri_web.incidents.queries import canonical
from haveri_web.policies.queries import check_wish, running
from haveri_web.rendering.pages import render, translated
from haveri_web.security.door import SignedIn, check_session_form

router = APIRouter(include_in_schema=False)


@router.get("/escalations")
async def escalations(
    request: Request, web: WebDep, caller: SignedIn, facility: Annotated[UUID | None, Query()] = None
) -> Response:
    """Every run that is under way, the one with the nearest step first."""
    _, t = translated(caller)
    directory = await web.directories.get(caller.organization)
    if facility is not None and facility not in directory.facilities:
        raise FacilityUnknown(f"There is no facility {facility} in your organisation.")
    views = RunViews(directory, t)
    return render(
        request,
        web,
        "escalations/escalations.html",
        caller=caller,
        directory=directory,
        here="escalation",
        facility=facility,
        facilities=list(directory.facilities.values()),
        running=[views.running(item) for item in await running(web.queries, caller, facility)],
    )


@router.post("/incidents/{id}/escalate")
async def escalate(
    request: Request,
    web: WebDep,
    caller: SignedIn,
    name: IncidentName,
    policy_id: Annotated[str, Form(max_length=40)] = "",
    member_ids: Annotated[list[UUID], Form(alias="member_id")] = [],  # noqa: B006
    team_ids: Annotated[list[UUID], Form(alias="team_id")] = [],  # noqa: B006
    reason: Annotated[str, Form(max_length=8000)] = "",
    form_token: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Call more people for an incident; nothing chosen means whoever the policy calls next."""
    check_session_form(request, web, form_token)
    caller.must(TO_RESPOND)
    incident_id = await web.incidents.id_of(caller, name)
    values = {"policy_id": policy_id or None, "member_ids": member_ids, "team_ids": team_ids, "reason": reason}
    command = valid(Escalate, {"incident_id": incident_id, **values})
    await check_wish(
        web.queries,
        caller,
        await web.directories.get(caller.organization),
        policy_id=command.policy_id,
        member_ids=command.member_ids,
        team_ids=command.team_ids,
    )
    outcome = await web.sending.send(caller, command, web.ids.new())
    done = "later" if outcome is None else "now"
    return RedirectResponse(f"/incidents/{canonical(name)}?called={done}#escalation", 303)
