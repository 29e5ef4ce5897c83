"""What the use cases of shifts need from the world."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from haveri_contracts.directory.models import Facility, Team
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, ShiftChange


class FacilitySchedules(Protocol):
    """What decides who works when at a facility, to be read."""

    async def facility(self, id: UUID) -> Facility | None:
        """The facility as it stands now."""

    async def teams_of(self, facility_id: UUID) -> list[Team]:
        """The facility's teams, by name."""

    async def rotations_of(self, facility_id: UUID) -> list[Rotation]:
        """The facility's rotations, by name."""

    async def changes_touching(self, facility_id: UUID, starts_at: datetime, ends_at: datetime) -> list[ShiftChange]:
        """The changes of the facility's teams, accepted or not, that say something about a time."""

    async def calendar(self, facility_id: UUID) -> HolidayCalendar:
        """The facility's holidays, in their order."""

    async def member_names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """What those members are called who are still there."""


class Schedules(FacilitySchedules, Protocol):
    """One organisation's rotations, changes and holidays, open for one command."""

    async def rotation(self, id: UUID) -> Rotation | None:
        """The rotation as it stands now."""

    async def rotation_of_team(self, team_id: UUID) -> Rotation | None:
        """A rotation that a team takes part in."""

    async def rotation_namesake(self, rotation: Rotation) -> UUID | None:
        """Another rotation of the facility with the same name."""

    async def store_rotations(self, changed: Sequence[Rotation]) -> None:
        """Write rotations."""

    async def discard_rotation(self, id: UUID) -> None:
        """Remove a rotation."""

    async def change(self, id: UUID) -> ShiftChange | None:
        """The change as it stands now."""

    async def has_changes(
        self, *, ending_after: datetime, team_id: UUID | None = None, member_id: UUID | None = None
    ) -> bool:
        """Whether there is a change of a team, or one that concerns a member, that is not over by a moment."""

    async def store_changes(self, changed: Sequence[ShiftChange], imported_uids: Sequence[str | None] = ()) -> None:
        """Write changes; those that were imported with the UID of their event."""

    async def imported(self, team_id: UUID, uids: Iterable[str]) -> dict[str, list[ShiftChange]]:
        """What was imported for a team from events of these UIDs."""

    async def discard_changes(self, ids: Iterable[UUID]) -> None:
        """Remove changes."""

    async def discard_changes_of(self, *, team_id: UUID | None = None, member_id: UUID | None = None) -> list[UUID]:
        """Remove every change of a team, or every one that concerns a member; gives their ids."""

    async def store_calendars(self, calendars: Sequence[HolidayCalendar]) -> None:
        """Write the holidays of facilities, all of them."""

    async def discard_calendar(self, facility_id: UUID) -> None:
        """Remove a facility's holidays."""
