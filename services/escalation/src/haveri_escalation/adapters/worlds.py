"""What decisions need to know, out of memory."""

from __future__ import annotations

from uuid import UUID

from haveri_escalation.adapters.policy_store import PolicyStore
from haveri_escalation.adapters.rosters import Rosters
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.world import World


class LiveWorlds:
    """People from the copy of the directory; policies, settings and windows from the service's own tables."""

    def __init__(self, rosters: Rosters, policies: PolicyStore) -> None:
        self._rosters = rosters
        self._policies = policies

    async def get(self, organization: str, facility_id: UUID, *, fresh: bool = False) -> World:
        """What holds at a facility; raises OwnerUnavailable when people were never known."""
        if fresh:
            self._policies.forget(organization)
        return World(
            roster=await self._rosters.get(organization),
            book=await self._policies.book(organization, facility_id),
            settings=await self._policies.settings(organization, facility_id),
            windows=await self._policies.windows(organization, facility_id),
        )

    async def policy(self, organization: str, policy_id: UUID) -> Policy | None:
        """A policy of any facility, unless it was removed."""
        return await self._policies.policy(organization, policy_id)
