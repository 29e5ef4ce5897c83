"""What decisions need to know besides the incident's own state, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from haveri_contracts.escalation.models import FacilitySettings, MaintenanceWindow
from haveri_escalation.domain.matching import PolicyBook
from haveri_escalation.domain.people import Roster


@dataclass(frozen=True)
class World:
    """The people, and what holds at the incident's facility. `turns` are the counts by (policy, step), then team."""

    roster: Roster
    book: PolicyBook
    settings: FacilitySettings | None = None
    windows: tuple[MaintenanceWindow, ...] = ()
    turns: Mapping[tuple[UUID, int], Mapping[UUID, int]] = field(default_factory=dict)
