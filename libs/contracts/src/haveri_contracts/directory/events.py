"""Events of the directory: each carries the whole thing as it stands now, so that readers keep a copy by replacing."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from haveri_contracts.directory.models import (
    Area,
    Asset,
    ChatSettings,
    Facility,
    Member,
    Organization,
    Team,
)
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, ShiftChange
from haveri_contracts.message import Event


class DirectoryEvent(Event):
    """An event of the directory."""

    owner = "directory"


class OrganizationCreated(DirectoryEvent):
    """An organisation was created."""

    name = "organization_created"
    organization: Organization


class FacilityPut(DirectoryEvent):
    """A facility was added or changed."""

    name = "facility_put"
    facility: Facility

    def aggregate_id(self) -> UUID:
        """The facility."""
        return self.facility.id


class AreaPut(DirectoryEvent):
    """An area was added or changed."""

    name = "area_put"
    area: Area

    def aggregate_id(self) -> UUID:
        """The area."""
        return self.area.id


class AssetPut(DirectoryEvent):
    """An asset was added or changed."""

    name = "asset_put"
    asset: Asset

    def aggregate_id(self) -> UUID:
        """The asset."""
        return self.asset.id


class TeamPut(DirectoryEvent):
    """A team, its shifts or its members were added or changed."""

    name = "team_put"
    team: Team

    def aggregate_id(self) -> UUID:
        """The team."""
        return self.team.id


class MemberPut(DirectoryEvent):
    """A member was added or changed."""

    name = "member_put"
    member: Member

    def aggregate_id(self) -> UUID:
        """The member."""
        return self.member.id


class Removed(DirectoryEvent):
    """Something was removed from the directory."""

    name = "removed"
    kind_of_thing: Literal["facility", "area", "asset", "team", "member"]
    id: UUID

    def aggregate_id(self) -> UUID:
        """The thing removed."""
        return self.id


class ChatSettingsChanged(DirectoryEvent):
    """Where the organisation's chat happens has changed."""

    name = "chat_settings_changed"
    settings: ChatSettings


class RotationPut(DirectoryEvent):
    """A rotation was added or changed."""

    name = "rotation_put"
    rotation: Rotation

    def aggregate_id(self) -> UUID:
        """The rotation."""
        return self.rotation.id


class RotationRemoved(DirectoryEvent):
    """A rotation was removed."""

    name = "rotation_removed"
    rotation_id: UUID

    def aggregate_id(self) -> UUID:
        """The rotation."""
        return self.rotation_id


class ShiftChangePut(DirectoryEvent):
    """A change of shifts was added, changed or accepted."""

    name = "shift_change_put"
    change: ShiftChange

    def aggregate_id(self) -> UUID:
        """The change."""
        return self.change.id


class ShiftChangeCancelled(DirectoryEvent):
    """A change of shifts was taken back."""

    name = "shift_change_cancelled"
    change_id: UUID

    def aggregate_id(self) -> UUID:
        """The change."""
        return self.change_id


class HolidaysChanged(DirectoryEvent):
    """A facility's holidays changed."""

    name = "holidays_changed"
    calendar: HolidayCalendar

    def aggregate_id(self) -> UUID:
        """The facility."""
        return self.calendar.facility_id
