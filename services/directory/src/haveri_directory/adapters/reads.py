"""Answers from the directory's tables. Lists are ordered by name, then id, and read page by page."""

from __future__ import annotations

from sqlalchemy import select

from haveri_chassis.database import Database
from haveri_contracts.directory import queries
from haveri_contracts.directory.models import Area, Asset, ChatSettings, Facility, Member, Team
from haveri_directory.adapters.pages import page_by_name
from haveri_directory.adapters.tables import areas, assets, chat_settings, organizations, teams
from haveri_directory.domain.refusals import OrganizationUnknown


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
