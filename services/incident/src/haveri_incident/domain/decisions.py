"""Commands decided into events. Each takes the state, what was said and the time, and gives events or a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from haveri_contracts.incident.commands import DeclareIncident
from haveri_contracts.incident.events import (
    AcknowledgementExpired,
    ChatLinked,
    CommsLeadAssigned,
    EscalationRequested,
    EventAdded,
    IncidentAcknowledged,
    IncidentClosed,
    IncidentDeclared,
    IncidentEvent,
    IncidentReopened,
    IncidentResolved,
    LeadAssigned,
    SeverityChanged,
    StatusUpdated,
    SummaryAmended,
)
from haveri_contracts.incident.models import AddedEntryType, FollowUpDraft, Incident, Summary
from haveri_contracts.plain import EntryType, Severity, Status
from haveri_incident.domain import refusals

Events = Sequence[IncidentEvent]

MAY_FOLLOW: dict[Status, tuple[Status, ...]] = {
    Status.DECLARED: (Status.INVESTIGATING, Status.MITIGATED),
    Status.INVESTIGATING: (Status.MITIGATED,),
    Status.MITIGATED: (Status.INVESTIGATING,),
    Status.RESOLVED: (),
    Status.CLOSED: (),
}
"""What `update_status` may set, by the present status; resolving, closing and reopening are commands of their own."""


def declare(command: DeclareIncident, *, number: str, actor: str, lead: UUID | None, now: datetime) -> Events:
    """Declare what the command says; `lead` is the declaring member, who is responsible until another is named."""
    once = {"asset_ids": list(dict.fromkeys(command.asset_ids)), "tags": list(dict.fromkeys(command.tags))}
    added = {"number": number, "declared_by": actor, "declared_at": now, "assigned_to": lead}
    return [IncidentDeclared.model_validate({**dict(command), **once, **added})]


def update_status(state: Incident, status: Status, note: str) -> Events:
    """Move between the open statuses."""
    _still_open(state)
    if status is Status.RESOLVED:
        raise refusals.SummaryRequired("Use resolve and say what happened; the summary is the record of the incident.")
    if status is Status.CLOSED:
        raise refusals.CloseRequired(f"{state.number} must be resolved first; then close it.")
    if status is state.status:
        raise refusals.StatusUnchanged(f"{state.number} is {status.value} already.")
    if status not in MAY_FOLLOW[state.status]:
        allowed = " or ".join(s.value for s in MAY_FOLLOW[state.status])
        raise refusals.StatusMayNotFollow(
            f"{state.number} is {state.status.value}; after that comes {allowed}, not {status.value}."
        )
    return [StatusUpdated(incident_id=state.id, old_status=state.status, status=status, note=note)]


def change_severity(state: Incident, severity: Severity, reason: str) -> Events:
    """Say that it is worse or better than thought."""
    _still_open(state)
    if severity is state.severity:
        raise refusals.SeverityUnchanged(f"{state.number} is {severity.value} already.")
    return [SeverityChanged(incident_id=state.id, old_severity=state.severity, severity=severity, reason=reason)]


def acknowledge(state: Incident, member_id: UUID, now: datetime, names: Mapping[UUID, str]) -> Events:
    """Say "I have it"; who comes second is told who was first, by the members' `names`."""
    _still_open(state)
    if state.acknowledged_at is not None and state.acknowledged_by is not None:
        taker = "You" if state.acknowledged_by == member_id else names.get(state.acknowledged_by, "Somebody else")
        raise refusals.AlreadyAcknowledged(f"{taker} took {state.number} at {state.acknowledged_at:%H:%M} UTC.")
    return [IncidentAcknowledged(incident_id=state.id, member_id=member_id, acknowledged_at=now)]


def expire_acknowledgement(state: Incident, acknowledged_at: datetime, idle_minutes: float) -> Events:
    """Take back the acknowledgement of that moment, and no newer one, when the incident still waits for its remedy."""
    _still_open(state)
    if state.acknowledged_by is None or state.acknowledged_at != acknowledged_at:
        raise refusals.AcknowledgementNotInForce(f"Nobody has {state.number} since {acknowledged_at:%H:%M:%S} UTC.")
    if state.status is Status.MITIGATED:
        raise refusals.AcknowledgementNotInForce(f"{state.number} is MITIGATED; whoever took it has done something.")
    return [
        AcknowledgementExpired(
            incident_id=state.id,
            member_id=state.acknowledged_by,
            acknowledged_at=acknowledged_at,
            idle_minutes=idle_minutes,
        )
    ]


def assign_lead(state: Incident, member_id: UUID) -> Events:
    """Name the responsible lead."""
    _not_closed(state)
    if member_id == state.assigned_to:
        raise refusals.LeadUnchanged(f"This member leads {state.number} already.")
    return [LeadAssigned(incident_id=state.id, old_member_id=state.assigned_to, member_id=member_id)]


def assign_comms_lead(state: Incident, member_id: UUID) -> Events:
    """Name who keeps the stakeholders informed."""
    _not_closed(state)
    if member_id == state.comms_lead:
        raise refusals.LeadUnchanged(f"This member keeps the stakeholders of {state.number} informed already.")
    return [CommsLeadAssigned(incident_id=state.id, old_member_id=state.comms_lead, member_id=member_id)]


def add_event(state: Incident, kind: AddedEntryType, text: str, occurred_at: datetime | None, now: datetime) -> Events:
    """Add what was done or noted; a closed incident takes annotations only, made during its review."""
    if occurred_at is not None and occurred_at > now:
        raise refusals.OccurredInTheFuture("Give the time when it happened, at the latest now.").at("occurred_at")
    if kind is not EntryType.ANNOTATION:
        _not_closed(state)
    return [EventAdded(incident_id=state.id, type=kind, text=text)]


def escalate(
    state: Incident, policy_id: UUID | None, member_ids: Sequence[UUID], team_ids: Sequence[UUID], reason: str
) -> Events:
    """Wish for more people; with nobody named, for whomever the policy in force calls."""
    _still_open(state)
    return [
        EscalationRequested(
            incident_id=state.id,
            policy_id=policy_id,
            member_ids=list(member_ids),
            team_ids=list(team_ids),
            reason=reason,
        )
    ]


def resolve(state: Incident, summary: Summary, now: datetime) -> Events:
    """Say that it is over."""
    _still_open(state)
    return [IncidentResolved(incident_id=state.id, old_status=state.status, summary=summary, resolved_at=now)]


def amend_summary(state: Incident, summary: Summary) -> Events:
    """Correct the record."""
    if state.status.is_open:
        raise refusals.IncidentStillOpen(f"{state.number} is {state.status.value}; its summary is written at resolve.")
    return [SummaryAmended(incident_id=state.id, summary=summary)]


def close(state: Incident, follow_ups: Sequence[FollowUpDraft], now: datetime) -> Events:
    """Close, naming what is left to do."""
    _not_closed(state)
    if state.status is not Status.RESOLVED:
        raise refusals.IncidentNotResolved(f"{state.number} is {state.status.value}; resolve it first.")
    return [IncidentClosed(incident_id=state.id, follow_ups=list(follow_ups), closed_at=now)]


def reopen(state: Incident, reason: str) -> Events:
    """Take it up again; it is nobody's until somebody acknowledges it anew."""
    if state.status.is_open:
        raise refusals.IncidentStillOpen(f"{state.number} is {state.status.value}; there is nothing to reopen.")
    return [IncidentReopened(incident_id=state.id, old_status=state.status, reason=reason, clears_acknowledgement=True)]


def link_chat(state: Incident, channel: str | None, global_channel: str | None, message: str | None) -> Events:
    """Record where the incident is lived in chat; the same references again are no event."""
    known = (state.chat_channel_ref, state.global_channel_ref, state.global_message_ref)
    given = (channel or known[0], global_channel or known[1], message or known[2])
    if given == known:
        return []
    return [
        ChatLinked(
            incident_id=state.id,
            chat_channel_ref=channel,
            global_channel_ref=global_channel,
            global_message_ref=message,
        )
    ]


def _not_closed(state: Incident) -> None:
    if state.status is Status.CLOSED:
        raise refusals.IncidentAlreadyClosed(f"{state.number} is closed; reopen it to go on working.")


def _still_open(state: Incident) -> None:
    _not_closed(state)
    if state.status is Status.RESOLVED:
        raise refusals.IncidentAlreadyResolved(f"{state.number} is resolved; reopen it if it came back.")
