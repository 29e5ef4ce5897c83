"""The escalation service's copy of the directory: in memory, and kept in PostgreSQL for a start while it is away."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from haveri_chassis.bus import Bus, OwnerUnavailable, QueryClient
from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import STALE_ANSWERS
from haveri_chassis.replica import Replica, all_pages
from haveri_contracts.directory import queries
from haveri_contracts.message import Query
from haveri_contracts.subjects import Kind, everything_of
from haveri_escalation.adapters.stored_roster import StoredRoster
from haveri_escalation.domain.people import Roster

ASKING = "system:escalation"

_CHANGES_BACK = timedelta(days=31)
"""Changes of shifts that were over before have nobody on shift any more."""

_ASK_AGAIN_AFTER = timedelta(seconds=1)
_KEEP = """
INSERT INTO rosters (organization_id, loaded_at, roster) VALUES ($1, $2, $3::text::jsonb)
ON CONFLICT (organization_id) DO UPDATE SET loaded_at = excluded.loaded_at, roster = excluded.roster
"""
_KEPT = "SELECT roster FROM rosters WHERE organization_id = $1"

log = get_logger(__name__)


class Rosters:
    """Rosters by organisation. Create it before the bus is started; ask before opening a transaction."""

    def __init__(
        self, bus: Bus, queries_client: QueryClient, database: Database, clock: Clock, ways_set_up: frozenset[str]
    ) -> None:
        self._queries = queries_client
        self._database = database
        self._clock = clock
        self._ways_set_up = ways_set_up
        self._last_kept: dict[str, bytes] = {}
        self._from_disk: dict[str, tuple[Roster, datetime]] = {}
        self._replica: Replica[Roster] = Replica(
            self._load, bus, invalidated_by=everything_of(Kind.EVENT, "directory"), clock=clock
        )

    async def get(self, organization: str) -> Roster:
        """The organisation's roster; raises OwnerUnavailable when it was never seen and its owner is away."""
        from_disk = self._from_disk.get(organization)
        if from_disk is not None:
            if self._clock.now() < from_disk[1]:
                return from_disk[0]
            # One asks the directory again; nobody else waits for that meanwhile.
            self._from_disk[organization] = from_disk[0], self._clock.now() + _ASK_AGAIN_AFTER
        try:
            roster = await self._replica.get(organization)
        except OwnerUnavailable as error:
            return await self._read_from_disk(organization, error)
        self._from_disk.pop(organization, None)
        return roster

    async def _load(self, organization: str) -> Roster:
        stored = await self._ask(organization)
        document = stored.model_dump_json()
        digest = sha256(document.encode()).digest()
        if digest != self._last_kept.get(organization):
            async with self._database.transaction(organization) as connection:
                await connection.execute(_KEEP, organization, self._clock.now(), document)
            self._last_kept[organization] = digest
        return stored.roster(self._ways_set_up)

    async def _ask(self, organization: str) -> StoredRoster:
        changes_since = self._clock.now() - _CHANGES_BACK
        members, facilities, areas, assets, teams, rotations, changes, calendars = await asyncio.gather(
            self._all(queries.ListMembers(), organization),
            self._all(queries.ListFacilities(), organization),
            self._all(queries.ListAreas(), organization),
            self._all(queries.ListAssets(), organization),
            self._all(queries.ListTeams(), organization),
            self._all(queries.ListRotations(), organization),
            self._all(queries.ListShiftChanges(starts_at=changes_since), organization),
            self._queries.ask(queries.ListHolidays(), organization=organization, actor=ASKING),
        )
        return StoredRoster(
            members=members,
            facilities=facilities,
            areas=areas,
            assets=assets,
            teams=teams,
            rotations=rotations,
            changes=changes,
            calendars=calendars.items,
        )

    async def _all(self, query: Query, organization: str) -> list[Any]:
        return await all_pages(self._queries, query, organization, ASKING)

    async def _read_from_disk(self, organization: str, error: OwnerUnavailable) -> Roster:
        known = self._from_disk.get(organization)
        roster = known[0] if known is not None else await self._kept(organization)
        if roster is None:
            raise error
        self._from_disk[organization] = roster, self._clock.now() + _ASK_AGAIN_AFTER
        STALE_ANSWERS.labels("rosters").inc()
        log.warning("the kept roster is used", organization=organization, error=str(error))
        return roster

    async def _kept(self, organization: str) -> Roster | None:
        async with self._database.transaction(organization) as connection:
            document = await connection.fetchval(_KEPT, organization)
        return StoredRoster.model_validate(document).roster(self._ways_set_up) if document is not None else None
