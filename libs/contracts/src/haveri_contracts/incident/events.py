"""News from the incident service. The envelope's `sequence` is the incident's version, its `time` when it happened."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from haveri_contracts.incident.models import FollowUpDraft, Summary
from haveri_contracts.message import Event, Visibility
from haveri_contracts.plain import EntryType, Severity, Status
from haveri_contracts.types import Actor, LongText, NonEmptyText, Reference, ShortText, Tag, Timestamp


class IncidentEvent(Event):
    """What all news of one incident says: which one."""

    owner = "incident"
    incident_id: UUID

    def aggregate_id(self) -> UUID:
        """The incident."""
        return self.incident_id


class IncidentDeclared(IncidentEvent):
    """An incident was declared; `assigned_to` is the responsible lead when a member declared it."""

    name = "declared"
    number: str
    title: ShortText
    description: LongText = ""
    severity: Severity
    facility_id: UUID
    area_id: UUID | None = None
    asset_ids: list[UUID] = Field(default_factory=list)
    tags: list[Tag] = Field(default_factory=list)
    declared_by: Actor
    declared_at: Timestamp
    assigned_to: UUID | None = None


class StatusUpdated(IncidentEvent):
    """The status of an open incident changed."""

    name = "status_updated"
    old_status: Status
    status: Status
    note: LongText = ""


class SeverityChanged(IncidentEvent):
    """The severity changed."""

    name = "severity_changed"
    old_severity: Severity
    severity: Severity
    reason: LongText = ""


class IncidentAcknowledged(IncidentEvent):
    """A member has seen the incident and is on it."""

    name = "acknowledged"
    member_id: UUID
    acknowledged_at: Timestamp


class LeadAssigned(IncidentEvent):
    """The responsible lead changed."""

    name = "lead_assigned"
    old_member_id: UUID | None = None
    member_id: UUID


class CommsLeadAssigned(IncidentEvent):
    """The communications lead changed."""

    name = "comms_lead_assigned"
    old_member_id: UUID | None = None
    member_id: UUID


class EventAdded(IncidentEvent):
    """Something that was done, noted, answered or suggested was added to the incident."""

    name = "event_added"
    type: Literal[EntryType.ACTION_TAKEN, EntryType.ANNOTATION, EntryType.TRIAGE_RESPONSE, EntryType.BOT_GUIDANCE]
    text: NonEmptyText


class EscalationRequested(IncidentEvent):
    """Somebody wished for more people."""

    name = "escalation_requested"
    policy_id: UUID | None = None
    member_ids: list[UUID] = Field(default_factory=list)
    team_ids: list[UUID] = Field(default_factory=list)
    reason: LongText = ""


class IncidentResolved(IncidentEvent):
    """The incident is over; the summary says how."""

    name = "resolved"
    old_status: Status
    status: Literal[Status.RESOLVED] = Status.RESOLVED
    summary: Summary
    resolved_at: Timestamp


class SummaryAmended(IncidentEvent):
    """The summary was corrected after the fact."""

    name = "summary_amended"
    summary: Summary


class IncidentClosed(IncidentEvent):
    """The incident was closed; the follow-ups are left to do."""

    name = "closed"
    status: Literal[Status.CLOSED] = Status.CLOSED
    follow_ups: list[FollowUpDraft] = Field(default_factory=list)
    closed_at: Timestamp


class IncidentReopened(IncidentEvent):
    """A resolved or closed incident was taken up again; it is INVESTIGATING, and nobody's if so said."""

    name = "reopened"
    old_status: Status
    status: Literal[Status.INVESTIGATING] = Status.INVESTIGATING
    reason: NonEmptyText
    clears_acknowledgement: bool = False


class ChatLinked(IncidentEvent):
    """Where the incident is lived in chat is known now; absent fields stay as they were."""

    name = "chat_linked"
    visibility = Visibility.INTERNAL
    chat_channel_ref: Reference | None = None
    global_channel_ref: Reference | None = None
    global_message_ref: Reference | None = None


class AcknowledgementExpired(IncidentEvent):
    """Nothing happened for too long after somebody had taken the incident: it is nobody's again."""

    name = "acknowledgement_expired"
    member_id: UUID
    acknowledged_at: Timestamp
    idle_minutes: float = Field(ge=0, le=60 * 24 * 31, allow_inf_nan=False)
