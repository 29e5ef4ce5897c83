"""One organisation's rotations, changes of shifts and holidays, open for changes in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, ShiftChange
from haveri_contracts.plain import name_key
from haveri_directory.adapters.facility_schedules import SessionSchedules
from haveri_directory.adapters.schedule_rows import (
    change_row,
    changes_shown,
    rotation_row,
    rotations_shown,
    to_change,
    to_rotation,
)
from haveri_directory.adapters.tables import holidays, rotations, shift_changes


class SqlSchedules(SessionSchedules):
    """Schedules of an organisation that is locked until the session ends; see `schedule_ports.Schedules`."""

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
        return [to_rotation(row) for row in await self._rows(rotations_shown(self._slug))]

    async def store_rotations(self, changed: Sequence[Rotation]) -> None:
        """Write rotations."""
        await self._upsert(rotations, [rotation_row(self._slug, rotation) for rotation in changed])

    async def discard_rotation(self, id: UUID) -> None:
        """Remove a rotation."""
        await self._delete(rotations, rotations.c.id == id)

    async def change(self, id: UUID) -> ShiftChange | None:
        """The change as it stands now."""
        rows = await self._rows(changes_shown(self._slug).where(shift_changes.c.id == id))
        return to_change(rows[0]) if rows else None

    async def has_changes(
        self, *, ending_after: datetime, team_id: UUID | None = None, member_id: UUID | None = None
    ) -> bool:
        """Whether there is a change of a team, or one that concerns a member, that is not over by a moment."""
        columns = shift_changes.c
        lasts = func.greatest(columns.ends_at, columns.return_ends_at) > ending_after
        statement = changes_shown(self._slug).where(lasts, _concerns(team_id, member_id)).limit(1)
        return bool(await self._rows(statement))

    async def store_changes(self, changed: Sequence[ShiftChange], imported_uids: Sequence[str | None] = ()) -> None:
        """Write changes; those that were imported with the UID of their event, which stays when people change them."""
        rows = [change_row(self._slug, change, uid) for change, uid in zip_longest(changed, imported_uids)]
        await self._upsert(shift_changes, rows, kept={"imported_uid"})

    async def imported(self, team_id: UUID, uids: Iterable[str]) -> dict[str, list[ShiftChange]]:
        """What was imported for a team from events of these UIDs."""
        columns = shift_changes.c
        statement = changes_shown(self._slug).add_columns(columns.imported_uid)
        wanted = statement.where(columns.team_id == team_id, columns.imported_uid.in_(list(uids)))
        found: dict[str, list[ShiftChange]] = {}
        for row in await self._rows(wanted.order_by(columns.id)):
            found.setdefault(row["imported_uid"], []).append(to_change(row))
        return found

    async def discard_changes(self, ids: Iterable[UUID]) -> None:
        """Remove changes."""
        await self._delete(shift_changes, shift_changes.c.id.in_(list(ids)))

    async def discard_changes_of(self, *, team_id: UUID | None = None, member_id: UUID | None = None) -> list[UUID]:
        """Remove every change of a team, or every one that concerns a member; gives their ids."""
        concerned = _concerns(team_id, member_id)
        ids = [change["id"] for change in await self._rows(changes_shown(self._slug).where(concerned))]
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
        await self._delete(holidays, holidays.c.facility_id == facility_id)

    async def _first_rotation(self, *conditions: ColumnElement[bool]) -> Rotation | None:
        rows = await self._rows(rotations_shown(self._slug).where(*conditions).order_by(rotations.c.name_key).limit(1))
        return to_rotation(rows[0]) if rows else None

    async def _upsert(self, table: Table, rows: Sequence[dict[str, Any]], kept: Collection[str] = ()) -> None:
        """Write rows; of the columns `kept`, a row without a value leaves the one that is there."""
        if rows:
            statement = insert(table)
            new = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
            changed = {
                name: func.coalesce(value, table.c[name]) if name in kept else value for name, value in new.items()
            }
            upsert = statement.on_conflict_do_update(index_elements=["organization_id", "id"], set_=changed)
            await self._session.execute(upsert, list(rows))

    async def _delete(self, table: Table, *conditions: ColumnElement[bool]) -> None:
        await self._session.execute(delete(table).where(table.c.organization_id == self._slug, *conditions))


def _concerns(team_id: UUID | None, member_id: UUID | None) -> ColumnElement[bool]:
    columns = shift_changes.c
    of_member = or_(columns.member_id == member_id, columns.substitute_id == member_id)
    return columns.team_id == team_id if team_id is not None else of_member
