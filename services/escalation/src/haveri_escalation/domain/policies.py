"""Policies and what belongs to them, as values. The contract's models say the same for the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from haveri_contracts.plain import Severity

ON_SHIFT = "on_shift"
"""The role that everybody has who is on shift at the facility."""

LEAD = "lead"
"""The role of whoever leads a shift."""


class HolidayRule(StrEnum):
    """Whether the day on which a stretch starts may, must or must not be a holiday."""

    ANY = "any"
    ONLY = "only"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A stretch of the week in wall-clock time; `weekdays` (0 is Monday) are those on which it starts.

    Either `start` and `end` (at or before the start: on the next day), or a shift's name; neither: the whole day.
    """

    weekdays: frozenset[int]
    start: time | None = None
    end: time | None = None
    shift: str | None = None
    holidays: HolidayRule = HolidayRule.ANY


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a policy applies; what is empty applies to everything. Asset types compare casefolded."""

    severities: frozenset[Severity]
    area_ids: frozenset[UUID] = frozenset()
    asset_types: frozenset[str] = frozenset()
    times: tuple[TimeOfDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Notify:
    """Whom to call."""

    member_ids: tuple[UUID, ...] = ()
    team_ids: tuple[UUID, ...] = ()
    shift_roles: tuple[str, ...] = ()
    round_robin: bool = False

    @property
    def names_nobody(self) -> bool:
        """True when there is nothing in it."""
        return not (self.member_ids or self.team_ids or self.shift_roles)


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to call how long after the start of a round."""

    notify: Notify
    after: timedelta = timedelta()
    only_if_unacknowledged: bool = True


@dataclass(frozen=True, slots=True)
class Repeat:
    """All steps again, so many more times, so far apart."""

    times: int
    every: timedelta


@dataclass(frozen=True, slots=True)
class LastResort:
    """Whom to call when all steps are over and nobody has answered; None: the facility's, else the administrators."""

    notify: Notify | None = None
    after: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class MitigationClock:
    """Whom to call when an incident was taken and is not mitigated in time."""

    within: timedelta
    notify: Notify | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """What a run carries out."""

    steps: tuple[Step, ...]
    repeat: Repeat | None = None
    acknowledgement_expires: timedelta | None = None
    mitigation: MitigationClock | None = None
    last_resort: LastResort | None = field(default_factory=LastResort)


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is called when, for which incidents of a facility. `created_at` settles ties: the newer one wins."""

    id: UUID
    name: str
    facility_id: UUID
    conditions: Conditions
    chain: Chain
    priority: int = 0
    is_default: bool = False
    version: int = 1
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When people who are not on shift are not called for these severities."""

    severities: frozenset[Severity]
    times: tuple[TimeOfDay, ...]


@dataclass(frozen=True, slots=True)
class FacilitySettings:
    """What holds for all escalations of a facility."""

    facility_id: UUID
    quiet_hours: tuple[QuietHours, ...] = ()
    last_resort: Notify | None = None


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """A time in which nobody is called for some areas or assets of a facility."""

    id: UUID
    facility_id: UUID
    area_ids: frozenset[UUID]
    asset_ids: frozenset[UUID]
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
