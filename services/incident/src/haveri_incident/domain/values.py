"""Values that an incident's events and state are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Impact:
    """What the incident cost: minutes, lines, units, and money in the organisation's currency."""

    duration_minutes: int | None = None
    lines_affected: int | None = None
    units_lost: int | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The structured record of a resolved incident."""

    what_happened: str
    root_cause: str = ""
    root_cause_category: str | None = None
    resolution: str = ""
    resolution_type: str | None = None
    impact: Impact = field(default_factory=Impact)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is left to do after the incident: by whom, until which calendar date."""

    id: UUID
    description: str
    assigned_to: UUID | None = None
    due_date: date | None = None
