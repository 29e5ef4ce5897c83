"""Events of the escalation service. What concerns an incident has the incident as its aggregate."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation.models import (
    Chain,
    EndReason,
    EscalationPolicy,
    FacilitySettings,
    MaintenanceWindow,
    Minutes,
    PlacedCall,
    PlannedStep,
    Purpose,
    Trigger,
)
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.message import Event, Visibility
from haveri_contracts.plain import EntryType, Severity
from haveri_contracts.types import LARGEST_INTEGER, Label, LongText, Timestamp


class EscalationEvent(Event):
    """What every event about the escalation of one incident says: which incident.

    Where an event has a `Reason` beside a text, it says by that why; the text is what older events said in words.
    """

    owner = "escalation"
    incident_id: UUID

    def aggregate_id(self) -> UUID:
        """The incident."""
        return self.incident_id


class EscalationStarted(EscalationEvent):
    """A chain began to run: by which policy and why, and when each of its steps is due.

    `chain` is what the run keeps to, whatever becomes of the policy.
    """

    name = "started"
    entry = EntryType.ESCALATION
    run_id: UUID
    trigger: Trigger
    policy_id: UUID | None = None
    policy_name: Label = ""
    policy_version: int | None = None
    why: LongText = ""
    causes: list[Reason] = Field(default_factory=list)
    chain: Chain
    steps: list[PlannedStep]
    started_at: Timestamp


class StepFired(EscalationEvent):
    """A step was carried out: these members are called.

    `already_called` are those whom it names and who were called for the same cause before; `in_vain` says whom
    it named in vain, as `missing` did in words. Step 0 is the last resort.
    """

    name = "step_fired"
    entry = EntryType.ESCALATION
    run_id: UUID
    round: int
    step: int
    due_at: Timestamp
    fired_at: Timestamp
    calls: list[PlacedCall]
    already_called: list[UUID] = Field(default_factory=list)
    missing: list[Label] = Field(default_factory=list)
    in_vain: list[Reason] = Field(default_factory=list)


class StepSkipped(EscalationEvent):
    """A step came due and was not needed, because the incident is taken."""

    name = "step_skipped"
    entry = EntryType.ESCALATION
    run_id: UUID
    round: int
    step: int
    due_at: Timestamp
    reason: Label
    cause: Reason | None = None


class EscalationUnacked(EscalationEvent):
    """The time of a step is over and nobody has taken the incident; the next step follows."""

    name = "unacked"
    entry = EntryType.ESCALATION
    run_id: UUID
    round: int
    step: int
    minutes: Minutes


class CallReleased(EscalationEvent):
    """A call that quiet hours had held is made now."""

    name = "call_released"
    entry = EntryType.ESCALATION
    run_id: UUID
    call_id: UUID
    member_id: UUID


class NotificationEvent(EscalationEvent):
    """What all events about one notification say: for which call, to whom, which way."""

    run_id: UUID
    call_id: UUID
    member_id: UUID
    via: Via


class NotificationRequested(NotificationEvent):
    """A member is to be notified this way; chat gateways do `chat`, the escalation service the others."""

    name = "notification_requested"
    attempt: int = Field(ge=1, le=100)
    purpose: Purpose = Purpose.TAKE
    because: Label = ""
    cause: Reason | None = None


class NotificationSent(NotificationEvent):
    """The notification was handed to whoever carries it."""

    name = "notification_sent"
    entry = EntryType.NOTIFICATION


class NotificationDelivered(NotificationEvent):
    """The notification is where the member sees it."""

    name = "notification_delivered"
    entry = EntryType.NOTIFICATION


class NotificationFailed(NotificationEvent):
    """The notification did not get through; the member's next way follows at once."""

    name = "notification_failed"
    entry = EntryType.NOTIFICATION
    reason: Label
    cause: Reason | None = None


class NotificationAnswered(EscalationEvent):
    """A called member answered: took the incident, or is coming."""

    name = "notification_answered"
    entry = EntryType.NOTIFICATION
    run_id: UUID
    call_id: UUID
    member_id: UUID
    purpose: Purpose


class MemberUnreachable(EscalationEvent):
    """Every way to reach a called member failed."""

    name = "member_unreachable"
    entry = EntryType.ESCALATION
    run_id: UUID
    call_id: UUID
    member_id: UUID
    reason: Label = ""
    causes: list[Reason] = Field(default_factory=list)


class CallsWithdrawn(EscalationEvent):
    """These calls are not needed any more: their cards lose the button and say who took the incident, and when."""

    name = "calls_withdrawn"
    run_id: UUID
    call_ids: list[UUID]
    reason: EndReason
    by_member_id: UUID | None = None
    at: Timestamp


class EscalationExhausted(EscalationEvent):
    """All steps are over and nobody has taken the incident; a last resort follows unless the policy has none."""

    name = "exhausted"
    entry = EntryType.ESCALATION
    run_id: UUID
    last_resort: bool


class EscalationSilenced(EscalationEvent):
    """A maintenance window holds a run: nobody is called until it ends."""

    name = "silenced"
    entry = EntryType.ESCALATION
    run_id: UUID
    window_id: UUID
    until: Timestamp
    reason: LongText = ""


class EscalationResumed(EscalationEvent):
    """The maintenance window is over: the remaining steps of the run are due as said here."""

    name = "resumed"
    entry = EntryType.ESCALATION
    run_id: UUID
    window_id: UUID
    steps: list[PlannedStep]


class StepsReplanned(EscalationEvent):
    """Remaining steps are due at other times, because somebody wished for more people or nobody was reachable."""

    name = "steps_replanned"
    entry = EntryType.ESCALATION
    run_id: UUID
    steps: list[PlannedStep]
    reason: Label
    cause: Reason | None = None


class EscalationEnded(EscalationEvent):
    """A run is over; nobody else is called by it."""

    name = "ended"
    entry = EntryType.ESCALATION
    run_id: UUID
    reason: EndReason
    by_member_id: UUID | None = None
    at: Timestamp


class MitigationOverdue(EscalationEvent):
    """The incident was taken and is not mitigated within the policy's minutes."""

    name = "mitigation_overdue"
    entry = EntryType.ESCALATION
    taken_by: UUID | None = None
    taken_at: Timestamp
    within_minutes: Minutes


class PolicyMissing(EscalationEvent):
    """No policy of the facility fits the incident and it has no default: the last resort is called instead."""

    name = "policy_missing"
    entry = EntryType.ESCALATION
    facility_id: UUID
    severity: Severity


class StepOverdue(EscalationEvent):
    """The auditor found a step that was due and not fired; the engine is told once more."""

    name = "step_overdue"
    entry = EntryType.ESCALATION
    run_id: UUID
    round: int
    step: int
    due_at: Timestamp
    found_at: Timestamp


class TimerDue(EscalationEvent):
    """A timer of the engine came due. Refused when the run has another generation by then."""

    name = "timer_due"
    visibility = Visibility.INTERNAL
    timer: Literal["step", "exhaustion", "call", "expiry", "mitigation"]
    run_id: UUID
    generation: int = Field(ge=1, le=LARGEST_INTEGER)
    round: int = 1
    step: int = 0
    call_id: UUID | None = None
    attempt: int = 0
    due_at: Timestamp


class TimerRefused(EscalationEvent):
    """A timer came that does not count any more, and why."""

    name = "timer_refused"
    visibility = Visibility.INTERNAL
    run_id: UUID
    timer: Label
    reason: Label


class PolicyPut(Event):
    """An escalation policy was added or changed; carries all of it in its new version."""

    owner = "escalation"
    name = "policy_put"
    policy: EscalationPolicy

    def aggregate_id(self) -> UUID:
        """The policy."""
        return self.policy.id


class PolicyRemoved(Event):
    """An escalation policy was removed."""

    owner = "escalation"
    name = "policy_removed"
    policy_id: UUID

    def aggregate_id(self) -> UUID:
        """The policy."""
        return self.policy_id


class FacilitySettingsChanged(Event):
    """A facility's quiet hours or last resort changed."""

    owner = "escalation"
    name = "facility_settings_changed"
    settings: FacilitySettings

    def aggregate_id(self) -> UUID:
        """The facility."""
        return self.settings.facility_id


class MaintenanceWindowPut(Event):
    """A maintenance window was announced or changed."""

    owner = "escalation"
    name = "maintenance_window_put"
    window: MaintenanceWindow

    def aggregate_id(self) -> UUID:
        """The window."""
        return self.window.id


class MaintenanceWindowEnded(Event):
    """A maintenance window is over, early or as announced."""

    owner = "escalation"
    name = "maintenance_window_ended"
    window_id: UUID
    ended_at: Timestamp

    def aggregate_id(self) -> UUID:
        """The window."""
        return self.window_id


class WindowDue(Event):
    """A maintenance window begins or ends now."""

    owner = "escalation"
    name = "window_due"
    visibility = Visibility.INTERNAL
    window_id: UUID
    edge: Literal["start", "end"]
    due_at: Timestamp

    def aggregate_id(self) -> UUID:
        """The window."""
        return self.window_id


class EngineBeat(Event):
    """The escalation engine breathes: this went through its outbox and over the bus."""

    owner = "escalation"
    name = "beat"
    visibility = Visibility.INTERNAL
    beaten_at: Timestamp
