"""The escalation service's copy of the directory: in memory, and kept in PostgreSQL for a start while it is away."""

from __future__ import annotations

from datetime import datetime, timedelta

from haveri_chassis.bus import Bus, OwnerUnavailable, QueryClient
from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import STALE_ANSWERS
from haveri_directory_copy.copies import DirectoryCopies
from haveri_directory_copy.directory import Directory
from haveri_escalation.adapters.stored_roster import StoredRoster
from haveri_escalation.domain.people import Roster

ACTOR = "system:escalation"

_RETRY_AFTER = timedelta(seconds=1)
_KEEP = """
INSERT INTO rosters (organization_id, loaded_at, roster) VALUES ($1, $2, $3::text::jsonb)
ON CONFLICT (organization_id) DO UPDATE SET loaded_at = excluded.loaded_at, roster = excluded.roster
"""
_KEPT = "SELECT roster FROM rosters WHERE organization_id = $1"

log = get_logger(__name__)


class Rosters:
    """Rosters by organisation. Create it before the bus is started; read before opening a transaction."""

    def __init__(
        self, bus: Bus, queries_client: QueryClient, database: Database, clock: Clock, ways_set_up: frozenset[str]
    ) -> None:
        self._database = database
        self._clock = clock
        self._ways_set_up = ways_set_up
        self._rosters: dict[str, tuple[Directory, Roster]] = {}
        self._from_disk: dict[str, tuple[Roster, datetime]] = {}
        self._copies = DirectoryCopies(bus, queries_client, clock, actor=ACTOR, schedules=True)

    async def get(self, organization: str) -> Roster:
        """The organisation's roster; raises OwnerUnavailable when it was never seen and its owner is away."""
        from_disk = self._from_disk.get(organization)
        if from_disk is not None:
            if self._clock.now() < from_disk[1]:
                return from_disk[0]
            # One queries the directory again; nobody else waits for that meanwhile.
            self._from_disk[organization] = from_disk[0], self._clock.now() + _RETRY_AFTER
        try:
            directory = await self._copies.get(organization)
        except OwnerUnavailable as error:
            return await self._read_from_disk(organization, error)
        self._from_disk.pop(organization, None)
        known = self._rosters.get(organization)
        if known is None or known[0] is not directory:
            return await self._new_roster(organization, directory)
        return known[1]

    async def _new_roster(self, organization: str, directory: Directory) -> Roster:
        """Made and kept once a change: whoever reads while it is being kept has it already."""
        names = ("members", "facilities", "areas", "assets", "teams", "rotations", "changes", "calendars")
        stored = StoredRoster(**{name: list(getattr(directory, name).values()) for name in names})
        roster = stored.roster(self._ways_set_up)
        self._rosters[organization] = directory, roster
        try:
            async with self._database.transaction(organization) as connection:
                await connection.execute(_KEEP, organization, self._clock.now(), stored.model_dump_json())
        except Exception:
            self._rosters.pop(organization, None)
            raise
        return roster

    async def _read_from_disk(self, organization: str, error: OwnerUnavailable) -> Roster:
        known = self._from_disk.get(organization)
        roster = known[0] if known is not None else await self._kept(organization)
        if roster is None:
            raise error
        self._from_disk[organization] = roster, self._clock.now() + _RETRY_AFTER
        STALE_ANSWERS.labels("rosters").inc()
        log.warning("the kept roster is used", organization=organization, error=str(error))
        return roster

    async def _kept(self, organization: str) -> Roster | None:
        async with self._database.transaction(organization) as connection:
            document = await connection.fetchval(_KEPT, organization)
        return StoredRoster.model_validate(document).roster(self._ways_set_up) if document is not None else None
