"""What notifying and answering need to know of calls, incidents and people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from haveri_contracts.escalation.models import CallState, Purpose
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.plain import Severity, Status
from haveri_escalation.application.messages import Text
from haveri_escalation.domain.links import Link


@dataclass(frozen=True, slots=True)
class CallFacts:
    """A call as the engine keeps it, with what it knows of the incident."""

    id: UUID
    incident_id: UUID
    member_id: UUID
    purpose: Purpose
    state: CallState
    because: str
    number: str
    title: str
    severity: Severity
    facility_id: UUID | None
    area_id: UUID | None
    asset_ids: tuple[UUID, ...]
    called_at: datetime


@dataclass(frozen=True, slots=True)
class IncidentNow:
    """An incident as its owner knows it at this moment."""

    number: str
    title: str
    severity: Severity
    status: Status
    declared_at: datetime
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None

    @property
    def is_over(self) -> bool:
        """True when it is resolved or closed."""
        return self.status in (Status.RESOLVED, Status.CLOSED)

    def needs(self, purpose: Purpose) -> bool:
        """True while somebody is still to be called for this."""
        return not self.is_over and (purpose is Purpose.JOIN or self.acknowledged_by is None)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member with what they are reached by, which is never logged or published."""

    name: str
    language: str
    addresses: dict[str, str]


class Calls(Protocol):
    """The calls of this service."""

    async def find(self, organization: str, call_id: UUID) -> CallFacts | None:
        """One call, None when there is no such."""


class Incidents(Protocol):
    """The owner of the incidents."""

    async def now(self, organization: str, incident_id: UUID) -> IncidentNow | None:
        """The newest state; None when the owner is away or does not know the incident."""


class Directory(Protocol):
    """People and places."""

    async def recipient(self, organization: str, member_id: UUID) -> Recipient | None:
        """How to reach a member, None when there is no such; raises OwnerUnavailable when that was never known."""

    async def place(
        self, organization: str, facility_id: UUID | None, area_id: UUID | None, asset_ids: Sequence[UUID]
    ) -> str:
        """Where something is, in words, the smallest first."""

    async def team(self, organization: str, team_id: UUID) -> str:
        """A team's name; empty when there is no such team any more."""

    async def wall_clock(self, organization: str, facility_id: UUID | None, moment: datetime) -> datetime:
        """The moment in the facility's zone; in UTC when that is unknown."""


class Links(Protocol):
    """Links that answer a call."""

    def url(self, organization: str, link: Link) -> str | None:
        """The address to follow, None when there are no pages to lead to."""

    def read(self, organization: str, token: str) -> Link:
        """What a link leads to; raises LinkNotValid or LinkExpired."""


class NotSent(Exception):
    """A notification was not taken; `reason` holds no address and no secret."""

    def __init__(self, code: ReasonCode, **params: Any) -> None:
        self.reason = Reason.of(code, **params)
        super().__init__(str(self.reason))


class Carrier(Protocol):
    """Whoever carries notifications by one way or another."""

    async def send(self, via: str, address: str, text: Text) -> None:
        """Hand a text over for one address; raises NotSent."""
