"""One organisation's rotations, changes of shifts and holidays, open for changes in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, ShiftChange
from haveri_contracts.plain import name_key
from haveri_directory.store.facility_schedules import FacilitySchedules
from haveri_directory.store.rows import change_row, rotation_row, to_thing
from haveri_directory.store.tables import holidays, rotations, shift_changes, shown
from haveri_directory.store.writing import delete_rows, upsert


class Schedules(FacilitySchedules):
    """Schedules of an organisation that is locked until the session ends."""

    async def rotation(self, id: UUID) -> Rotation | None:
        """The rotation as it stands now."""
        return await self._first_rotation(rotations.c.id == id)

    async def rotation_of_team(self, team_id: UUID) -> Rotation | None:
        """A rotation that a team takes part in."""
        return await self._first_rotation(rotations.c.crews.contains([{"team_id": str(team_id)}]))

    async def rotation_namesake(self, rotation: Rotation) -> UUID | None:
        """Another rotation of the facility with the same name."""
        found = await self._first_rotation(
            rotations.c.facility_id == rotation.facility_id,
            rotations.c.name_key == name_key(rotation.name),
            rotations.c.id != rotation.id,
        )
        return found.id if found else None

    async def every_rotation(self) -> list[Rotation]:
        """All rotations of the organisation."""
        return [to_thing(Rotation, row) for row in await self._rows(shown(Rotation, self._slug))]

    async def store_rotations(self, changed: Sequence[Rotation]) -> None:
        """Write rotations."""
        await upsert(self._session, rotations, [rotation_row(self._slug, rotation) for rotation in changed])

    async def discard_rotation(self, id: UUID) -> None:
        """Remove a rotation."""
        await delete_rows(self._session, self._slug, rotations, rotations.c.id == id)

    async def change(self, id: UUID) -> ShiftChange | None:
        """The change as it stands now."""
        rows = await self._rows(shown(ShiftChange, self._slug).where(shift_changes.c.id == id))
        return to_thing(ShiftChange, rows[0]) if rows else None

    async def has_changes(
        self, *, ending_after: datetime, team_id: UUID | None = None, member_id: UUID | None = None
    ) -> bool:
        """Whether there is a change of a team, or one that concerns a member, that is not over by a moment."""
        columns = shift_changes.c
        lasts = func.greatest(columns.ends_at, columns.return_ends_at) > ending_after
        statement = shown(ShiftChange, self._slug).where(lasts, _concerns(team_id, member_id)).limit(1)
        return bool(await self._rows(statement))

    async def store_changes(self, changed: Sequence[ShiftChange], imported_uids: Sequence[str | None] = ()) -> None:
        """Write changes; those that were imported with the UID of their event, which stays when people change them."""
        rows = [change_row(self._slug, change, uid) for change, uid in zip_longest(changed, imported_uids)]
        await upsert(self._session, shift_changes, rows, kept={"imported_uid"})

    async def imported(self, team_id: UUID, uids: Iterable[str]) -> dict[str, list[ShiftChange]]:
        """What was imported for a team from events of these UIDs."""
        columns = shift_changes.c
        statement = shown(ShiftChange, self._slug).add_columns(columns.imported_uid)
        wanted = statement.where(columns.team_id == team_id, columns.imported_uid.in_(list(uids)))
        found: dict[str, list[ShiftChange]] = {}
        for row in await self._rows(wanted.order_by(columns.id)):
            found.setdefault(row["imported_uid"], []).append(to_thing(ShiftChange, row))
        return found

    async def discard_changes(self, ids: Iterable[UUID]) -> None:
        """Remove changes."""
        await delete_rows(self._session, self._slug, shift_changes, shift_changes.c.id.in_(list(ids)))

    async def discard_changes_of(self, *, team_id: UUID | None = None, member_id: UUID | None = None) -> list[UUID]:
        """Remove every change of a team, or every one that concerns a member; gives their ids."""
        concerned = _concerns(team_id, member_id)
        ids = [change["id"] for change in await self._rows(shown(ShiftChange, self._slug).where(concerned))]
        await self.discard_changes(ids)
        return sorted(ids)

    async def every_calendar(self) -> list[HolidayCalendar]:
        """The holidays of every facility that has any."""
        wanted = select(holidays.c.facility_id).where(holidays.c.organization_id == self._slug).distinct()
        return [await self.calendar(row["facility_id"]) for row in await self._rows(wanted.order_by("facility_id"))]

    async def store_calendars(self, calendars: Sequence[HolidayCalendar]) -> None:
        """Write the holidays of facilities, all of them."""
        for calendar in calendars:
            await self.discard_calendar(calendar.facility_id)
            rows = [
                {"organization_id": self._slug, "facility_id": calendar.facility_id, **holiday.model_dump()}
                for holiday in calendar.holidays
            ]
            if rows:
                await self._session.execute(insert(holidays), rows)

    async def discard_calendar(self, facility_id: UUID) -> None:
        """Remove a facility's holidays."""
        await delete_rows(self._session, self._slug, holidays, holidays.c.facility_id == facility_id)

    async def _first_rotation(self, *conditions: ColumnElement[bool]) -> Rotation | None:
        rows = await self._rows(shown(Rotation, self._slug).where(*conditions).order_by(rotations.c.name_key).limit(1))
        return to_thing(Rotation, rows[0]) if rows else None


def _concerns(team_id: UUID | None, member_id: UUID | None) -> ColumnElement[bool]:
    columns = shift_changes.c
    of_member = or_(columns.member_id == member_id, columns.substitute_id == member_id)
    return columns.team_id == team_id if team_id is not None else of_member
