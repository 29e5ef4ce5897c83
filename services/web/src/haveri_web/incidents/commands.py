"""What one does with an incident; each answers with its new state. Bodies have the fields of their commands.

No `from __future__ import annotations` here: the bodies' models are values, which FastAPI must see as such.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
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
from haveri_contracts.types import NonEmptyText
from haveri_web.bus.callers import Caller
from haveri_web.bus.commands import Once
from haveri_web.domain.refusals import NotFound
from haveri_web.http.answers import answers, json_response, pending, raw
from haveri_web.http.bodies import Body, body_of, values_of
from haveri_web.http.context import Web, WebDep
from haveri_web.http.door import Reader, Responder
from haveri_web.http.requests import IncidentId, IncidentName, OnceDep
from haveri_web.incidents.escalation import check_wish

router = APIRouter(tags=["incidents"])
_ADDRESS = {"incident_id"}
_ANSWERS: dict[str, Any] = {"responses": answers(Incident, 200, 400, 404, 409, later=True)}


class SummaryNotWritten(NotFound):
    """The incident has no summary yet."""

    type = "summary-not-written"
    title = "There is no summary yet."


def _event(type: EntryType) -> Callable[..., AddEvent]:
    return partial(AddEvent, type=type)


async def _do(web: Web, caller: Caller, command: IncidentCommand, once: Once) -> Response:
    outcome = await web.sender.send(caller, command, once.command_id)
    if outcome is None:
        return pending(once.command_id)
    return raw(await web.incidents.after(caller, command.incident_id, outcome.result))


@router.post("/incidents/{id}/acknowledge", **_ANSWERS)
async def acknowledge(web: WebDep, caller: Responder, id: IncidentId, once: OnceDep) -> Response:
    """Say "I have it"."""
    return await _do(web, caller, Acknowledge(incident_id=id), once)


def _route(path: str, name: str, does: str, body_model: type[Body], command: Callable[..., IncidentCommand]) -> None:
    @router.post(f"/incidents/{{id}}/{path}", name=name, description=does, **_ANSWERS)
    async def act(web: WebDep, caller: Responder, id: IncidentId, body: body_model, once: OnceDep) -> Response:  # type: ignore[valid-type]
        return await _do(web, caller, command(incident_id=id, **values_of(body)), once)


_route(
    "status",
    "update_status",
    "Move an open incident to INVESTIGATING or MITIGATED; use resolve and close for the rest.",
    body_of(UpdateStatus, "NewStatus", "The status to move to: INVESTIGATING or MITIGATED.", without=_ADDRESS),
    UpdateStatus,
)
_route(
    "severity",
    "change_severity",
    "Say that it is worse or better than thought.",
    body_of(ChangeSeverity, "NewSeverity", "How bad it is after all.", without=_ADDRESS),
    ChangeSeverity,
)
_Assignment = body_of(AssignLead, "Assignment", "Whom to name.", without=_ADDRESS)
_route("assign", "assign_lead", "Name the lead.", _Assignment, AssignLead)
_route("assign-comms", "assign_comms", "Name the one who keeps everybody informed.", _Assignment, AssignCommsLead)
_Note = body_of(
    AddEvent,
    "Note",
    "What was done or is to be noted; `occurred_at` when it was earlier than now.",
    without={"incident_id", "type"},
)
_route(
    "actions",
    "add_action",
    "Record what was done; with `occurred_at` when it was earlier.",
    _Note,
    _event(EntryType.ACTION_TAKEN),
)
_route(
    "annotations",
    "annotate",
    "Add a note, at any time, to closed incidents too.",
    _Note,
    _event(EntryType.ANNOTATION),
)

EscalationWish = body_of(
    Escalate,
    "EscalationWish",
    "Whom to call: by a policy, or members and teams by name, or, with nothing said, whoever is due.",
    without=_ADDRESS,
)


@router.post("/incidents/{id}/escalate", **_ANSWERS)
async def escalate(
    web: WebDep,
    caller: Responder,
    id: IncidentId,
    once: OnceDep,
    body: EscalationWish | None = None,  # type: ignore[valid-type]
) -> Response:
    """Call more people: by a policy, by name, or, with nothing said, whoever would be called next."""
    command = Escalate(incident_id=id, **(values_of(body) if body else {}))
    await check_wish(web.queries, caller, await web.directories.get(caller.organization), command)
    return await _do(web, caller, command, once)


_route(
    "resolve",
    "resolve",
    "Say that it is over, and how.",
    body_of(ResolveIncident, "Resolution", "How it ended.", without=_ADDRESS),
    ResolveIncident,
)


class NewFollowUp(Body):
    """Something left to do. `due_date` is a calendar date at the facility."""

    id: UUID | None = None
    description: NonEmptyText
    assigned_to: UUID | None = None
    due_date: date | None = None


class Closing(Body):
    """What is left to do."""

    follow_ups: list[NewFollowUp] = Field(default=[], max_length=50)


@router.post("/incidents/{id}/close", **_ANSWERS)
async def close(web: WebDep, caller: Responder, id: IncidentId, once: OnceDep, body: Closing | None = None) -> Response:
    """Close a resolved incident, naming what is left to do."""
    drafts = [
        FollowUpDraft.model_validate({**item.model_dump(), "id": item.id or web.ids.new()})
        for item in (body.follow_ups if body else [])
    ]
    return await _do(web, caller, CloseIncident(incident_id=id, follow_ups=drafts), once)


_route(
    "reopen",
    "reopen",
    "Take a resolved or closed incident up again.",
    body_of(ReopenIncident, "Reopening", "Why it is taken up again.", without=_ADDRESS),
    ReopenIncident,
)


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
    outcome = await web.sender.send(caller, AmendSummary(incident_id=id, summary=body), once.command_id)
    return pending(once.command_id) if outcome is None else json_response(body)
