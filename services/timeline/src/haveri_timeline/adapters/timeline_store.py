"""Timelines in PostgreSQL: a batch is five round trips, however many entries it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from haveri_chassis.database import Database
from haveri_timeline.domain.chain import BEGINNING, Head, extend
from haveri_timeline.domain.entries import Entry, Happening

# Locks the timelines' ends in one order for all writers, so that two batches never wait for each other in a circle.
_LOCK_HEADS = """
INSERT INTO heads (organization_id, incident_id, seq, hash)
SELECT $1, i, 0, $3 FROM unnest($2::uuid[]) AS i ORDER BY i
ON CONFLICT (organization_id, incident_id) DO UPDATE SET seq = heads.seq
RETURNING incident_id, seq, hash, recorded_at
"""

# After the lock: whatever another writer added before it is visible now.
_KNOWN = "SELECT event_id FROM entries WHERE organization_id = $1 AND event_id = ANY($2::uuid[])"

_APPEND = """
WITH added AS (
    INSERT INTO entries (organization_id, incident_id, seq, event_id, type, occurred_at, recorded_at, actor,
                         source_type, source_version, payload, previous_hash, hash)
    SELECT $1, * FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::timestamptz[], $7::timestamptz[],
                             $8::text[], $9::text[], $10::bigint[], $11::text[]::json[], $12::text[], $13::text[])
)
UPDATE heads SET seq = h.seq, hash = h.hash, recorded_at = h.recorded_at
FROM unnest($14::uuid[], $15::int[], $16::text[], $17::timestamptz[]) AS h(incident_id, seq, hash, recorded_at)
WHERE heads.organization_id = $1 AND heads.incident_id = h.incident_id
"""


class TimelineStore:
    """Appends to timelines. `now` gives the time of recording (aware, UTC)."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def append(self, organization: str, happenings: Sequence[Happening]) -> Mapping[UUID, Sequence[Entry]]:
        """Add what is not there yet, in the given order, in one transaction; gives what was added, by incident."""
        async with self._database.transaction(organization) as connection:
            incidents = sorted({happening.incident_id for happening in happenings})
            rows = await connection.fetch(_LOCK_HEADS, organization, incidents, BEGINNING)
            heads = {row["incident_id"]: Head(row["seq"], row["hash"], row["recorded_at"]) for row in rows}
            fresh = await self._not_yet_known(connection, organization, happenings)
            now = self._now()
            added = {incident: extend(heads[incident], items, now) for incident, items in fresh.items()}
            if added:
                await self._insert(connection, organization, added)
        return added

    async def _not_yet_known(
        self, connection: asyncpg.Connection, organization: str, happenings: Sequence[Happening]
    ) -> dict[UUID, list[Happening]]:
        rows = await connection.fetch(_KNOWN, organization, [happening.event_id for happening in happenings])
        seen: set[UUID] = {row["event_id"] for row in rows}
        fresh: dict[UUID, list[Happening]] = defaultdict(list)
        for happening in happenings:
            if happening.event_id not in seen:
                seen.add(happening.event_id)
                fresh[happening.incident_id].append(happening)
        return fresh

    async def _insert(
        self, connection: asyncpg.Connection, organization: str, added: Mapping[UUID, Sequence[Entry]]
    ) -> None:
        entries = [entry for items in added.values() for entry in items]
        happenings = [entry.happening for entry in entries]
        ends = [items[-1] for items in added.values()]
        await connection.execute(
            _APPEND,
            organization,
            [happening.incident_id for happening in happenings],
            [entry.seq for entry in entries],
            [happening.event_id for happening in happenings],
            [str(happening.kind) for happening in happenings],
            [happening.occurred_at for happening in happenings],
            [entry.recorded_at for entry in entries],
            [happening.actor for happening in happenings],
            [happening.source_type for happening in happenings],
            [happening.source_version for happening in happenings],
            [happening.payload for happening in happenings],
            [entry.previous_hash for entry in entries],
            [entry.hash for entry in entries],
            list(added),
            [entry.seq for entry in ends],
            [entry.hash for entry in ends],
            [entry.recorded_at for entry in ends],
        )
