"""What decides who works when at a facility, read in one session."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, RowMapping, Select, Uuid, and_, any_, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from haveri_contracts.directory.models import Facility, Team
from haveri_contracts.directory.schedules import Holiday, HolidayCalendar, Rotation, ShiftChange
from haveri_directory.domain.holidays import in_order
from haveri_directory.domain.shift_changes import LONGEST_CHANGE
from haveri_directory.store.rows import to_thing
from haveri_directory.store.tables import facilities, holidays, members, rotations, shift_changes, shown, teams

_FIRST = datetime.min.replace(tzinfo=UTC)


class FacilitySchedules:
    """What decides who works when at the facilities of one organisation, to be read."""

    def __init__(self, session: AsyncSession, slug: str) -> None:
        self._session = session
        self._slug = slug

    async def facility(self, id: UUID) -> Facility | None:
        """The facility as it stands now."""
        rows = await self._rows(shown(Facility, self._slug).where(facilities.c.id == id))
        return to_thing(Facility, rows[0]) if rows else None

    async def teams_of(self, facility_id: UUID) -> list[Team]:
        """The facility's teams, by name."""
        of_facility = shown(Team, self._slug).where(teams.c.facility_id == facility_id)
        return [to_thing(Team, row) for row in await self._rows(of_facility.order_by(teams.c.name_key, teams.c.id))]

    async def rotations_of(self, facility_id: UUID) -> list[Rotation]:
        """The facility's rotations, by name."""
        statement = shown(Rotation, self._slug).where(rotations.c.facility_id == facility_id)
        return [to_thing(Rotation, row) for row in await self._rows(statement.order_by(rotations.c.name_key))]

    async def changes_touching(self, facility_id: UUID, starts_at: datetime, ends_at: datetime) -> list[ShiftChange]:
        """The changes of the facility's teams, accepted or not, that say something about a time."""
        of_facility = shift_changes.c.team_id.in_(team_ids_of(self._slug, facility_id))
        statement = shown(ShiftChange, self._slug).where(of_facility, touching(starts_at, ends_at))
        return [to_thing(ShiftChange, row) for row in await self._rows(statement.order_by(shift_changes.c.id))]

    async def calendar(self, facility_id: UUID) -> HolidayCalendar:
        """The facility's holidays, in their order."""
        statement = select(holidays.c.date, holidays.c.name).where(
            holidays.c.organization_id == self._slug, holidays.c.facility_id == facility_id
        )
        found = [Holiday(date=row["date"], name=row["name"]) for row in await self._rows(statement)]
        return in_order(HolidayCalendar(facility_id=facility_id, holidays=found))

    async def member_names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """What those members are called who are still there."""
        wanted = members.c.id == any_(literal(list(ids), ARRAY(Uuid)))
        statement = select(members.c.id, members.c.name).where(members.c.organization_id == self._slug, wanted)
        return {row["id"]: row["name"] for row in await self._rows(statement)}

    async def _rows(self, statement: Select[Any]) -> Sequence[RowMapping]:
        rows: Sequence[RowMapping] = (await self._session.execute(statement)).mappings().all()
        return rows


def team_ids_of(slug: str, facility_id: UUID) -> Select[Any]:
    """The ids of a facility's teams."""
    return select(teams.c.id).where(teams.c.organization_id == slug, teams.c.facility_id == facility_id)


def touching(starts_at: datetime | None, ends_at: datetime | None) -> ColumnElement[bool]:
    """Changes that say something about [starts_at, ends_at); an open end looks at all time on that side.

    No change is longer than LONGEST_CHANGE, so that its beginning alone tells the index where to look.
    """
    columns = shift_changes.c
    return or_(
        _overlaps(columns.starts_at, columns.ends_at, starts_at, ends_at),
        and_(
            columns.return_starts_at.is_not(None),
            _overlaps(columns.return_starts_at, columns.return_ends_at, starts_at, ends_at),
        ),
    )


def _overlaps(begins: Any, ends: Any, starts_at: datetime | None, ends_at: datetime | None) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if starts_at is not None:
        conditions += [ends > starts_at, begins > _before(starts_at, LONGEST_CHANGE)]
    if ends_at is not None:
        conditions.append(begins < ends_at)
    return and_(true(), *conditions)


def _before(moment: datetime, length: timedelta) -> datetime:
    return moment - length if moment - _FIRST > length else _FIRST
