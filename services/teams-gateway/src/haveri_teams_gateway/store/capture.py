"""From what was said in an incident's channel to its event, in the transaction that stores it."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from haveri_chassis.database import Database
from haveri_chassis.outbox import emit
from haveri_teams_gateway.application.captured import Captured, NewFile, Reading
from haveri_teams_gateway.domain.references import split_reference

_ADD_FILE = """
INSERT INTO files (organization_id, id, incident_id, source, url, name, content_type, channel, thread, group_id,
    message_id, author, shared_at, state, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending', $13)
ON CONFLICT DO NOTHING
"""
_WAITING = """
SELECT a.id, a.body, a.traceparent, c.channel, c.incident_id, c.group_id
FROM activities a JOIN channels c
    ON c.organization_id = $1 AND split_part(c.channel, ';messageid=', 1) = a.conversation
WHERE a.organization_id = $1 AND a.capturable AND NOT a.captured
ORDER BY a.position LIMIT 200
FOR UPDATE OF a SKIP LOCKED
"""


async def emit_captured(connection: asyncpg.Connection, organization: str, captured: Captured) -> None:
    """Write events into the outbox and files into their queue, in the caller's transaction."""
    await emit(connection, captured.envelopes)
    await add_files(connection, organization, captured.files)


async def add_files(connection: asyncpg.Connection, organization: str, files: Sequence[NewFile]) -> None:
    """Put files into the queue."""
    for new in files:
        await connection.execute(
            _ADD_FILE,
            organization,
            new.id,
            new.incident_id,
            new.source,
            new.url,
            new.name,
            new.content_type,
            new.channel,
            new.thread,
            new.group_id,
            new.message_id,
            new.author,
            new.shared_at,
        )


class WaitingMessages:
    """Messages that arrived before their channel was known to be an incident's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def organizations(self) -> list[str]:
        """Those that have such messages."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch(
                "SELECT DISTINCT organization_id FROM activities WHERE capturable AND NOT captured"
            )
        return [row["organization_id"] for row in rows]

    async def capture(self, organization: str, read: Reading) -> int:
        """Capture what belongs to a channel that is known by now; gives how many."""
        count = 0
        async with self._database.transaction(organization) as connection:
            for row in await connection.fetch(_WAITING, organization):
                thread, capture = read(row["body"], row["id"])
                if split_reference(row["channel"])[1] not in (None, thread):
                    continue
                await emit_captured(connection, organization, capture(row["incident_id"], row["group_id"]))
                await connection.execute(
                    """
                    UPDATE activities SET captured = true, keep_until = keep_until + interval '7 days'
                    WHERE organization_id = $1 AND id = $2
                    """,
                    organization,
                    row["id"],
                )
                count += 1
        return count
