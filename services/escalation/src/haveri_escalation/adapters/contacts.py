"""How members are reached, and what places are called, out of the service's copy of the directory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from haveri_contracts.directory.contacts import Via
from haveri_escalation.application.calling import Recipient
from haveri_escalation.domain.people import Contact, Roster


class Copies(Protocol):
    """The copies of the directory, by organisation."""

    async def get(self, organization: str) -> Roster:
        """One organisation's; raises OwnerUnavailable when it was never known."""


class Contacts:
    """Answers what notifications need."""

    def __init__(self, copies: Copies) -> None:
        self._copies = copies

    async def recipient(self, organization: str, member_id: UUID) -> Recipient | None:
        """How to reach a member, None when there is no such; raises OwnerUnavailable when that was never known."""
        contact = (await self._copies.get(organization)).contacts.get(member_id)
        return _recipient(contact) if contact else None

    async def place(
        self, organization: str, facility_id: UUID | None, area_id: UUID | None, asset_ids: Sequence[UUID]
    ) -> str:
        """Where something is, in words, the smallest first."""
        roster = await self._copies.get(organization)
        names = {**roster.facility_names, **roster.area_names, **roster.asset_names}
        wanted = [*asset_ids, *(place for place in (area_id, facility_id) if place is not None)]
        return ", ".join(names[place] for place in wanted if place in names)

    async def team(self, organization: str, team_id: UUID) -> str:
        """A team's name; empty when there is no such team any more."""
        return (await self._copies.get(organization)).team_names.get(team_id, "")

    async def wall_clock(self, organization: str, facility_id: UUID | None, moment: datetime) -> datetime:
        """The moment in the facility's zone; in UTC when that is unknown."""
        plans = (await self._copies.get(organization)).plans
        plan = plans.get(facility_id) if facility_id else None
        return moment.astimezone(plan.zone if plan else UTC)


def _recipient(contact: Contact) -> Recipient:
    known = {
        Via.EMAIL: contact.email,
        Via.SMS: contact.phone,
        Via.VOICE: contact.phone,
        Via.PUSH: contact.push,
    }
    return Recipient(contact.name, contact.locale, {via.value: address for via, address in known.items() if address})
