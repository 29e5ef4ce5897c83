"""The incident service's copy of the directory, kept by asking its owner and by listening for its news."""

from __future__ import annotations

from haveri_chassis.bus import Bus, QueryClient
from haveri_chassis.clock import Clock
from haveri_chassis.replica import Replica, all_pages
from haveri_contracts.directory import queries
from haveri_contracts.subjects import Kind, everything_of
from haveri_incident.application.ports import AreaPlace, AssetPlace, Plant

ASKING = "system:incident"


class DirectoryReplica:
    """Plants by organisation. Keeps answering from its copy while the directory service is away."""

    def __init__(self, bus: Bus, queries_client: QueryClient, clock: Clock) -> None:
        self._queries = queries_client
        self._replica: Replica[Plant] = Replica(
            self._load, bus, invalidated_by=everything_of(Kind.EVENT, "directory"), clock=clock
        )

    async def plant(self, organization: str) -> Plant:
        """The organisation's plant; raises OwnerUnavailable when it was never seen and its owner is away."""
        return await self._replica.get(organization)

    async def _load(self, organization: str) -> Plant:
        members = await all_pages(self._queries, queries.ListMembers(), organization, ASKING)
        teams = await all_pages(self._queries, queries.ListTeams(), organization, ASKING)
        facilities = await all_pages(self._queries, queries.ListFacilities(), organization, ASKING)
        areas = await all_pages(self._queries, queries.ListAreas(), organization, ASKING)
        assets = await all_pages(self._queries, queries.ListAssets(), organization, ASKING)
        places = {area.id: AreaPlace(area.facility_id) for area in areas}
        return Plant(
            members={member.id: member.role for member in members},
            names={member.id: member.name for member in members},
            teams=frozenset(team.id for team in teams),
            facilities=frozenset(facility.id for facility in facilities),
            areas=places,
            assets={
                asset.id: AssetPlace(places[asset.area_id].facility_id, asset.area_id)
                for asset in assets
                if asset.area_id in places
            },
        )
