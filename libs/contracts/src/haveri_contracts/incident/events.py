"""Events of the incident service. The envelope's `sequence` is the incident's version, its `time` when it happened."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from haveri_contracts.incident.models import AddedEntryType, FollowUpDraft, IncidentDetails, Summary
from haveri_contracts.message import Event, Visibility
from haveri_contracts.plain import EntryType, Severity, Status
from haveri_contracts.types import Actor, LongText, NonEmptyText, Reference, Timestamp


class IncidentEvent(Event):
    """What all events of one incident say: which one."""

    owner = "incident"
    incident_id: UUID

    def aggregate_id(self) -> UUID:
        """The incident."""
        return self.incident_id


class IncidentDeclared(IncidentEvent, IncidentDetails):
    """An incident was declared; `assigned_to` is the responsible lead when a member declared it."""

    name = "declared"
    entry = EntryType.DECLARED
    number: str
    declared_by: Actor
    declared_at: Timestamp
    assigned_to: UUID | None = None


class StatusUpdated(IncidentEvent):
    """The status of an open incident changed."""

    name = "status_updated"
    entry = EntryType.STATUS_CHANGE
    old_status: Status
    status: Status
    note: LongText = ""


class SeverityChanged(IncidentEvent):
    """The severity changed."""

    name = "severity_changed"
    entry = EntryType.SEVERITY_CHANGE
    old_severity: Severity
    severity: Severity
    reason: LongText = ""


class IncidentAcknowledged(IncidentEvent):
    """A member has seen the incident and is on it."""

    name = "acknowledged"
    entry = EntryType.ACKNOWLEDGEMENT
    member_id: UUID
    acknowledged_at: Timestamp


class LeadAssigned(IncidentEvent):
    """The responsible lead changed."""

    name = "lead_assigned"
    entry = EntryType.ASSIGNMENT
    old_member_id: UUID | None = None
    member_id: UUID


class CommsLeadAssigned(IncidentEvent):
    """The communications lead changed."""

    name = "comms_lead_assigned"
    entry = EntryType.COMMS_ASSIGNMENT
    old_member_id: UUID | None = None
    member_id: UUID


class EventAdded(IncidentEvent):
    """Something that was done, noted, answered or suggested was added to the incident."""

    name = "event_added"
    entry = EntryType.ANNOTATION
    type: AddedEntryType
    text: NonEmptyText

    def timeline_entry(self) -> EntryType:
        """What was added says itself what it is."""
        return self.type


class EscalationRequested(IncidentEvent):
    """Somebody wished for more people."""

    name = "escalation_requested"
    entry = EntryType.ESCALATION
    policy_id: UUID | None = None
    member_ids: list[UUID] = Field(default_factory=list)
    team_ids: list[UUID] = Field(default_factory=list)
    reason: LongText = ""


class IncidentResolved(IncidentEvent):
    """The incident is over; the summary says how."""

    name = "resolved"
    entry = EntryType.STATUS_CHANGE
    old_status: Status
    status: Literal[Status.RESOLVED] = Status.RESOLVED
    summary: Summary
    resolved_at: Timestamp


class SummaryAmended(IncidentEvent):
    """The summary was corrected after the fact."""

    name = "summary_amended"
    entry = EntryType.SUMMARY
    summary: Summary


class IncidentClosed(IncidentEvent):
    """The incident was closed; the follow-ups are left to do."""

    name = "closed"
    entry = EntryType.STATUS_CHANGE
    status: Literal[Status.CLOSED] = Status.CLOSED
    follow_ups: list[FollowUpDraft] = Field(default_factory=list)
    closed_at: Timestamp


class IncidentReopened(IncidentEvent):
    """A resolved or closed incident was taken up again; it is INVESTIGATING, and nobody's if so said."""

    name = "reopened"
    entry = EntryType.REOPENED
    old_status: Status
    status: Literal[Status.INVESTIGATING] = Status.INVESTIGATING
    reason: NonEmptyText
    clears_acknowledgement: bool = False


class ChatLinked(IncidentEvent):
    """Where the incident is lived in chat is known now; absent fields stay as they were."""

    name = "chat_linked"
    entry = EntryType.NOTIFICATION
    visibility = Visibility.INTERNAL
    chat_channel_ref: Reference | None = None
    global_channel_ref: Reference | None = None
    global_message_ref: Reference | None = None


class AcknowledgementExpired(IncidentEvent):
    """Nothing happened for too long after somebody had taken the incident: it is nobody's again."""

    name = "acknowledgement_expired"
    entry = EntryType.ACKNOWLEDGEMENT
    member_id: UUID
    acknowledged_at: Timestamp
    idle_minutes: float = Field(ge=0, le=60 * 24 * 31, allow_inf_nan=False)
