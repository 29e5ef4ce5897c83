"""Answers from the directory's tables. Lists are ordered by name, then id, and read page by page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, tuple_

from haveri_chassis.database import Database
from haveri_chassis.pages import CursorUnreadable, cursor_of, place_in, that_fit
from haveri_contracts.directory import queries
from haveri_contracts.directory.models import Area, Asset, ChatSettings, Facility, Member, Organization, Team
from haveri_contracts.types import Page
from haveri_directory.adapters.rows import to_thing
from haveri_directory.adapters.tables import TABLES, areas, assets, chat_settings, organizations, shown, teams
from haveri_directory.application.ports import T
from haveri_directory.application.who_is_on_shift import who_is_on_shift
from haveri_directory.domain.names import name_key
from haveri_directory.domain.refusals import FacilityUnknown, OrganizationUnknown

_ORDERING_CHARACTERS = 60
"""How much of a name orders lists: a cursor carries it, and is at most 500 characters long."""


class DirectoryReads:
    """Reads of one organisation's directory at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def organization(self, slug: str) -> Organization:
        """The organisation; raises OrganizationUnknown."""
        async with self._database.session(slug) as session:
            found = await session.execute(select(organizations).where(organizations.c.organization_id == slug))
            row = found.mappings().one_or_none()
        if row is None:
            raise OrganizationUnknown(f"There is no organisation {slug!r}.")
        return Organization(id=slug, name=row["name"], locale=row["locale"])

    async def facilities(self, slug: str, query: queries.ListFacilities) -> queries.FacilityList:
        """A page of facilities."""
        items, cursor = await self._page(Facility, slug, query.page)
        return queries.FacilityList(items=items, next_cursor=cursor)

    async def areas(self, slug: str, query: queries.ListAreas) -> queries.AreaList:
        """A page of areas."""
        wanted = [areas.c.facility_id == query.facility_id] if query.facility_id else []
        items, cursor = await self._page(Area, slug, query.page, wanted)
        return queries.AreaList(items=items, next_cursor=cursor)

    async def assets(self, slug: str, query: queries.ListAssets) -> queries.AssetList:
        """A page of assets."""
        wanted = [assets.c.area_id == query.area_id] if query.area_id else []
        items, cursor = await self._page(Asset, slug, query.page, wanted)
        return queries.AssetList(items=items, next_cursor=cursor)

    async def teams(self, slug: str, query: queries.ListTeams) -> queries.TeamList:
        """A page of teams."""
        wanted = [teams.c.facility_id == query.facility_id] if query.facility_id else []
        items, cursor = await self._page(Team, slug, query.page, wanted)
        return queries.TeamList(items=items, next_cursor=cursor)

    async def members(self, slug: str, query: queries.ListMembers) -> queries.MemberList:
        """A page of members."""
        items, cursor = await self._page(Member, slug, query.page)
        return queries.MemberList(items=items, next_cursor=cursor)

    async def chat_settings(self, slug: str) -> queries.ChatSettingsAnswer:
        """Where the organisation's chat happens, if it has been said."""
        async with self._database.session(slug) as session:
            found = await session.execute(select(chat_settings).where(chat_settings.c.organization_id == slug))
            row = found.mappings().one_or_none()
        return queries.ChatSettingsAnswer(settings=ChatSettings.model_validate(dict(row)) if row else None)

    async def on_shift(self, slug: str, query: queries.GetOnShift) -> queries.OnShiftList:
        """Who is on shift at a facility; raises FacilityUnknown."""
        async with self._database.session(slug) as session:
            found = await session.execute(shown(Facility, slug).where(TABLES[Facility].c.id == query.facility_id))
            facility = found.mappings().one_or_none()
            if facility is None:
                raise FacilityUnknown(f"There is no facility {query.facility_id} in this organisation.")
            of_facility = shown(Team, slug).where(teams.c.facility_id == query.facility_id)
            rows = (await session.execute(of_facility.order_by(teams.c.name_key, teams.c.id))).mappings().all()
        return who_is_on_shift(to_thing(Facility, facility), [to_thing(Team, row) for row in rows], query.at)

    async def every_organization(self) -> list[str]:
        """The slugs of all organisations, for Haveri's own tools."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch("SELECT organization_id FROM organizations ORDER BY organization_id")
        return [row["organization_id"] for row in rows]

    async def _page(
        self, kind: type[T], slug: str, page: Page, conditions: Sequence[ColumnElement[bool]] = ()
    ) -> tuple[list[T], str | None]:
        id, name = TABLES[kind].c.id, func.left(TABLES[kind].c.name_key, literal_column(str(_ORDERING_CHARACTERS)))
        statement = shown(kind, slug).where(*conditions)
        if page.cursor is not None:
            statement = statement.where(tuple_(name, id) > tuple_(*_place_of(page.cursor)))
        statement = statement.order_by(name, id).limit(page.limit + 1)
        async with self._database.session(slug) as session:
            rows = (await session.execute(statement)).mappings().all()
        items = [to_thing(kind, row) for row in rows[: page.limit]]
        items = items[: that_fit(len(item.__pydantic_serializer__.to_json(item)) for item in items)]
        return items, _cursor(items[-1].name, items[-1].id) if len(rows) > len(items) else None


def _cursor(name: str, id: UUID) -> str:
    return cursor_of(f"{id}{name_key(name)[:_ORDERING_CHARACTERS]}")


def _place_of(cursor: str) -> tuple[str, UUID]:
    place = place_in(cursor)
    try:
        name, id = place[36:], UUID(place[:36])
    except ValueError:
        raise CursorUnreadable from None
    if "\x00" in name:
        raise CursorUnreadable
    return name, id
