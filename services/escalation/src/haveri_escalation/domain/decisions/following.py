"""What else happens to an incident: its status, that somebody works on it, and its end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from haveri_contracts.escalation.models import EndReason
from haveri_contracts.plain import Status
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.facts import ActivityNoted, StatusNoted

_OVER = {Status.RESOLVED: EndReason.RESOLVED, Status.CLOSED: EndReason.CLOSED}


def status_updated(case: Case, status: Status) -> None:
    """The open incident has another status; MITIGATED stops both clocks."""
    if case.incident.status.is_open and status is not case.incident.status:
        case.say(StatusNoted(status))


def active(case: Case, at: datetime) -> None:
    """Somebody did something about the incident; noted only where a clock waits for that."""
    incident, run = case.incident, case.state.in_force()
    if not incident.is_taken or run is None or run.chain.acknowledgement_expires_minutes is None:
        return
    if incident.active_at is None or at > incident.active_at:
        case.say(ActivityNoted(at))


def over(case: Case, status: Status, by_member_id: UUID | None, at: datetime) -> None:
    """The incident is resolved or closed: all runs end and nobody is called any more."""
    if case.incident.status is status:
        return
    reason = _OVER[status]
    case.say(StatusNoted(status))
    for run in case.state.runs:
        left = [call.id for call in run.calls if call.state.is_open]
        case.withdraw(run.id, left, reason, by_member_id, at)
        if run.is_live:
            case.end(run.id, reason, by_member_id, at)
