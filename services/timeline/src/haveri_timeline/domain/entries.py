"""Which kind of entry an event becomes, and an entry itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from haveri_contracts.plain import EntryType

_OF_A_CHAIN = (
    "started",
    "step_fired",
    "step_skipped",
    "unacked",
    "call_released",
    "member_unreachable",
    "exhausted",
    "silenced",
    "resumed",
    "steps_replanned",
    "ended",
    "mitigation_overdue",
    "policy_missing",
    "step_overdue",
)
_OF_A_NOTIFICATION = ("sent", "delivered", "failed", "answered")
_KINDS = {
    "haveri.incident.declared.v1": EntryType.DECLARED,
    "haveri.incident.status_updated.v1": EntryType.STATUS_CHANGE,
    "haveri.incident.severity_changed.v1": EntryType.SEVERITY_CHANGE,
    "haveri.incident.acknowledged.v1": EntryType.ACKNOWLEDGEMENT,
    "haveri.incident.acknowledgement_expired.v1": EntryType.ACKNOWLEDGEMENT,
    "haveri.incident.lead_assigned.v1": EntryType.ASSIGNMENT,
    "haveri.incident.comms_lead_assigned.v1": EntryType.COMMS_ASSIGNMENT,
    "haveri.incident.escalation_requested.v1": EntryType.ESCALATION,
    "haveri.incident.resolved.v1": EntryType.STATUS_CHANGE,
    "haveri.incident.summary_amended.v1": EntryType.SUMMARY,
    "haveri.incident.closed.v1": EntryType.STATUS_CHANGE,
    "haveri.incident.reopened.v1": EntryType.REOPENED,
    "haveri.incident.chat_linked.v1": EntryType.NOTIFICATION,
    "haveri.chat.message_posted.v1": EntryType.MESSAGE,
    "haveri.chat.message_edited.v1": EntryType.MESSAGE_EDITED,
    "haveri.chat.message_deleted.v1": EntryType.MESSAGE_DELETED,
    "haveri.chat.file_shared.v1": EntryType.ATTACHMENT,
    "haveri.chat.notification_failed.v1": EntryType.NOTIFICATION,
    **{f"haveri.escalation.{news}.v1": EntryType.ESCALATION for news in _OF_A_CHAIN},
    **{f"haveri.escalation.notification_{news}.v1": EntryType.NOTIFICATION for news in _OF_A_NOTIFICATION},
}
_SAYS_ITS_KIND = "haveri.incident.event_added.v1"


class UntellableEventError(ValueError):
    """The timeline has no kind of entry for this event."""


def kind_of(source_type: str, payload: dict[str, object]) -> EntryType:
    """The kind of entry that an event becomes; raises UntellableEventError for one that it does not know."""
    if source_type == _SAYS_ITS_KIND:
        return EntryType(str(payload["type"]))
    kind = _KINDS.get(source_type)
    if kind is None:
        raise UntellableEventError(f"the timeline does not know what to tell of {source_type}")
    return kind


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to an incident and is not on its timeline yet. `payload` is canonical JSON."""

    incident_id: UUID
    event_id: UUID
    kind: EntryType
    occurred_at: datetime
    actor: str
    source_type: str
    source_version: int | None
    payload: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A happening in its place on the timeline. Hashes are SHA-256, hexadecimal."""

    seq: int
    happening: Happening
    recorded_at: datetime
    previous_hash: str
    hash: str
