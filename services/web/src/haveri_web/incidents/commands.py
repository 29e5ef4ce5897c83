"""What one does with an incident; each answers with its new state."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from haveri_contracts.incident.commands import (
    Acknowledge,
    AddEvent,
    AmendSummary,
    AssignCommsLead,
    AssignLead,
    ChangeSeverity,
    CloseIncident,
    Escalate,
    IncidentCommand,
    ReopenIncident,
    ResolveIncident,
    UpdateStatus,
)
from haveri_contracts.incident.models import FollowUpDraft, Incident, Summary
from haveri_contracts.plain import EntryType
from haveri_web.bus.commands import Once
from haveri_web.domain.refusals import NotFound
from haveri_web.http.answers import answers, json_response, pending, raw
from haveri_web.http.bodies import (
    Assignment,
    Closing,
    EscalationWish,
    NewFollowUp,
    NewSeverity,
    NewStatus,
    Note,
    Reopening,
    Resolution,
)
from haveri_web.http.context import Web, WebDep
from haveri_web.http.requests import IncidentId, IncidentName, OnceDep
from haveri_web.policies.queries import check_wish
from haveri_web.security.callers import Caller
from haveri_web.security.door import Reader, Responder

router = APIRouter(tags=["incidents"])
_ANSWERS: dict[str, Any] = {"responses": answers(Incident, 200, 400, 404, 409, later=True)}


class SummaryNotWritten(NotFound):
    """The incident has no summary yet."""

    type = "summary-not-written"
    title = "There is no summary yet."


async def _do(web: Web, caller: Caller, command: IncidentCommand, once: Once) -> Response:
    outcome = await web.sending.send(caller, command, once.command_id)
    if outcome is None:
        return pending(once.command_id)
    return raw(await web.incidents.after(caller, command.incident_id, outcome.result))


@router.post("/incidents/{id}/acknowledge", **_ANSWERS)
async def acknowledge(web: WebDep, caller: Responder, id: IncidentId, once: OnceDep) -> Response:
    """Say "I have it"."""
    return await _do(web, caller, Acknowledge(incident_id=id), once)


@router.post("/incidents/{id}/status", **_ANSWERS)
async def update_status(web: WebDep, caller: Responder, id: IncidentId, body: NewStatus, once: OnceDep) -> Response:
    """Move an open incident to INVESTIGATING or MITIGATED; use resolve and close for the rest."""
    return await _do(web, caller, UpdateStatus(incident_id=id, status=body.status, note=body.note), once)


@router.post("/incidents/{id}/severity", **_ANSWERS)
async def change_severity(web: WebDep, caller: Responder, id: IncidentId, body: NewSeverity, once: OnceDep) -> Response:
    """Say that it is worse or better than thought."""
    return await _do(web, caller, ChangeSeverity(incident_id=id, severity=body.severity, reason=body.reason), once)


@router.post("/incidents/{id}/assign", **_ANSWERS)
async def assign_lead(web: WebDep, caller: Responder, id: IncidentId, body: Assignment, once: OnceDep) -> Response:
    """Name the lead."""
    return await _do(web, caller, AssignLead(incident_id=id, member_id=body.member_id), once)


@router.post("/incidents/{id}/assign-comms", **_ANSWERS)
async def assign_comms(web: WebDep, caller: Responder, id: IncidentId, body: Assignment, once: OnceDep) -> Response:
    """Name the one who keeps everybody informed."""
    return await _do(web, caller, AssignCommsLead(incident_id=id, member_id=body.member_id), once)


@router.post("/incidents/{id}/actions", **_ANSWERS)
async def add_action(web: WebDep, caller: Responder, id: IncidentId, body: Note, once: OnceDep) -> Response:
    """Record what was done; with `occurred_at` when it was earlier."""
    return await _do(web, caller, _event(id, EntryType.ACTION_TAKEN, body), once)


@router.post("/incidents/{id}/annotations", **_ANSWERS)
async def annotate(web: WebDep, caller: Responder, id: IncidentId, body: Note, once: OnceDep) -> Response:
    """Add a note, at any time, to closed incidents too."""
    return await _do(web, caller, _event(id, EntryType.ANNOTATION, body), once)


@router.post("/incidents/{id}/escalate", **_ANSWERS)
async def escalate(
    web: WebDep, caller: Responder, id: IncidentId, once: OnceDep, body: EscalationWish | None = None
) -> Response:
    """Call more people: by a policy, by name, or, with nothing said, whoever would be called next."""
    wish = body or EscalationWish()
    directory = await web.directories.get(caller.organization)
    await check_wish(web.queries, caller, directory, **wish.model_dump(exclude={"reason"}))
    return await _do(web, caller, Escalate(incident_id=id, **wish.model_dump()), once)


@router.post("/incidents/{id}/resolve", **_ANSWERS)
async def resolve(web: WebDep, caller: Responder, id: IncidentId, body: Resolution, once: OnceDep) -> Response:
    """Say that it is over, and how."""
    return await _do(web, caller, ResolveIncident(incident_id=id, summary=body.summary), once)


@router.post("/incidents/{id}/close", **_ANSWERS)
async def close(web: WebDep, caller: Responder, id: IncidentId, once: OnceDep, body: Closing | None = None) -> Response:
    """Close a resolved incident, naming what is left to do."""
    drafts = [_follow_up(web, item) for item in (body.follow_ups if body else [])]
    return await _do(web, caller, CloseIncident(incident_id=id, follow_ups=drafts), once)


@router.post("/incidents/{id}/reopen", **_ANSWERS)
async def reopen(web: WebDep, caller: Responder, id: IncidentId, body: Reopening, once: OnceDep) -> Response:
    """Take a resolved or closed incident up again."""
    return await _do(web, caller, ReopenIncident(incident_id=id, reason=body.reason), once)


@router.get("/incidents/{id}/summary", responses=answers(Summary, 200, 404))
async def get_summary(web: WebDep, caller: Reader, name: IncidentName) -> Response:
    """The structured summary of a resolved incident."""
    incident = await web.incidents.get(caller, name)
    if incident.summary is None:
        raise SummaryNotWritten("A summary is written when the incident is resolved.")
    return json_response(incident.summary)


@router.put("/incidents/{id}/summary", responses=answers(Summary, 200, 400, 404, 409, later=True))
async def amend_summary(web: WebDep, caller: Responder, id: IncidentId, body: Summary, once: OnceDep) -> Response:
    """Correct the summary of a resolved or closed incident."""
    outcome = await web.sending.send(caller, AmendSummary(incident_id=id, summary=body), once.command_id)
    return pending(once.command_id) if outcome is None else json_response(body)


def _event(incident_id: UUID, kind: Any, note: Note) -> AddEvent:
    return AddEvent(incident_id=incident_id, type=kind, text=note.text, occurred_at=note.occurred_at)


def _follow_up(web: Web, item: NewFollowUp) -> FollowUpDraft:
    return FollowUpDraft(
        id=item.id or web.ids.new(),
        description=item.description,
        assigned_to=item.assigned_to,
        due_date=item.due_date,
    )
