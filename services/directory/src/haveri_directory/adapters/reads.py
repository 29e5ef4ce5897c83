"""Answers from the directory's tables. Lists are ordered by name, then id, and read page by page."""

from __future__ import annotations

from sqlalchemy import select

from haveri_chassis.database import Database
from haveri_contracts import refusals
from haveri_contracts.directory import queries
from haveri_contracts.directory.models import Area, Asset, ChatSettings, Facility, Member, Team
from haveri_contracts.directory.schedules import Rotation, ShiftChange
from haveri_contracts.plain import Refusal
from haveri_contracts.types import Frozen
from haveri_directory.adapters.pages import page_by_name
from haveri_directory.adapters.schedule_rows import changes_shown, to_change
from haveri_directory.adapters.tables import (
    TABLES,
    areas,
    assets,
    chat_settings,
    organizations,
    shift_changes,
    shown,
    teams,
)
from haveri_directory.domain.refusals import OrganizationUnknown

_UNKNOWN: dict[type[Frozen], type[Refusal]] = {
    Facility: refusals.FacilityUnknown,
    Area: refusals.AreaUnknown,
    Asset: refusals.AssetUnknown,
    Team: refusals.TeamUnknown,
    Member: refusals.MemberUnknown,
    Rotation: refusals.RotationUnknown,
    ShiftChange: refusals.ShiftChangeUnknown,
}


class DirectoryReads:
    """Reads of one organisation's directory at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def organization(self, slug: str) -> queries.OrganizationNow:
        """The organisation; raises OrganizationUnknown."""
        async with self._database.session(slug) as session:
            found = await session.execute(select(organizations).where(organizations.c.organization_id == slug))
            row = found.mappings().one_or_none()
        if row is None:
            raise OrganizationUnknown(f"There is no organisation {slug!r}.")
        return queries.OrganizationNow(id=slug, name=row["name"], locale=row["locale"], version=row["version"])

    async def one(self, slug: str, query: queries.GetOne) -> Frozen:
        """The thing with this id; raises the refusal of its kind."""
        kind, unknown = query.Answer, _UNKNOWN[query.Answer]
        statement = changes_shown(slug) if kind is ShiftChange else shown(kind, slug)
        table = shift_changes if kind is ShiftChange else TABLES[kind]
        async with self._database.session(slug) as session:
            row = (await session.execute(statement.where(table.c.id == query.id))).mappings().one_or_none()
        if row is None:
            raise unknown(f"There is none with the id {query.id} in this organisation.")
        return to_change(row) if kind is ShiftChange else kind.model_validate(dict(row))

    async def facilities(self, slug: str, query: queries.ListFacilities) -> queries.FacilityList:
        """A page of facilities."""
        items, cursor = await page_by_name(self._database, slug, Facility, query.page)
        return queries.FacilityList(items=items, next_cursor=cursor)

    async def areas(self, slug: str, query: queries.ListAreas) -> queries.AreaList:
        """A page of areas."""
        wanted = [areas.c.facility_id == query.facility_id] if query.facility_id else []
        items, cursor = await page_by_name(self._database, slug, Area, query.page, wanted)
        return queries.AreaList(items=items, next_cursor=cursor)

    async def assets(self, slug: str, query: queries.ListAssets) -> queries.AssetList:
        """A page of assets."""
        wanted = [assets.c.area_id == query.area_id] if query.area_id else []
        items, cursor = await page_by_name(self._database, slug, Asset, query.page, wanted)
        return queries.AssetList(items=items, next_cursor=cursor)

    async def teams(self, slug: str, query: queries.ListTeams) -> queries.TeamList:
        """A page of teams."""
        wanted = [teams.c.facility_id == query.facility_id] if query.facility_id else []
        items, cursor = await page_by_name(self._database, slug, Team, query.page, wanted)
        return queries.TeamList(items=items, next_cursor=cursor)

    async def members(self, slug: str, query: queries.ListMembers) -> queries.MemberList:
        """A page of members."""
        items, cursor = await page_by_name(self._database, slug, Member, query.page)
        return queries.MemberList(items=items, next_cursor=cursor)

    async def chat_settings(self, slug: str) -> queries.ChatSettingsAnswer:
        """Where the organisation's chat happens, if it has been said."""
        async with self._database.session(slug) as session:
            found = await session.execute(select(chat_settings).where(chat_settings.c.organization_id == slug))
            row = found.mappings().one_or_none()
        return queries.ChatSettingsAnswer(settings=ChatSettings.model_validate(dict(row)) if row else None)

    async def every_organization(self) -> list[str]:
        """The slugs of all organisations, for Haveri's own tools."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch("SELECT organization_id FROM organizations ORDER BY organization_id")
        return [row["organization_id"] for row in rows]
