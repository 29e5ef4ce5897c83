"""Questions to the directory. Lists are ordered by name and paged."""

from __future__ import annotations

from uuid import UUID

from haveri_contracts.directory.models import (
    Area,
    Asset,
    ChatSettings,
    Facility,
    Member,
    OnShift,
    Organization,
    Team,
)
from haveri_contracts.message import Query
from haveri_contracts.types import Frozen, Page, Timestamp


class DirectoryQuery(Query):
    """A question to the directory."""

    owner = "directory"


class GetOrganization(DirectoryQuery):
    """The organisation of the subject."""

    name = "organization"
    Answer = Organization


class FacilityList(Frozen):
    """A page of facilities."""

    items: list[Facility]
    next_cursor: str | None = None


class ListFacilities(DirectoryQuery):
    """The organisation's facilities."""

    name = "facilities"
    Answer = FacilityList
    page: Page = Page(limit=200)


class AreaList(Frozen):
    """A page of areas."""

    items: list[Area]
    next_cursor: str | None = None


class ListAreas(DirectoryQuery):
    """The areas of one facility or of all."""

    name = "areas"
    Answer = AreaList
    facility_id: UUID | None = None
    page: Page = Page(limit=200)


class AssetList(Frozen):
    """A page of assets."""

    items: list[Asset]
    next_cursor: str | None = None


class ListAssets(DirectoryQuery):
    """The assets of one area or of all."""

    name = "assets"
    Answer = AssetList
    area_id: UUID | None = None
    page: Page = Page(limit=200)


class TeamList(Frozen):
    """A page of teams."""

    items: list[Team]
    next_cursor: str | None = None


class ListTeams(DirectoryQuery):
    """The teams of one facility or of all."""

    name = "teams"
    Answer = TeamList
    facility_id: UUID | None = None
    page: Page = Page(limit=200)


class MemberList(Frozen):
    """A page of members."""

    items: list[Member]
    next_cursor: str | None = None


class ListMembers(DirectoryQuery):
    """The organisation's members."""

    name = "members"
    Answer = MemberList
    page: Page = Page(limit=200)


class ChatSettingsAnswer(Frozen):
    """The chat settings, or nothing when chat has not been set up."""

    settings: ChatSettings | None


class GetChatSettings(DirectoryQuery):
    """Where the organisation's chat happens."""

    name = "chat_settings"
    Answer = ChatSettingsAnswer


class OnShiftList(Frozen):
    """Who is on shift."""

    items: list[OnShift]


class GetOnShift(DirectoryQuery):
    """Who is on shift at a facility at a moment."""

    name = "on_shift"
    Answer = OnShiftList
    facility_id: UUID
    at: Timestamp
