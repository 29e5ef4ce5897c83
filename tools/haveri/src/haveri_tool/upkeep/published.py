"""Every event that services ever published, out of their own tables, in the order in which it happened."""

from __future__ import annotations

import heapq
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson

from haveri_chassis.database import aware
from haveri_chassis.outbox import event_subject
from haveri_contracts.envelope import Envelope, unwrap
from haveri_contracts.message import Event
from haveri_tool.services import SERVICES
from haveri_tool.trouble import Trouble

_AHEAD = 500

# The times of one aggregate never go back here, even if a clock did: its events stay in their order.
_INCIDENT = """
SELECT organization_id, incident_id, version, event_id, type, occurred_at, actor, payload::text AS payload,
       correlation_id, causation_id,
       max(recorded_at) OVER (PARTITION BY organization_id, incident_id ORDER BY version) AS at
FROM incident.events WHERE $1::text IS NULL OR organization_id = $1
ORDER BY at, organization_id, incident_id, version
"""
_LOG = """
SELECT id, subject, body, max(created_at) OVER (PARTITION BY organization_id ORDER BY position) AS at
FROM {schema}.event_log WHERE $1::text IS NULL OR organization_id = $1
ORDER BY at, organization_id, position
"""
SOURCES = tuple(service.name for service in SERVICES if service.publishes)
"""The services whose events can be published again."""


class UnknownSource(Trouble):
    """No service of that name keeps events."""


@dataclass(frozen=True, slots=True, order=True)
class PublishedEvent:
    """An event as it was published. Ordered by time, then by source, then as its source gave it."""

    at: datetime
    source: int
    place: int
    id: UUID = field(compare=False)
    subject: str = field(compare=False)
    body: bytes = field(compare=False)


async def published_events(
    database_url: str, organization: str | None = None, sources: Sequence[str] = SOURCES
) -> AsyncGenerator[PublishedEvent, None]:
    """The events of these services, of one organisation or of all, merged by time; memory stays constant.

    `database_url` is an administrator's. Raises UnknownSource, and what asyncpg raises.
    """
    for name in sources:
        if name not in SOURCES:
            raise UnknownSource(f"{name!r} keeps no events; there are those of {', '.join(SOURCES)}.")
    streams = [_events_of(database_url, name, number, organization) for number, name in enumerate(sources)]
    try:
        waiting = [(event, stream) for stream in streams if (event := await anext(stream, None)) is not None]
        heap = [(event, number) for number, (event, _) in enumerate(waiting)]
        heapq.heapify(heap)
        while heap:
            event, number = heap[0]
            yield event
            following = await anext(waiting[number][1], None)
            if following is None:
                heapq.heappop(heap)
            else:
                heapq.heapreplace(heap, (following, number))
    finally:
        for stream in streams:
            await stream.aclose()


async def _events_of(
    database_url: str, source: str, number: int, organization: str | None
) -> AsyncGenerator[PublishedEvent, None]:
    query = _INCIDENT if source == "incident" else _LOG.format(schema=source)
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction(readonly=True):
            place = 0
            async for row in connection.cursor(query, organization, prefetch=_AHEAD):
                place += 1
                if source == "incident":
                    envelope = envelope_of(row)
                    subject, body, event_id = event_subject(envelope), envelope.encode(), envelope.id
                else:
                    subject, body, event_id = row["subject"], row["body"], row["id"]
                yield PublishedEvent(row["at"], number, place, event_id, subject, body)
    finally:
        await connection.close()


def envelope_of(row: asyncpg.Record) -> Envelope:
    """The envelope in which an incident's event was published; only its trace was not kept."""
    envelope = Envelope(
        id=UUID(int=row["event_id"].int),
        source="haveri/incident",
        type=row["type"],
        subject=str(row["incident_id"]),
        time=aware(row["occurred_at"]),
        organization=row["organization_id"],
        actor=row["actor"],
        correlationid=_uuid(row["correlation_id"]),
        causationid=_uuid(row["causation_id"]),
        sequence=row["version"],
        data=orjson.loads(row["payload"]),
    )
    event = unwrap(envelope)
    kind = event.timeline_entry() if isinstance(event, Event) else None
    return envelope.model_copy(update={"timelineentry": kind})


def _uuid(value: UUID | None) -> UUID | None:
    """asyncpg's own kind of UUID is one that orjson does not write."""
    return None if value is None else UUID(int=value.int)
