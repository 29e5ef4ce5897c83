"""One organisation's directory at one moment, and what is looked up in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from haveri_contracts.directory.models import Area, Asset, Facility, Member, Organization, Team
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, ShiftChange
from haveri_contracts.plain import Role

UTC_ZONE = ZoneInfo("UTC")

T = TypeVar("T")


@dataclass(frozen=True)
class Directory:
    """Everything by id, in the directory's order: by name, changes of shifts by time. Nothing in it is changed.

    Holidays are by facility. Rotations, changes and holidays are there only for who asked for them.
    """

    organization: Organization
    facilities: Mapping[UUID, Facility] = field(default_factory=dict)
    areas: Mapping[UUID, Area] = field(default_factory=dict)
    assets: Mapping[UUID, Asset] = field(default_factory=dict)
    teams: Mapping[UUID, Team] = field(default_factory=dict)
    members: Mapping[UUID, Member] = field(default_factory=dict)
    rotations: Mapping[UUID, Rotation] = field(default_factory=dict)
    changes: Mapping[UUID, ShiftChange] = field(default_factory=dict)
    calendars: Mapping[UUID, HolidayCalendar] = field(default_factory=dict)

    @cached_property
    def member_of_user(self) -> dict[str, Member]:
        """Members by the user id that a chat platform knows them by."""
        return {identity.user_id: item for item in self.members.values() for identity in item.chat_identities}

    @cached_property
    def administrators(self) -> tuple[Member, ...]:
        """Whom to ask for an account."""
        return tuple(item for item in self.members.values() if item.role is Role.ADMINISTRATOR)

    def zone_of(self, facility_id: UUID | None) -> ZoneInfo:
        """The facility's time zone; UTC when the facility is not known."""
        facility = self.facilities.get(facility_id) if facility_id else None
        return ZoneInfo(facility.timezone) if facility else UTC_ZONE

    def facilities_of(self, member: Member) -> set[UUID]:
        """Where a member's teams are: the plants that are the member's own."""
        return {
            team.facility_id
            for team in self.teams.values()
            if member.id in team.member_ids or team.id in member.team_ids
        }

    def area_of_asset(self, asset_id: UUID) -> Area | None:
        """The area in which an asset stands."""
        asset = self.assets.get(asset_id)
        return self.areas.get(asset.area_id) if asset else None


def name_in(things: Mapping[UUID, Any], id: UUID | str | None) -> str:
    """The name of one of them: empty for none, the start of the id for one that has gone."""
    if not id:
        return ""
    thing = things.get(UUID(str(id)))
    return str(thing.name) if thing else f"#{str(id)[:8]}"


def by_id(things: Iterable[T]) -> dict[UUID, T]:
    """Things by their ids, holidays by their facility."""
    return {id_of(thing): thing for thing in things}


def id_of(thing: object) -> UUID:
    """What a thing is kept under."""
    id: UUID = thing.facility_id if isinstance(thing, HolidayCalendar) else thing.id  # type: ignore[attr-defined]
    return id
