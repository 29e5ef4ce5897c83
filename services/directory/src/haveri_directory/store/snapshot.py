"""A whole directory at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from haveri_contracts.directory.models import Area, Asset, Facility, Member, Organization, Team
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything an organisation has in the directory, by id; the holidays by facility. Changes of shifts are apart."""

    organization: Organization
    facilities: dict[UUID, Facility] = field(default_factory=dict)
    areas: dict[UUID, Area] = field(default_factory=dict)
    assets: dict[UUID, Asset] = field(default_factory=dict)
    teams: dict[UUID, Team] = field(default_factory=dict)
    members: dict[UUID, Member] = field(default_factory=dict)
    rotations: dict[UUID, Rotation] = field(default_factory=dict)
    calendars: dict[UUID, HolidayCalendar] = field(default_factory=dict)
