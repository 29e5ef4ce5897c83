"""The directory's people and machines and the escalation policies, as a conversation needs them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields

from haveri_chassis.bus import Bus, OwnerUnavailable, QueryClient, QueryRefused
from haveri_chassis.clock import Clock
from haveri_chat.plant import Plant
from haveri_directory_copy.copies import DirectoryCopies
from haveri_directory_copy.directory import Directory
from haveri_teams_gateway.adapters.policies import KnownPolicies, Policies
from haveri_teams_gateway.application.neighbours import GATEWAY


class DirectoryPlants:
    """Plants by organisation; served from memory, also while the directory is away."""

    def __init__(self, bus: Bus, client: QueryClient, clock: Clock) -> None:
        self._policies = KnownPolicies(bus, client, clock)
        self._copies = DirectoryCopies(bus, client, clock, actor=GATEWAY)
        self._plants: dict[str, tuple[Directory, Policies, Plant]] = {}

    async def get(self, organization: str) -> Plant:
        """The organisation's plant; raises OwnerUnavailable when it was never seen and its owner is away."""
        try:
            directory = await self._copies.get(organization)
        except QueryRefused as error:
            raise OwnerUnavailable(f"the directory refuses: {error.detail}") from error
        policies = self._policies.of(organization)
        kept = self._plants.get(organization)
        if kept is None or kept[0] is not directory or kept[1] is not policies:
            # Put together once a change: what a plant works out about itself it keeps.
            of_directory = {item.name: getattr(directory, item.name) for item in fields(directory)}
            kept = self._plants[organization] = directory, policies, Plant(**of_directory, policies=policies)
        return kept[2]

    async def warm(self, organization: str) -> None:
        """Load it now, if that is possible."""
        with suppress(OwnerUnavailable):
            await self.get(organization)
        await self._policies.warm(organization)

    async def stop(self) -> None:
        """End what is being loaded."""
        await self._policies.stop()
