"""The directory's people and machines and the escalation policies, copied, and copied again when they change."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from haveri_chassis.bus import Bus, OwnerUnavailable, QueryClient, QueryRefused
from haveri_chassis.clock import Clock
from haveri_chassis.endings import end
from haveri_chassis.logs import get_logger
from haveri_chassis.replica import Replica, all_pages
from haveri_chat.plant import Plant
from haveri_contracts.directory import queries
from haveri_contracts.envelope import Envelope
from haveri_contracts.subjects import Kind, everything_of
from haveri_teams_gateway.adapters.policies import KnownPolicies, Policies
from haveri_teams_gateway.application.neighbours import GATEWAY

TTL_SECONDS = 600.0
_SETTLE_SECONDS = 0.2

log = get_logger(__name__)


class DirectoryPlants:
    """Plants by organisation; served from memory, also while the directory is away."""

    def __init__(self, bus: Bus, client: QueryClient, clock: Clock) -> None:
        self._queries = client
        self._policies = KnownPolicies(bus, client, clock)
        self._whole: dict[str, tuple[Plant, Policies, Plant]] = {}
        self._clock = clock
        self._loading: dict[str, asyncio.Task[None]] = {}
        changes = everything_of(Kind.EVENT, "directory")
        self._replica: Replica[Plant] = Replica(
            self._load, bus, invalidated_by=changes, clock=clock, ttl=TTL_SECONDS, name="directory"
        )
        # After the replica's own subscription: what it forgot is loaded before somebody has to wait for it.
        bus.on_hint(changes, self._changed)

    async def get(self, organization: str) -> Plant:
        """The organisation's plant; raises OwnerUnavailable when it was never seen and its owner is away."""
        plant, policies = await self._replica.get(organization), self._policies.of(organization)
        kept = self._whole.get(organization)
        if kept is None or kept[0] is not plant or kept[1] is not policies:
            # Put together once a change: what a plant works out about itself it keeps.
            kept = (plant, policies, replace(plant, policies=policies))
            self._whole[organization] = kept
        return kept[2]

    async def warm(self, organization: str) -> None:
        """Load it now, if that is possible."""
        with suppress(OwnerUnavailable):
            await self._replica.get(organization)
        await self._policies.warm(organization)

    async def stop(self) -> None:
        """End what is being loaded."""
        await self._policies.stop()
        for task in list(self._loading.values()):
            await end(task)

    async def _changed(self, envelope: Envelope) -> None:
        organization = envelope.organization
        if organization not in self._loading:
            task = asyncio.create_task(self._load_soon(organization))
            self._loading[organization] = task
            task.add_done_callback(lambda _: self._loading.pop(organization, None))

    async def _load_soon(self, organization: str) -> None:
        """An import changes many things at once: wait for the last of them."""
        await asyncio.sleep(_SETTLE_SECONDS)
        await self.warm(organization)

    async def _load(self, organization: str) -> Plant:
        try:
            members, teams, facilities, areas, assets = await asyncio.gather(
                *(
                    all_pages(self._queries, query, organization, GATEWAY)
                    for query in (
                        queries.ListMembers(),
                        queries.ListTeams(),
                        queries.ListFacilities(),
                        queries.ListAreas(),
                        queries.ListAssets(),
                    )
                )
            )
            known = await self._queries.ask(queries.GetOrganization(), organization=organization, actor=GATEWAY)
        except QueryRefused as error:
            raise OwnerUnavailable(f"the directory refuses: {error.detail}") from error
        return Plant(
            facilities=tuple(facilities),
            areas=tuple(areas),
            assets=tuple(assets),
            teams=tuple(teams),
            members=tuple(members),
            locale=known.locale,
        )
