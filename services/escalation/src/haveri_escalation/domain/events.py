"""What can happen to an incident's escalation: what is published, with the field names of the contract.

Some carry more than is published (`ways`, `exhaustion_due_at`, `turns`): what the fold needs to give the whole state.
Events are kept for good: a field that is added one day needs a default here. A text beside a `Reason` is what older
events said in words; new ones leave it empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from haveri_contracts.escalation.models import EndReason, Purpose, Trigger
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.plain import Severity
from haveri_escalation.domain.people import Way
from haveri_escalation.domain.policies import Chain


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step in its round, both counted from 1, and when it is due; step 0 is the last resort."""

    round: int
    step: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A member who is called by a step, why, and the ways there are to reach them at that moment."""

    call_id: UUID
    member_id: UUID
    purpose: Purpose
    because: str = ""
    held_until: datetime | None = None
    ways: tuple[Way, ...] = ()
    cause: Reason | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A chain began to run. Without `exhaustion_due_at` the run is done when its steps are.

    Before there were `causes`, `why` said them in words.
    """

    run_id: UUID
    trigger: Trigger
    policy_id: UUID | None
    policy_name: str
    policy_version: int | None
    chain: Chain
    steps: tuple[PlannedStep, ...]
    started_at: datetime
    exhaustion_due_at: datetime | None = None
    causes: tuple[Reason, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class StepFired:
    """A step was carried out. `turns` are the new counts of the teams whose people are called in turn."""

    run_id: UUID
    round: int
    step: int
    due_at: datetime
    fired_at: datetime
    calls: tuple[PlacedCall, ...]
    already_called: tuple[UUID, ...] = ()
    missing: tuple[str, ...] = ()
    turns: tuple[tuple[UUID, int], ...] = ()
    in_vain: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step came due and was not needed, because the incident is taken."""

    run_id: UUID
    round: int
    step: int
    due_at: datetime
    reason: str = ""
    cause: Reason | None = None


@dataclass(frozen=True, slots=True)
class Unacked:
    """The time of a step is over and nobody has taken the incident; the next step follows."""

    run_id: UUID
    round: int
    step: int
    minutes: float


@dataclass(frozen=True, slots=True)
class CallReleased:
    """A call that quiet hours had held is made now."""

    run_id: UUID
    call_id: UUID
    member_id: UUID
    released_at: datetime


@dataclass(frozen=True, slots=True)
class NotificationRequested:
    """A member is to be notified this way."""

    run_id: UUID
    call_id: UUID
    member_id: UUID
    via: str
    attempt: int
    purpose: Purpose
    because: str
    requested_at: datetime
    cause: Reason | None = None


@dataclass(frozen=True, slots=True)
class NotificationSent:
    """The notification was handed to whoever carries it."""

    run_id: UUID
    call_id: UUID
    member_id: UUID
    via: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotificationDelivered:
    """The notification is where the member sees it."""

    run_id: UUID
    call_id: UUID
    member_id: UUID
    via: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotificationFailed:
    """The notification did not get through."""

    run_id: UUID
    call_id: UUID
    member_id: UUID
    via: str
    reason: str
    at: datetime
    cause: Reason | None = None


@dataclass(frozen=True, slots=True)
class NotificationAnswered:
    """A called member answered: took the incident, or is coming."""

    run_id: UUID
    call_id: UUID
    member_id: UUID
    purpose: Purpose
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class MemberUnreachable:
    """Every way to reach a called member failed."""

    run_id: UUID
    call_id: UUID
    member_id: UUID
    reason: str = ""
    causes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class CallsWithdrawn:
    """These calls are not needed any more."""

    run_id: UUID
    call_ids: tuple[UUID, ...]
    reason: EndReason
    by_member_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Exhausted:
    """All steps are over and nobody has taken the incident."""

    run_id: UUID
    last_resort: bool


@dataclass(frozen=True, slots=True)
class Silenced:
    """A maintenance window holds a run."""

    run_id: UUID
    window_id: UUID
    until: datetime
    reason: str
    silenced_at: datetime


@dataclass(frozen=True, slots=True)
class Resumed:
    """The window is over: the remaining steps are due as said here, and so is the exhaustion."""

    run_id: UUID
    window_id: UUID
    steps: tuple[PlannedStep, ...]
    exhaustion_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepsReplanned:
    """Remaining steps are due at other times."""

    run_id: UUID
    steps: tuple[PlannedStep, ...]
    reason: str
    exhaustion_due_at: datetime | None = None
    cause: Reason | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A run is over; its open calls may still be answered until they are withdrawn."""

    run_id: UUID
    reason: EndReason
    by_member_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MitigationOverdue:
    """The incident was taken and is not mitigated in time."""

    taken_by: UUID | None
    taken_at: datetime
    within_minutes: float


@dataclass(frozen=True, slots=True)
class PolicyMissing:
    """No policy of the facility fits the incident and it has no default."""

    facility_id: UUID
    severity: Severity


Published = (
    Started
    | StepFired
    | StepSkipped
    | Unacked
    | CallReleased
    | NotificationRequested
    | NotificationSent
    | NotificationDelivered
    | NotificationFailed
    | NotificationAnswered
    | MemberUnreachable
    | CallsWithdrawn
    | Exhausted
    | Silenced
    | Resumed
    | StepsReplanned
    | Ended
    | MitigationOverdue
    | PolicyMissing
)
