"""Answers from the directory's tables. Lists are ordered by name, then id, and read page by page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from haveri_chassis.database import Database
from haveri_contracts import refusals
from haveri_contracts.directory import queries
from haveri_contracts.directory.models import Area, Asset, ChatSettings, Facility, Member, Team
from haveri_contracts.directory.schedules import Rotation, ShiftChange
from haveri_contracts.message import Query
from haveri_contracts.plain import Refusal
from haveri_contracts.types import Frozen
from haveri_directory.adapters.pages import page_by_name
from haveri_directory.domain.refusals import OrganizationUnknown
from haveri_directory.store.rows import to_thing
from haveri_directory.store.tables import TABLES, chat_settings, organizations, shown

_UNKNOWN: dict[type[Frozen], type[Refusal]] = {
    Facility: refusals.FacilityUnknown,
    Area: refusals.AreaUnknown,
    Asset: refusals.AssetUnknown,
    Team: refusals.TeamUnknown,
    Member: refusals.MemberUnknown,
    Rotation: refusals.RotationUnknown,
    ShiftChange: refusals.ShiftChangeUnknown,
}
LISTS: dict[type[Query], tuple[type[Frozen], str]] = {
    queries.ListFacilities: (Facility, ""),
    queries.ListAreas: (Area, "facility_id"),
    queries.ListAssets: (Asset, "area_id"),
    queries.ListTeams: (Team, "facility_id"),
    queries.ListMembers: (Member, ""),
    queries.ListRotations: (Rotation, "facility_id"),
}
"""What is listed by name, and by which of its columns a query may narrow the list."""


class DirectoryReads:
    """Reads of one organisation's directory at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def organization(self, slug: str, _: queries.GetOrganization) -> queries.OrganizationNow:
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
        async with self._database.session(slug) as session:
            found = await session.execute(shown(kind, slug).where(TABLES[kind].c.id == query.id))
            row = found.mappings().one_or_none()
        if row is None:
            raise unknown(f"There is none with the id {query.id} in this organisation.")
        return to_thing(kind, row)

    async def listed(self, slug: str, query: Any) -> Frozen:
        """A page of what one of `LISTS` asks for."""
        kind, column = LISTS[type(query)]
        within = getattr(query, column) if column else None
        wanted = [TABLES[kind].c[column] == within] if within else []
        items, cursor = await page_by_name(self._database, slug, kind, query.page, wanted)
        answer: Frozen = query.Answer(items=items, next_cursor=cursor)
        return answer

    async def chat_settings(self, slug: str, _: queries.GetChatSettings) -> queries.ChatSettingsAnswer:
        """Where the organisation's chat happens, if it has been said."""
        async with self._database.session(slug) as session:
            found = await session.execute(select(chat_settings).where(chat_settings.c.organization_id == slug))
            row = found.mappings().one_or_none()
        return queries.ChatSettingsAnswer(settings=ChatSettings.model_validate(dict(row)) if row else None)
