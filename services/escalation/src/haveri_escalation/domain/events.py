"""What can happen to an incident's escalation: the contract's events, some with more than is published.

What these add to the contract's (`ways`, `turns`, `exhaustion_due_at`, …) is what the fold needs to give the whole
state. Events are kept for good: a field that is added one day needs a default. A text beside a `Reason` is what older
events said in words; new ones leave it empty.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from haveri_contracts.escalation import events, models
from haveri_escalation.domain.people import Way


class PlacedCall(models.PlacedCall):
    """With the ways there are to reach the member at that moment."""

    ways: tuple[Way, ...] = ()


class Started(events.EscalationStarted):
    """Without `exhaustion_due_at` the run is done when its steps are."""

    exhaustion_due_at: datetime | None = None


class StepFired(events.StepFired):
    """`turns` are the new counts of the teams whose people are called in turn."""

    calls: list[PlacedCall]  # type: ignore[assignment] # narrower, and nobody adds to it
    turns: tuple[tuple[UUID, int], ...] = ()


class CallReleased(events.CallReleased):
    """With when."""

    released_at: datetime


class NotificationRequested(events.NotificationRequested):
    """With when."""

    requested_at: datetime


class NotificationSent(events.NotificationSent):
    """With when."""

    at: datetime


class NotificationDelivered(events.NotificationDelivered):
    """With when."""

    at: datetime


class NotificationFailed(events.NotificationFailed):
    """With when."""

    at: datetime


class NotificationAnswered(events.NotificationAnswered):
    """With when."""

    answered_at: datetime


class Silenced(events.EscalationSilenced):
    """With since when."""

    silenced_at: datetime


class Resumed(events.EscalationResumed):
    """With when the run is exhausted now."""

    exhaustion_due_at: datetime | None = None


class StepsReplanned(events.StepsReplanned):
    """With when the run is exhausted now."""

    exhaustion_due_at: datetime | None = None


Published = (
    Started
    | StepFired
    | events.StepSkipped
    | events.EscalationUnacked
    | CallReleased
    | NotificationRequested
    | NotificationSent
    | NotificationDelivered
    | NotificationFailed
    | NotificationAnswered
    | events.MemberUnreachable
    | events.CallsWithdrawn
    | events.EscalationExhausted
    | Silenced
    | Resumed
    | StepsReplanned
    | events.EscalationEnded
    | events.MitigationOverdue
    | events.PolicyMissing
)
