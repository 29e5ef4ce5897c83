"""What requests carry. A field that is not known is refused: a typing mistake must not look like success."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from haveri_contracts.incident.models import Summary
from haveri_contracts.plain import Severity, Status
from haveri_contracts.types import LongText, NonEmptyText, ShortText, Tag, Timestamp
from haveri_web.domain.access import Scope


class Body(BaseModel):
    """The base of all request bodies."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Declaration(Body):
    """What is wrong, how bad it is, and where."""

    title: ShortText
    severity: Severity
    facility_id: UUID
    area_id: UUID | None = None
    asset_ids: Annotated[list[UUID], Field(max_length=50)] = []
    description: LongText = ""
    tags: Annotated[list[Tag], Field(max_length=50)] = []


class NewStatus(Body):
    """The status to move to: INVESTIGATING or MITIGATED."""

    status: Status
    note: LongText = ""


class NewSeverity(Body):
    """How bad it is after all."""

    severity: Severity
    reason: LongText = ""


class Assignment(Body):
    """Whom to name."""

    member_id: UUID


class Note(Body):
    """What was done or is to be noted; `occurred_at` when it was earlier than now."""

    text: NonEmptyText
    occurred_at: Timestamp | None = None


class EscalationWish(Body):
    """Whom to call: by a policy, or members and teams by name, or, with nothing said, whoever is due."""

    policy_id: UUID | None = None
    member_ids: Annotated[list[UUID], Field(max_length=100)] = []
    team_ids: Annotated[list[UUID], Field(max_length=100)] = []
    reason: LongText = ""


class Resolution(Body):
    """How it ended."""

    summary: Summary


class NewFollowUp(Body):
    """Something left to do. `due_date` is a calendar date at the facility."""

    id: UUID | None = None
    description: NonEmptyText
    assigned_to: UUID | None = None
    due_date: date | None = None


class Closing(Body):
    """What is left to do."""

    follow_ups: Annotated[list[NewFollowUp], Field(max_length=50)] = []


class Reopening(Body):
    """Why it is taken up again."""

    reason: NonEmptyText


class NewToken(Body):
    """An API token to make for oneself; without `expires_at` it is good for 90 days, at most 366."""

    name: ShortText
    scopes: Annotated[list[Scope], Field(min_length=1)] = [Scope.READ]
    expires_at: Timestamp | None = None
