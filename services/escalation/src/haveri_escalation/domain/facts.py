"""What the engine notes for itself: how the incident stands, and what it refused. Stored, never published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from haveri_contracts.plain import Severity, Status
from haveri_escalation.domain.events import Published


@dataclass(frozen=True, slots=True)
class IncidentFollowed:
    """An incident was declared, and from now on its escalation is kept here."""

    number: str
    title: str
    severity: Severity
    facility_id: UUID
    declared_at: datetime
    area_id: UUID | None = None
    asset_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class SeverityNoted:
    """The incident has another severity."""

    severity: Severity


@dataclass(frozen=True, slots=True)
class StatusNoted:
    """The incident has another status."""

    status: Status


@dataclass(frozen=True, slots=True)
class TakingNoted:
    """A member took the incident: whatever waits for nobody taking it is cancelled."""

    member_id: UUID
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseNoted:
    """The incident is nobody's again, and everybody may be called anew."""

    released_at: datetime


@dataclass(frozen=True, slots=True)
class ActivityNoted:
    """Somebody did something about the taken incident, so it is not forgotten."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ExpiryRequested:
    """The incident service was asked to take back the acknowledgement of `taken_at`."""

    run_id: UUID
    taken_at: datetime
    idle_minutes: float


@dataclass(frozen=True, slots=True)
class AttemptUnneeded:
    """Whoever was to carry a notification found that the incident is taken or over; nothing more is tried."""

    run_id: UUID
    call_id: UUID
    via: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TimerRefused:
    """A timer came that does not count any more, and why."""

    run_id: UUID
    timer: str
    reason: str


Noted = (
    IncidentFollowed
    | SeverityNoted
    | StatusNoted
    | TakingNoted
    | ReleaseNoted
    | ActivityNoted
    | ExpiryRequested
    | AttemptUnneeded
    | TimerRefused
)
EscalationEvent = Published | Noted
