"""From what was said in an incident's channel to its event, in the transaction that stores it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from haveri_chassis.database import Database
from haveri_chassis.outbox import emit
from haveri_contracts.envelope import Envelope
from haveri_teams_gateway.domain.references import split_reference
from haveri_teams_gateway.store.files import NewFile, add_files
from haveri_teams_gateway.store.jobs import Jobs

_WAITING = """
SELECT a.id, a.body, c.channel, c.incident_id, c.group_id
FROM activities a JOIN channels c
    ON c.organization_id = $1 AND split_part(c.channel, ';messageid=', 1) = a.conversation
WHERE a.organization_id = $1 AND a.capturable AND NOT a.captured
ORDER BY a.position LIMIT 200
FOR UPDATE OF a SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Captured:
    """What an activity means for its incident."""

    envelopes: Sequence[Envelope] = ()
    files: Sequence[NewFile] = ()


Capture = Callable[[UUID, str | None], Captured]
"""Makes what is captured, given the incident and the team (group id) of its channel."""

Reading = Callable[[dict[str, Any], UUID], tuple[str | None, Capture]]
"""Reads a stored activity (its JSON and id): the thread it stands in, and what to make of it."""


async def emit_captured(connection: asyncpg.Connection, jobs: Jobs, organization: str, captured: Captured) -> None:
    """Write events into the outbox and files among what is to be fetched, in the caller's transaction."""
    await emit(connection, captured.envelopes)
    await add_files(connection, jobs, organization, captured.files)


class WaitingMessages:
    """Messages that arrived before their channel was known to be an incident's."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs

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
                captured = capture(row["incident_id"], row["group_id"])
                await emit_captured(connection, self._jobs, organization, captured)
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
