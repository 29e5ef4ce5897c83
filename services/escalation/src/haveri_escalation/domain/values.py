"""The words of the engine; the contract's enumerations say the same for the wire."""

from __future__ import annotations

from enum import StrEnum


class Trigger(StrEnum):
    """What made a run begin."""

    DECLARED = "declared"
    SEVERITY_CHANGED = "severity_changed"
    REOPENED = "reopened"
    BY_HAND = "by_hand"
    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement_expired"
    MITIGATION_OVERDUE = "mitigation_overdue"

    @property
    def follows_the_incident(self) -> bool:
        """True for runs that Haveri began by itself to find somebody; a re-planning replaces these and no others."""
        return self not in (Trigger.BY_HAND, Trigger.MITIGATION_OVERDUE)


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    SILENCED = "silenced"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a run ended."""

    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    REPLACED = "replaced"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DONE = "done"


class StepOutcome(StrEnum):
    """What became of a step. `pending` and `silenced` may still come."""

    PENDING = "pending"
    SILENCED = "silenced"
    FIRED = "fired"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def may_come(self) -> bool:
        """True until it is settled."""
        return self in (StepOutcome.PENDING, StepOutcome.SILENCED)


class CallState(StrEnum):
    """What became of a call."""

    HELD = "held"
    CALLING = "calling"
    REACHED = "reached"
    UNREACHABLE = "unreachable"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """True while the member may still answer it."""
        return self not in (CallState.ANSWERED, CallState.WITHDRAWN)


class Purpose(StrEnum):
    """What a call asks for: take the incident, or join those who have it."""

    TAKE = "take"
    JOIN = "join"


class AttemptState(StrEnum):
    """What became of one way of a call."""

    REQUESTED = "requested"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
