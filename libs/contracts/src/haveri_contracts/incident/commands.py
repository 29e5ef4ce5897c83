"""Commands to the incident service. Ids come from the sender, so that a repeat is recognised."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from haveri_contracts.incident.models import AddedEntryType, FollowUpDraft, IncidentDetails, Summary
from haveri_contracts.message import Command, Visibility
from haveri_contracts.plain import Severity, Status
from haveri_contracts.types import KeptMoment, LongText, NonEmptyText, Reference, Tag, Timestamp


class IncidentCommand(Command):
    """What every command about one incident says: which one."""

    owner = "incident"
    incident_id: UUID

    def aggregate_id(self) -> UUID:
        """The incident."""
        return self.incident_id


class DeclareIncident(IncidentCommand, IncidentDetails):
    """Declare an incident; the declarer leads it until another is named."""

    name = "declare"
    asset_ids: list[UUID] = Field(default_factory=list, max_length=50)
    tags: list[Tag] = Field(default_factory=list, max_length=50)


class UpdateStatus(IncidentCommand):
    """Move an open incident to INVESTIGATING or MITIGATED; resolving and closing are commands of their own."""

    name = "update_status"
    status: Status
    note: LongText = ""


class ChangeSeverity(IncidentCommand):
    """Say that it is worse or better than thought."""

    name = "change_severity"
    severity: Severity
    reason: LongText = ""


class Acknowledge(IncidentCommand):
    """Say "I have it": the acting member has seen the incident and is on it."""

    name = "acknowledge"


class AssignLead(IncidentCommand):
    """Name the member who leads the incident."""

    name = "assign_lead"
    member_id: UUID


class AssignCommsLead(IncidentCommand):
    """Name the member who keeps the stakeholders informed."""

    name = "assign_comms_lead"
    member_id: UUID


class AddEvent(IncidentCommand):
    """Add something that was done, noted, answered or suggested; `occurred_at` when it was earlier than now."""

    name = "add_event"
    type: AddedEntryType
    text: NonEmptyText
    occurred_at: KeptMoment | None = None


class Escalate(IncidentCommand):
    """Wish for more people: by a policy, or members and teams by name, or whoever the policy in force calls."""

    name = "escalate"
    policy_id: UUID | None = None
    member_ids: list[UUID] = Field(default_factory=list, max_length=100)
    team_ids: list[UUID] = Field(default_factory=list, max_length=100)
    reason: LongText = ""


class ResolveIncident(IncidentCommand):
    """Say that it is over, with the structured summary."""

    name = "resolve"
    summary: Summary


class AmendSummary(IncidentCommand):
    """Correct the summary of a resolved or closed incident."""

    name = "amend_summary"
    summary: Summary


class CloseIncident(IncidentCommand):
    """Close a resolved incident, naming what is left to do."""

    name = "close"
    follow_ups: list[FollowUpDraft] = Field(default_factory=list, max_length=50)


class ReopenIncident(IncidentCommand):
    """Take a resolved or closed incident up again."""

    name = "reopen"
    reason: NonEmptyText


class LinkChat(IncidentCommand):
    """Record where the incident is lived in chat; sent by the chat gateway, given fields replace earlier ones."""

    name = "link_chat"
    visibility = Visibility.INTERNAL
    chat_channel_ref: Reference | None = None
    global_channel_ref: Reference | None = None
    global_message_ref: Reference | None = None


class ExpireAcknowledgement(IncidentCommand):
    """Take back an acknowledgement after which nothing happened; sent by the escalation service only.

    Only the acknowledgement of `acknowledged_at` is taken back, so that a newer one stays.
    """

    name = "expire_acknowledgement"
    visibility = Visibility.INTERNAL
    acknowledged_at: Timestamp
    idle_minutes: float = Field(ge=0, le=60 * 24 * 31, allow_inf_nan=False)
