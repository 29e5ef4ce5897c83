"""Answers from the timeline. Payloads are handed on as the text that was hashed, and entries never become objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson

from haveri_chassis.bus import RawJson
from haveri_chassis.database import Database, aware
from haveri_chassis.pages import cursor_of, number_in, that_fit
from haveri_contracts.timeline.queries import ChainReport, ListRecentActivity, ListTimeline, VerifyTimeline
from haveri_contracts.types import LARGEST_INTEGER
from haveri_timeline.domain.chain import Head, follow, missing_end
from haveri_timeline.domain.entries import Entry, Happening

_WANTED = """
WHERE organization_id = $1 AND incident_id = $2
  AND ($4::timestamptz IS NULL OR recorded_at <= $4) AND ($5::timestamptz IS NULL OR recorded_at > $5)
  AND ($6::text[] IS NULL OR type = ANY($6))
"""

_ENTRIES = """
SELECT seq, event_id, type, occurred_at, recorded_at, actor, source_type, source_version,
       payload::text AS payload, previous_hash, hash
FROM entries WHERE organization_id = $1 AND incident_id = $2 AND seq > $3 ORDER BY seq LIMIT $4
"""

# PostgreSQL writes entries as TimelineEntry's JSON in a quarter of the time that Python would take. Times are written
# as they were hashed (`haveri_timeline.domain.chain.timestamp`), so that a reader can recompute the chain.
# The calendar's very first and last moment are kept as -infinity and infinity, which to_char writes as nothing.
_FIRST, _LAST = "timestamptz '0001-01-01 00:00+00'", "timestamptz '9999-12-31 23:59:59.999999+00'"
_MOMENT = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""
_FIELDS = f"""
'"seq":', seq, ',"event_id":"', event_id, '","type":', to_json(type),
',"occurred_at":"', to_char(least(greatest(occurred_at, {_FIRST}), {_LAST}) AT TIME ZONE 'UTC', {_MOMENT}),
'","recorded_at":"', to_char(recorded_at AT TIME ZONE 'UTC', {_MOMENT}),
'","actor":', to_json(actor), ',"source_type":', to_json(source_type),
',"source_version":', coalesce(source_version::text, 'null'), ',"payload":', payload::text,
',"hash":"', hash, '","previous_hash":"', previous_hash, '"}}'
"""

_PAGE = f"SELECT seq, concat('{{', {_FIELDS}) AS item FROM entries {_WANTED}"  # noqa: S608 - the words are ours
_OLDEST_FIRST = f"{_PAGE} AND seq > $3::bigint ORDER BY seq LIMIT $7"
_NEWEST_FIRST = f"{_PAGE} AND seq < $3::bigint ORDER BY seq DESC LIMIT $7"

_RECENT = f"""
SELECT concat('{{"incident_id":"', incident_id, '",', {_FIELDS}) AS item FROM entries
WHERE organization_id = $1 AND ($2::text[] IS NULL OR type = ANY($2))
ORDER BY recorded_at DESC, seq DESC LIMIT $3
"""  # noqa: S608 - the words are ours

# Asked before the entries: what is added meanwhile only makes the chain longer.
_END = "SELECT seq FROM heads WHERE organization_id = $1 AND incident_id = $2"

_VERIFY_PAGE = 2000


class TimelineReads:
    """Reads of one organisation's timelines at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, organization: str, query: ListTimeline) -> RawJson:
        """A page of one incident's timeline as TimelinePage's JSON."""
        limit, beginning = query.page.limit, LARGEST_INTEGER if query.newest_first else 0
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                _NEWEST_FIRST if query.newest_first else _OLDEST_FIRST,
                organization,
                query.incident_id,
                number_in(query.page.cursor) if query.page.cursor else beginning,
                query.as_of,
                query.after,
                _names(query.types),
                limit + 1,
            )
        items = _that_fit(rows[:limit])
        cursor = cursor_of(rows[len(items) - 1]["seq"]) if len(rows) > len(items) else None
        return RawJson(b'{"items":[' + b",".join(items) + b'],"next_cursor":' + orjson.dumps(cursor) + b"}")

    async def recent(self, organization: str, query: ListRecentActivity) -> RawJson:
        """What happened last in the organisation, newest first, as RecentActivity's JSON."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(_RECENT, organization, _names(query.types), query.limit)
        return RawJson(b'{"items":[' + b",".join(_that_fit(rows)) + b"]}")

    async def verify(self, organization: str, query: VerifyTimeline) -> ChainReport:
        """Recompute one incident's chain, up to where the timeline remembers that it ends."""
        head, found, read = Head(), None, 0
        async with self._database.transaction(organization) as connection:
            end = await connection.fetchrow(_END, organization, query.incident_id)
            while found is None:
                rows = await connection.fetch(_ENTRIES, organization, query.incident_id, head.seq, _VERIFY_PAGE)
                head, found = follow(head, (entry_of(query.incident_id, row) for row in rows))
                read += len(rows)
                if len(rows) < _VERIFY_PAGE:
                    break
        if found is None and end is not None:
            found = missing_end(head, end["seq"])
        return ChainReport(
            incident_id=query.incident_id,
            entries=read,
            intact=found is None,
            broken_at_seq=found.seq if found else None,
            reason=found.reason if found else None,
        )


def entry_of(incident_id: Any, row: asyncpg.Record) -> Entry:
    """The entry in a row whose payload was read as text."""
    happening = Happening(
        incident_id=incident_id,
        event_id=row["event_id"],
        kind=row["type"],
        occurred_at=aware(row["occurred_at"]),
        actor=row["actor"],
        source_type=row["source_type"],
        source_version=row["source_version"],
        payload=row["payload"],
    )
    return Entry(row["seq"], happening, row["recorded_at"], row["previous_hash"], row["hash"])


def _that_fit(rows: Sequence[asyncpg.Record]) -> list[bytes]:
    written = [row["item"].encode() for row in rows]
    return written[: that_fit(len(item) for item in written)]


def _names(types: Sequence[str]) -> list[str] | None:
    return [str(kind) for kind in types] or None
