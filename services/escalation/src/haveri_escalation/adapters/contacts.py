"""How members are reached, and what places are called: a copy of the directory that lives in memory only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from haveri_chassis.bus import Bus, QueryClient
from haveri_chassis.clock import Clock
from haveri_chassis.replica import Replica, all_pages
from haveri_contracts.directory import queries
from haveri_contracts.directory.contacts import ContactPreferences, Via
from haveri_contracts.directory.models import Member
from haveri_contracts.subjects import Kind, everything_of
from haveri_escalation.application.calling import Recipient

_ASKING = "system:escalation"


@dataclass(frozen=True)
class _Copy:
    recipients: Mapping[UUID, Recipient]
    names: Mapping[UUID, str]
    zones: Mapping[UUID, str]


class Contacts:
    """Keeps answering from its copy while the directory is away."""

    def __init__(self, bus: Bus, queries_client: QueryClient, clock: Clock) -> None:
        self._queries = queries_client
        self._replica: Replica[_Copy] = Replica(
            self._load, bus, invalidated_by=everything_of(Kind.EVENT, "directory"), clock=clock, name="contacts"
        )

    async def recipient(self, organization: str, member_id: UUID) -> Recipient | None:
        """How to reach a member, None when there is no such; raises OwnerUnavailable when that was never known."""
        return (await self._replica.get(organization)).recipients.get(member_id)

    async def place(
        self, organization: str, facility_id: UUID | None, area_id: UUID | None, asset_ids: Sequence[UUID]
    ) -> str:
        """Where something is, in words, the smallest first."""
        names = (await self._replica.get(organization)).names
        wanted = [*asset_ids, *(place for place in (area_id, facility_id) if place is not None)]
        return ", ".join(names[place] for place in wanted if place in names)

    async def wall_clock(self, organization: str, facility_id: UUID | None, moment: datetime) -> datetime:
        """The moment in the facility's zone; in UTC when that is unknown."""
        zones = (await self._replica.get(organization)).zones
        zone = zones.get(facility_id) if facility_id else None
        return moment.astimezone(ZoneInfo(zone) if zone else UTC)

    async def _load(self, organization: str) -> _Copy:
        members, facilities, areas, assets = [
            await all_pages(self._queries, query, organization, _ASKING)
            for query in (
                queries.ListMembers(),
                queries.ListFacilities(),
                queries.ListAreas(),
                queries.ListAssets(),
            )
        ]
        return _Copy(
            recipients={member.id: _recipient(member) for member in members},
            names={thing.id: thing.name for thing in (*facilities, *areas, *assets)},
            zones={facility.id: facility.timezone for facility in facilities},
        )


def _recipient(member: Member) -> Recipient:
    try:
        preferences = ContactPreferences.model_validate(member.contact_prefs)
    except ValidationError:
        # Notes of older times are no preferences; the e-mail address remains.
        preferences = ContactPreferences()
    known = {
        Via.EMAIL: str(member.email),
        Via.SMS: preferences.phone,
        Via.VOICE: preferences.phone,
        Via.PUSH: preferences.push,
    }
    addresses = {via.value: address for via, address in known.items() if address}
    return Recipient(member.name, member.locale.value, addresses)
