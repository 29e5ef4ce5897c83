"""What is left to do: the one table under activities, incidents' chats, calls, notices and files.

Who asks for a job stores it in the transaction that makes it necessary. A job is its replica's until that one is gone
(`liveness`), waits for its time, and behind earlier jobs of its lane. It ends by being deleted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_teams_gateway.store.liveness import DEAD

OWN = timedelta(seconds=5)
"""After that long a replica takes up its own job again, unless it has it in hand: its end could not be stored."""
_MOST_AT_ONCE = 100
"""So many of an organisation's jobs are taken up in one round."""

_PUT = """
WITH place AS (
    SELECT $4::text IS NOT NULL AND EXISTS (
        SELECT FROM jobs WHERE organization_id = $1 AND kind = $2 AND lane = $4 AND owner IS DISTINCT FROM $5
    ) OR $5 IS NULL AS nobodys
)
INSERT INTO jobs (organization_id, kind, id, lane, owner, due_at, attempts)
SELECT $1, $2, wanted.id, $4, CASE WHEN nobodys THEN NULL ELSE $5::bigint END,
    CASE WHEN nobodys THEN $6::timestamptz ELSE $7 END, CASE WHEN nobodys THEN 0 ELSE 1 END
FROM unnest($3::uuid[]) AS wanted (id), place
ON CONFLICT (organization_id, kind, id) DO UPDATE SET owner = excluded.owner, due_at = excluded.due_at,
    attempts = excluded.attempts, token = jobs.token + 1
RETURNING id, lane, attempts, token, owner
"""
_CLAIM = f"""
WITH due AS (
    SELECT kind, id FROM jobs j
    WHERE organization_id = $1 AND kind = ANY ($4::text[])
        AND NOT EXISTS (
            SELECT FROM unnest($5::text[], $6::uuid[]) AS held (kind, id) WHERE held.kind = j.kind AND held.id = j.id
        )
        AND CASE WHEN owner IS NULL OR owner = $3 THEN due_at <= $2 ELSE {DEAD} END
        AND (lane IS NULL OR NOT EXISTS (
            SELECT FROM jobs earlier WHERE earlier.organization_id = $1 AND earlier.kind = j.kind
                AND earlier.lane = j.lane AND earlier.position < j.position
        ))
    ORDER BY array_position($4::text[], kind), due_at, position LIMIT {_MOST_AT_ONCE}
    FOR UPDATE SKIP LOCKED
)
UPDATE jobs j SET owner = $3, due_at = $7, attempts = attempts + 1, token = token + 1 FROM due
WHERE j.organization_id = $1 AND j.kind = due.kind AND j.id = due.id
RETURNING j.kind, j.id, j.lane, j.attempts, j.token
"""  # noqa: S608

Record = Callable[[asyncpg.Connection], Awaitable[Any]]
"""What is stored in the transaction that ends a job, or puts it off."""
Key = tuple[str, str, UUID]


@dataclass(frozen=True, slots=True)
class Job:
    """A job of this replica. `attempts` counts this one; `token` is another one after each request and each claim.

    `given` is what whoever began it here knows about it already, so that it need not be read.
    """

    organization: str
    kind: str
    id: UUID
    lane: str | None = None
    attempts: int = 1
    token: int = 1
    given: Any = None

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.organization, self.kind, self.id


class Jobs:
    """The table, as one replica sees it; `owner` is the number of its lock."""

    def __init__(self, database: Database, owner: int, clock: Clock) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock

    async def put(
        self,
        connection: asyncpg.Connection,
        organization: str,
        kind: str,
        ids: Iterable[UUID],
        *,
        lane: str | None = None,
        mine: bool = True,
    ) -> list[Job]:
        """Ask for jobs in the caller's transaction; once more for one that is there, whoever is at it.

        Gives those that this replica is to begin. Not `mine`, or behind others' in its lane: whoever is free takes it.
        """
        wanted, now = sorted(ids), self._clock.now()
        if not wanted:
            return []
        owner = self._owner if mine else None
        rows = await connection.fetch(_PUT, organization, kind, wanted, lane, owner, now, now + OWN)
        return [_job(organization, kind, row) for row in rows if row["owner"] is not None]

    async def ask(self, organization: str, kind: str, id: UUID) -> Job:
        """Ask for one job. Not waited for on disk: for work that comes again when PostgreSQL dies this moment."""
        async with self._database.transaction(organization) as connection:
            await connection.execute("SET LOCAL synchronous_commit = off")
            (job,) = await self.put(connection, organization, kind, [id])
        return job

    async def wake(self, organization: str, kind: str, id: UUID) -> list[Job]:
        """What a job waited for has come: it is this replica's to begin, if there is one."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                """
                UPDATE jobs SET owner = $4, due_at = $5, attempts = 1, token = token + 1
                WHERE organization_id = $1 AND kind = $2 AND id = $3 RETURNING id, lane, attempts, token
                """,
                organization,
                kind,
                id,
                self._owner,
                self._clock.now() + OWN,
            )
        return [_job(organization, kind, row) for row in rows]

    async def end(self, job: Job, record: Record | None = None) -> None:
        """It is done; nothing happens to it when it was asked for, or taken over, again meanwhile.

        Not waited for on disk: should PostgreSQL die now, it is done again, which has no further effect.
        """
        async with self._database.transaction(job.organization) as connection:
            if record is not None:
                await record(connection)
            await connection.execute(
                """
                DELETE FROM jobs USING set_config('synchronous_commit', 'off', true)
                WHERE organization_id = $1 AND kind = $2 AND id = $3 AND token = $4
                """,
                *job.key,
                job.token,
            )

    async def later(self, job: Job, wait: timedelta, record: Record | None = None, *, aside: bool = False) -> None:
        """Again after `wait`, by whichever replica is there; `aside`: others of its lane need not wait for it."""
        async with self._database.transaction(job.organization) as connection:
            if record is not None:
                await record(connection)
            await connection.execute(
                """
                UPDATE jobs SET owner = NULL, due_at = $5, lane = CASE WHEN $6 THEN NULL ELSE lane END
                WHERE organization_id = $1 AND kind = $2 AND id = $3 AND token = $4
                """,
                *job.key,
                job.token,
                self._clock.now() + wait,
                aside,
            )

    async def organizations(self) -> list[str]:
        """Those whose jobs are due, or another replica's, which may be gone."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch(
                "SELECT DISTINCT organization_id FROM jobs WHERE due_at <= $1 OR owner <> $2",
                self._clock.now(),
                self._owner,
            )
        return [row["organization_id"] for row in rows]

    async def claim(self, organization: str, kinds: Sequence[str], in_hand: Iterable[Key]) -> list[Job]:
        """Take what is due or abandoned, the more urgent of `kinds` first; one of a lane at a time, oldest first."""
        now = self._clock.now()
        held = [(kind, id) for owner, kind, id in in_hand if owner == organization]
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                _CLAIM,
                organization,
                now,
                self._owner,
                list(kinds),
                [kind for kind, _ in held],
                [id for _, id in held],
                now + OWN,
            )
        jobs = [_job(organization, row["kind"], row) for row in rows]
        return sorted(jobs, key=lambda job: kinds.index(job.kind))

    async def count(self, kind: str) -> int:
        """How many jobs of a kind there are, in all organisations."""
        async with self._database.across_organizations() as connection:
            found: int = await connection.fetchval("SELECT count(*) FROM jobs WHERE kind = $1", kind)
        return found


def _job(organization: str, kind: str, row: Any) -> Job:
    return Job(organization, kind, row["id"], row["lane"], row["attempts"], row["token"])
