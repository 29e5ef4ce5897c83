"""The incident and its parts as everybody outside the incident service sees them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, WithJsonSchema

from haveri_contracts.plain import EntryType, Severity, Status
from haveri_contracts.types import Actor, Frozen, Label, LongText, NonEmptyText, Reference, ShortText, Tag, Timestamp

Money = Annotated[
    Decimal,
    Field(ge=0, max_digits=16, decimal_places=2),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]{1,14}(\.[0-9]{1,2})?$"},
                {"type": "number", "minimum": 0, "maximum": 10**13, "multipleOf": 0.01},
            ]
        }
    ),
]
"""An amount in the organisation's currency, with two decimals; written as a string, so that no cent is rounded."""

AddedEntryType = Literal[
    EntryType.ACTION_TAKEN, EntryType.ANNOTATION, EntryType.TRIAGE_RESPONSE, EntryType.BOT_GUIDANCE
]
"""The kinds of entry that people and systems add to an incident themselves."""


class Impact(Frozen):
    """What the incident cost: minutes of downtime, lines, units, and money in the organisation's currency."""

    duration_minutes: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    lines_affected: Annotated[int, Field(ge=0, le=10_000)] | None = None
    units_lost: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None
    cost: Money | None = None


class Summary(Frozen):
    """The structured record written at resolve; may be amended later."""

    what_happened: NonEmptyText
    root_cause: LongText = ""
    root_cause_category: Annotated[Label, Field(max_length=100)] | None = None
    resolution: LongText = ""
    resolution_type: Annotated[Label, Field(max_length=100)] | None = None
    impact: Impact = Impact()


class FollowUpDraft(Frozen):
    """A follow-up action named at close: what, by whom, until when (a calendar date at the facility)."""

    id: UUID
    description: NonEmptyText
    assigned_to: UUID | None = None
    due_date: date | None = None


class IncidentDetails(Frozen):
    """What stands in a declaration, in the event of it and in the incident; the command narrows the lists."""

    title: ShortText
    description: LongText = ""
    severity: Severity
    facility_id: UUID
    area_id: UUID | None = None
    asset_ids: list[UUID] = Field(default_factory=list)
    tags: list[Tag] = Field(default_factory=list)


class Incident(IncidentDetails):
    """The current (or an earlier) state of an incident, folded from its events. `number` is what people say: INC-42."""

    id: UUID
    number: str
    status: Status
    declared_by: Actor
    declared_at: Timestamp
    assigned_to: UUID | None = None
    comms_lead: UUID | None = None
    acknowledged_at: Timestamp | None = None
    acknowledged_by: UUID | None = None
    resolved_at: Timestamp | None = None
    closed_at: Timestamp | None = None
    chat_channel_ref: Reference | None = None
    global_channel_ref: Reference | None = None
    global_message_ref: Reference | None = None
    summary: Summary | None = None
    follow_ups: list[FollowUpDraft] = Field(default_factory=list)
    updated_at: Timestamp
    version: int = Field(ge=1)
