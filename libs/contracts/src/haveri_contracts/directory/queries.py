"""Queries to the directory. Lists are ordered by name and paged."""

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
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, ScheduledShift, ShiftChange
from haveri_contracts.message import Query
from haveri_contracts.types import Frozen, Page, Timestamp


class DirectoryQuery(Query):
    """A query to the directory."""

    owner = "directory"


class OrganizationNow(Organization):
    """The organisation; `version` is the `sequence` of the last event of its directory."""

    version: int | None = None


class GetOrganization(DirectoryQuery):
    """The organisation of the subject."""

    name = "organization"
    Answer = OrganizationNow


class GetOne(DirectoryQuery):
    """What every query about one thing says: which one. Refused when there is none."""

    id: UUID


class GetFacility(GetOne):
    """One facility."""

    name = "facility"
    Answer = Facility


class GetArea(GetOne):
    """One area."""

    name = "area"
    Answer = Area


class GetAsset(GetOne):
    """One asset."""

    name = "asset"
    Answer = Asset


class GetTeam(GetOne):
    """One team."""

    name = "team"
    Answer = Team


class GetMember(GetOne):
    """One member."""

    name = "member"
    Answer = Member


class GetRotation(GetOne):
    """One rotation."""

    name = "rotation"
    Answer = Rotation


class GetShiftChange(GetOne):
    """One change of shifts."""

    name = "shift_change"
    Answer = ShiftChange


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


class RotationList(Frozen):
    """A page of rotations."""

    items: list[Rotation]
    next_cursor: str | None = None


class ListRotations(DirectoryQuery):
    """The rotations of one facility or of all, by name."""

    name = "rotations"
    Answer = RotationList
    facility_id: UUID | None = None
    page: Page = Page(limit=200)


class ShiftChangeList(Frozen):
    """A page of changes."""

    items: list[ShiftChange]
    next_cursor: str | None = None


class ListShiftChanges(DirectoryQuery):
    """Changes of shifts, the first to begin first: of a facility, a team or a member, and those that touch a time."""

    name = "shift_changes"
    Answer = ShiftChangeList
    facility_id: UUID | None = None
    team_id: UUID | None = None
    member_id: UUID | None = None
    starts_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    page: Page = Page(limit=200)


class HolidayCalendarList(Frozen):
    """The holidays of every facility that has any."""

    items: list[HolidayCalendar]


class ListHolidays(DirectoryQuery):
    """The holidays of every facility."""

    name = "holidays"
    Answer = HolidayCalendarList


class Schedule(Frozen):
    """Who works when, the first to begin first."""

    items: list[ScheduledShift]


class GetSchedule(DirectoryQuery):
    """Who works when at a facility, from a moment to another at most 92 days later: everybody, a team or a member."""

    name = "schedule"
    Answer = Schedule
    facility_id: UUID
    team_id: UUID | None = None
    member_id: UUID | None = None
    starts_at: Timestamp
    ends_at: Timestamp


class CalendarDocument(Frozen):
    """An iCalendar document (RFC 5545)."""

    document: str


class ExportShifts(DirectoryQuery):
    """The shifts of `GetSchedule` as iCalendar, for a calendar program."""

    name = "export_shifts"
    Answer = CalendarDocument
    facility_id: UUID
    team_id: UUID | None = None
    member_id: UUID | None = None
    starts_at: Timestamp
    ends_at: Timestamp
