"""News from the directory: each carries the whole thing as it stands now, so that readers keep a copy by replacing."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from haveri_contracts.directory.models import Area, Asset, ChatSettings, Facility, Member, Organization, Team
from haveri_contracts.message import Event


class DirectoryEvent(Event):
    """News from the directory."""

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
