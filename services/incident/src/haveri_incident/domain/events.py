"""What can happen to an incident. Field names are those of the published events, so that translation is mechanical.

Events are kept for good: whatever the published event may leave out has a default here too, or a field that is added
one day would make every older history unreadable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from haveri_contracts.plain import EntryType, Severity, Status
from haveri_incident.domain.values import FollowUp, Summary


@dataclass(frozen=True, slots=True)
class Declared:
    """The incident was declared; a declaring member leads it until another is named."""

    number: str
    title: str
    severity: Severity
    facility_id: UUID
    declared_by: str
    declared_at: datetime
    description: str = ""
    area_id: UUID | None = None
    asset_ids: tuple[UUID, ...] = ()
    tags: tuple[str, ...] = ()
    assigned_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class StatusUpdated:
    """The status of the open incident changed."""

    old_status: Status
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeverityChanged:
    """The severity changed."""

    old_severity: Severity
    severity: Severity
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A member has seen the incident and is on it."""

    member_id: UUID
    acknowledged_at: datetime


@dataclass(frozen=True, slots=True)
class AcknowledgementExpired:
    """Nothing happened for too long after a member had taken the incident: it is nobody's again."""

    member_id: UUID
    acknowledged_at: datetime
    idle_minutes: float


@dataclass(frozen=True, slots=True)
class LeadAssigned:
    """The responsible lead changed."""

    member_id: UUID
    old_member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CommsLeadAssigned:
    """The communications lead changed."""

    member_id: UUID
    old_member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EventAdded:
    """Something done, noted, answered or suggested was added."""

    type: EntryType
    text: str


@dataclass(frozen=True, slots=True)
class EscalationRequested:
    """More people are wished for."""

    policy_id: UUID | None = None
    member_ids: tuple[UUID, ...] = ()
    team_ids: tuple[UUID, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The incident is over."""

    old_status: Status
    summary: Summary
    resolved_at: datetime


@dataclass(frozen=True, slots=True)
class SummaryAmended:
    """The summary was corrected."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class Closed:
    """The incident was closed with what is left to do."""

    closed_at: datetime
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopened:
    """The incident was taken up again. Older histories hold reopenings that left the acknowledgement as it was."""

    old_status: Status
    reason: str
    clears_acknowledgement: bool = False


@dataclass(frozen=True, slots=True)
class ChatLinked:
    """Where the incident is lived in chat is known; None leaves a reference as it was."""

    chat_channel_ref: str | None = None
    global_channel_ref: str | None = None
    global_message_ref: str | None = None


IncidentEvent = (
    Declared
    | StatusUpdated
    | SeverityChanged
    | Acknowledged
    | AcknowledgementExpired
    | LeadAssigned
    | CommsLeadAssigned
    | EventAdded
    | EscalationRequested
    | Resolved
    | SummaryAmended
    | Closed
    | Reopened
    | ChatLinked
)
