"""A copy of one organisation's directory: names for pages, roles for doors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from haveri_chassis.replica import all_pages
from haveri_contracts.directory.models import Area, Asset, Facility, Member, Organization, Team
from haveri_contracts.directory.queries import (
    GetOrganization,
    ListAreas,
    ListAssets,
    ListFacilities,
    ListMembers,
    ListTeams,
)
from haveri_contracts.message import Query

if TYPE_CHECKING:
    from haveri_chassis.bus import QueryClient
    from haveri_web.bus.ports import Queries

ACTOR = "system:web"
UTC_ZONE = ZoneInfo("UTC")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Directory:
    """Everything of the directory, by id. Lists keep the directory's order, by name."""

    organization: Organization
    facilities: dict[UUID, Facility]
    areas: dict[UUID, Area]
    assets: dict[UUID, Asset]
    teams: dict[UUID, Team]
    members: dict[UUID, Member]

    def zone_of(self, facility_id: UUID | None) -> ZoneInfo:
        """The facility's time zone; UTC when the facility is not known."""
        facility = self.facilities.get(facility_id) if facility_id else None
        return ZoneInfo(facility.timezone) if facility else UTC_ZONE

    def facilities_of(self, member: Member) -> set[UUID]:
        """Where a member's teams are: the plants that are the member's own."""
        return {
            team.facility_id
            for team in self.teams.values()
            if member.id in team.member_ids or team.id in member.team_ids
        }


async def load_directory(queries: Queries, organization: str) -> Directory:
    """Read a whole directory through its queries; raises what asking raises."""
    facilities, areas, assets, teams, members, name = await asyncio.gather(
        every_item(queries, ListFacilities(), organization, ACTOR),
        every_item(queries, ListAreas(), organization, ACTOR),
        every_item(queries, ListAssets(), organization, ACTOR),
        every_item(queries, ListTeams(), organization, ACTOR),
        every_item(queries, ListMembers(), organization, ACTOR),
        queries.ask(GetOrganization(), organization=organization, actor=ACTOR),
    )
    return Directory(
        organization=name,
        facilities=_by_id(facilities),
        areas=_by_id(areas),
        assets=_by_id(assets),
        teams=_by_id(teams),
        members=_by_id(members),
    )


async def every_item(queries: Queries, query: Query, organization: str, actor: str) -> list[Any]:
    """Every item of a paged list; raises what asking raises."""
    # The chassis names its own client; whatever asks in the same way will do.
    return await all_pages(cast("QueryClient", queries), query, organization, actor)


def _by_id(items: Iterable[T]) -> dict[UUID, T]:
    return {item.id: item for item in items}  # type: ignore[attr-defined]
