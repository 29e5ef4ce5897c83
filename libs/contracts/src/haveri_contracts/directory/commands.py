"""Commands to the directory. A `Put…` adds what is not there and changes what is; ids come from the sender."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from haveri_contracts.directory.models import (
    ENGLISH,
    Area,
    Asset,
    ChatSettings,
    Facility,
    Locale,
    Member,
    Team,
)
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, ShiftChange
from haveri_contracts.message import Command
from haveri_contracts.types import ShortText, no_null_character


class DirectoryCommand(Command):
    """A command to the directory."""

    owner = "directory"


class CreateOrganization(DirectoryCommand):
    """Create the organisation of the subject with its first administrator; repeating it with the same data is fine."""

    name = "create_organization"
    organization_name: ShortText
    locale: Locale = ENGLISH
    administrator: Member


class PutFacility(DirectoryCommand):
    """Add or change a facility."""

    name = "put_facility"
    facility: Facility

    def aggregate_id(self) -> UUID:
        """The facility."""
        return self.facility.id


class PutArea(DirectoryCommand):
    """Add or change an area."""

    name = "put_area"
    area: Area

    def aggregate_id(self) -> UUID:
        """The area."""
        return self.area.id


class PutAsset(DirectoryCommand):
    """Add or change an asset."""

    name = "put_asset"
    asset: Asset

    def aggregate_id(self) -> UUID:
        """The asset."""
        return self.asset.id


class PutTeam(DirectoryCommand):
    """Add or change a team with its shifts and its members."""

    name = "put_team"
    team: Team

    def aggregate_id(self) -> UUID:
        """The team."""
        return self.team.id


class PutMember(DirectoryCommand):
    """Add or change a member, with teams and chat identities."""

    name = "put_member"
    member: Member

    def aggregate_id(self) -> UUID:
        """The member."""
        return self.member.id


class Remove(DirectoryCommand):
    """Remove something that nothing else in the directory stands on."""

    name = "remove"
    kind_of_thing: Literal["facility", "area", "asset", "team", "member"]
    id: UUID

    def aggregate_id(self) -> UUID:
        """The thing removed."""
        return self.id


class ChangeChatSettings(DirectoryCommand):
    """Say where the organisation's chat happens."""

    name = "change_chat_settings"
    settings: ChatSettings


class ImportPlant(DirectoryCommand):
    """Import a whole plant from one YAML or CSV document: all of it, or nothing and a report of every bad line."""

    name = "import_plant"
    format: Literal["yaml", "csv"]
    document: Annotated[str, StringConstraints(min_length=1, max_length=2_000_000), AfterValidator(no_null_character)]


class PutRotation(DirectoryCommand):
    """Add or change a rotation; the answer holds it with its pattern."""

    name = "put_rotation"
    rotation: Rotation

    def aggregate_id(self) -> UUID:
        """The rotation."""
        return self.rotation.id


class RemoveRotation(DirectoryCommand):
    """Remove a rotation."""

    name = "remove_rotation"
    rotation_id: UUID

    def aggregate_id(self) -> UUID:
        """The rotation."""
        return self.rotation_id


class PutShiftChange(DirectoryCommand):
    """Add or change a change of shifts; what a responder asks of somebody else waits until that one accepts it."""

    name = "put_shift_change"
    change: ShiftChange

    def aggregate_id(self) -> UUID:
        """The change."""
        return self.change.id


class AcceptShiftChange(DirectoryCommand):
    """Say yes to a change that somebody proposed."""

    name = "accept_shift_change"
    change_id: UUID

    def aggregate_id(self) -> UUID:
        """The change."""
        return self.change_id


class CancelShiftChange(DirectoryCommand):
    """Take a change back, or say no to it."""

    name = "cancel_shift_change"
    change_id: UUID

    def aggregate_id(self) -> UUID:
        """The change."""
        return self.change_id


class ChangeHolidays(DirectoryCommand):
    """Say a facility's holidays, all of them."""

    name = "change_holidays"
    calendar: HolidayCalendar

    def aggregate_id(self) -> UUID:
        """The facility."""
        return self.calendar.facility_id


class ImportShifts(DirectoryCommand):
    """Import a team's shifts from an iCalendar document: all of it, or nothing and a report of every bad event.

    Each event is an assignment of the members whose e-mail addresses are its attendees; one that was imported before
    (the same UID) is replaced.
    """

    name = "import_shifts"
    team_id: UUID
    document: Annotated[str, StringConstraints(min_length=1, max_length=900_000), AfterValidator(no_null_character)]

    def aggregate_id(self) -> UUID:
        """The team."""
        return self.team_id
