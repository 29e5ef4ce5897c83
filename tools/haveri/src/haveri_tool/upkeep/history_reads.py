"""Reading incidents and timelines for verification: as an administrator, page by page, in one moment's view."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson

from haveri_contracts.incident.events import IncidentEvent
from haveri_incident.adapters.event_store import event_of
from haveri_incident.domain.state import Fact
from haveri_timeline.adapters.reads import entry_of
from haveri_timeline.domain.entries import Entry

_PAGE = 200
_AHEAD = 500
_INCIDENT_EVENTS = [event.message_type() for event in IncidentEvent.__subclasses__()]

_INCIDENTS = """
SELECT organization_id, id, number, version, state::text AS state FROM incident.incidents
WHERE ($1::text IS NULL OR organization_id = $1) AND (organization_id, id) > ($2, $3)
ORDER BY organization_id, id LIMIT $4
"""
_EVENTS = """
SELECT version, type, payload::text AS payload, recorded_at FROM incident.events
WHERE organization_id = $1 AND incident_id = $2 ORDER BY version
"""
_ENTRIES = """
SELECT seq, event_id, type, occurred_at, recorded_at, actor, source_type, source_version,
       payload::text AS payload, previous_hash, hash
FROM timeline.entries WHERE organization_id = $1 AND incident_id = $2 ORDER BY seq
"""
# An event may have been recorded after one that follows it; its version says where it belongs.
_TIMELINE_EVENTS = """
SELECT source_version AS version, source_type AS type, payload::text AS payload, recorded_at FROM timeline.entries
WHERE organization_id = $1 AND incident_id = $2 AND source_type = ANY($3) ORDER BY source_version
"""
_HEAD = "SELECT seq, hash FROM timeline.heads WHERE organization_id = $1 AND incident_id = $2"
_DIFFERENCE = """
SELECT e.version FROM incident.events e
LEFT JOIN timeline.entries t ON t.organization_id = e.organization_id AND t.event_id = e.event_id
WHERE e.organization_id = $1 AND e.incident_id = $2 AND (
    t.event_id IS NULL OR t.incident_id <> e.incident_id OR t.source_version IS DISTINCT FROM e.version
    OR t.source_type <> e.type OR t.actor <> e.actor OR t.occurred_at <> e.occurred_at
    OR t.payload::jsonb <> e.payload)
ORDER BY e.version LIMIT 1
"""
_STRAY = """
SELECT organization_id, incident_id, 'has a timeline but is not among the incidents' AS what FROM timeline.heads h
WHERE ($1::text IS NULL OR organization_id = $1) AND NOT EXISTS (
    SELECT FROM incident.incidents i WHERE i.organization_id = h.organization_id AND i.id = h.incident_id)
UNION ALL
SELECT organization_id, incident_id, 'has events but is not among the incidents' FROM incident.events e
WHERE ($1::text IS NULL OR organization_id = $1) AND version = 1 AND NOT EXISTS (
    SELECT FROM incident.incidents i WHERE i.organization_id = e.organization_id AND i.id = e.incident_id)
"""


@dataclass(frozen=True, slots=True)
class KeptIncident:
    """An incident as its projection has it. `state` is JSON."""

    organization: str
    id: UUID
    number: str
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class TimelineEnd:
    """Where the timeline says that it ends."""

    seq: int
    hash: str


class HistoryReads:
    """One administrator's connection; use it inside `view`, where nothing changes while it is read."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    def view(self) -> asyncpg.transaction.Transaction:
        """A transaction that sees one moment."""
        return self._connection.transaction(isolation="repeatable_read", readonly=True)

    async def incidents_after(self, organization: str | None, last: KeptIncident | None) -> list[KeptIncident]:
        """The next page of incidents, of one organisation or of all."""
        position = (last.organization, last.id) if last else ("", UUID(int=0))
        rows = await self._connection.fetch(_INCIDENTS, organization, *position, _PAGE)
        return [
            KeptIncident(row["organization_id"], row["id"], f"INC-{row['number']}", row["version"], row["state"])
            for row in rows
        ]

    async def incident(self, incident: KeptIncident) -> KeptIncident:
        """The same incident as it is in this view."""
        row = await self._connection.fetchrow(
            "SELECT version, state::text AS state FROM incident.incidents WHERE organization_id = $1 AND id = $2",
            incident.organization,
            incident.id,
        )
        if row is None:
            return incident
        return KeptIncident(incident.organization, incident.id, incident.number, row["version"], row["state"])

    async def events(self, incident: KeptIncident) -> AsyncIterator[Fact]:
        """The incident's events in order."""
        async for row in self._connection.cursor(_EVENTS, incident.organization, incident.id, prefetch=_AHEAD):
            yield _fact(row)

    async def timeline_events(self, incident: KeptIncident) -> AsyncIterator[Fact]:
        """The same events as the timeline has them, in the order of versions."""
        rows = self._connection.cursor(
            _TIMELINE_EVENTS, incident.organization, incident.id, _INCIDENT_EVENTS, prefetch=_AHEAD
        )
        async for row in rows:
            yield _fact(row)

    async def entries(self, incident: KeptIncident) -> AsyncIterator[Entry]:
        """The timeline from its beginning."""
        async for row in self._connection.cursor(_ENTRIES, incident.organization, incident.id, prefetch=_AHEAD):
            yield entry_of(incident.id, row)

    async def timeline_end(self, incident: KeptIncident) -> TimelineEnd | None:
        """The end that the timeline remembers, None when it has none."""
        row = await self._connection.fetchrow(_HEAD, incident.organization, incident.id)
        return TimelineEnd(row["seq"], row["hash"]) if row else None

    async def first_difference(self, incident: KeptIncident) -> int | None:
        """The first version that the timeline lacks or has otherwise than the incident's own event."""
        found: int | None = await self._connection.fetchval(_DIFFERENCE, incident.organization, incident.id)
        return found

    async def strays(self, organization: str | None) -> AsyncIterator[tuple[str, UUID, str]]:
        """Organisation and id of what belongs to no known incident, with what is wrong."""
        async for row in self._connection.cursor(_STRAY, organization, prefetch=_AHEAD):
            yield row["organization_id"], row["incident_id"], row["what"]


def _fact(row: asyncpg.Record) -> Fact:
    event = event_of(row["type"], orjson.loads(row["payload"]))
    return Fact(row["version"], event, row["recorded_at"])
