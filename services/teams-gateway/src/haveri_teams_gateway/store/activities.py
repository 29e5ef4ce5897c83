"""What arrived, stored before it is answered, until it is handled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from haveri_chassis.database import Database
from haveri_teams_gateway.application.captured import Capture
from haveri_teams_gateway.application.inbox import Due, NewActivity, Receipt
from haveri_teams_gateway.store.capture import emit_captured
from haveri_teams_gateway.store.liveness import DEAD

KEPT = timedelta(days=7)
"""How long a handled activity is remembered, to recognise it when it comes again."""
KEPT_OUTSIDE = timedelta(hours=1)
"""How long an ordinary message outside incident channels is kept: its channel may yet become an incident's."""

# Due after two seconds also for the replica that stored it: it has begun by then and has it in hand, unless PostgreSQL
# died and took the end of the handling with it. Whatever was put off in the same conversation waits behind it.
_PUT = """
WITH place AS (
    SELECT incident_id, group_id FROM channels
    WHERE organization_id = $1 AND channel = ANY ($6::text[])
    ORDER BY length(channel) DESC LIMIT 1
), put AS (
    INSERT INTO activities (organization_id, id, identity, fingerprint, conversation, body, received_at, state,
        captured, capturable, owner, due_at, traceparent, keep_until)
    SELECT $1, $2::uuid, $3, $4, $5, $7::jsonb, $8::timestamptz, CASE WHEN $9::boolean THEN 'pending' ELSE 'done' END,
        $10::boolean AND $11::boolean AND EXISTS (SELECT FROM place), $10, $12,
        $8::timestamptz + interval '2 seconds', $13,
        $8::timestamptz + CASE WHEN $9 OR EXISTS (SELECT FROM place) THEN $14::interval ELSE $15::interval END
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT EXISTS (SELECT FROM put) AS fresh,
    (SELECT incident_id FROM place) AS incident_id,
    (SELECT group_id FROM place) AS group_id,
    $9 AND EXISTS (
        SELECT FROM activities WHERE organization_id = $1 AND conversation = $5 AND state = 'pending'
            AND owner IS DISTINCT FROM $12
    ) AS ahead
"""
_KNOWN = """
SELECT id, state, answer FROM activities
WHERE organization_id = $1 AND (identity = $2 OR fingerprint = $3) ORDER BY position LIMIT 1
"""
_CLAIM = f"""
WITH due AS (
    SELECT id FROM activities a
    WHERE organization_id = $1 AND state <> 'done' AND NOT id = ANY ($4::uuid[])
        AND CASE
            WHEN owner IS NULL OR owner = $3 THEN due_at <= $2
            ELSE {DEAD}
        END
        AND (state = 'following' OR NOT EXISTS (
            SELECT FROM activities earlier
            WHERE earlier.organization_id = $1 AND earlier.conversation = a.conversation
                AND earlier.state = 'pending' AND earlier.position < a.position
        ))
    ORDER BY position LIMIT 50
    FOR UPDATE SKIP LOCKED
)
UPDATE activities a SET owner = $3, attempts = attempts + 1 FROM due
WHERE a.organization_id = $1 AND a.id = due.id
RETURNING a.id, a.body, a.attempts, a.state, a.traceparent, a.conversation
"""  # noqa: S608


class ActivityStore:
    """The inbox of one replica; `owner` is the number of its lock."""

    def __init__(self, database: Database, owner: int) -> None:
        self._database = database
        self._owner = owner

    async def put(self, organization: str, new: NewActivity, capture: Capture | None) -> Receipt:
        """Store an activity, and in the same transaction what it means for its incident; None: that has to wait."""
        async with self._database.transaction(organization) as connection:
            row = await connection.fetchrow(
                _PUT,
                organization,
                new.id,
                new.identity,
                new.fingerprint,
                new.conversation,
                list(new.refs),
                new.body,
                new.received_at,
                new.work,
                new.capturable,
                capture is not None,
                self._owner,
                new.traceparent,
                KEPT,
                KEPT_OUTSIDE,
            )
            if row is None or not row["fresh"]:
                return await self._known(connection, organization, new)
            if capture is not None and new.capturable and row["incident_id"] is not None:
                await emit_captured(connection, organization, capture(row["incident_id"], row["group_id"]))
        return Receipt(new.id, fresh=True, ahead=row["ahead"])

    async def _known(self, connection: asyncpg.Connection, organization: str, new: NewActivity) -> Receipt:
        row = await connection.fetchrow(_KNOWN, organization, new.identity, new.fingerprint)
        if row is None:
            # What it collided with was forgotten this very moment; Teams delivers it again.
            raise LookupError("the activity was seen before and is gone by now")
        return Receipt(row["id"], fresh=False, done=row["state"] == "done", answer=row["answer"])

    async def answer_of(self, organization: str, activity: UUID) -> Receipt:
        """How far the handling of an activity has come, maybe in another replica."""
        async with self._database.transaction(organization) as connection:
            row = await connection.fetchrow(
                "SELECT state, answer FROM activities WHERE organization_id = $1 AND id = $2", organization, activity
            )
        done = row is None or row["state"] != "pending"
        return Receipt(activity, fresh=False, done=done, answer=row["answer"] if row else None)

    async def finish(
        self, organization: str, activity: UUID, answer: Any = None, *, may_come_again: bool = False
    ) -> None:
        """It is handled; `answer` is what a repeated delivery gets.

        `may_come_again`: the same act under another id is a new one, because this one changed nothing.
        Not waited for on disk: should PostgreSQL die now, it is handled again, under the same ids.
        """
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                """
                UPDATE activities SET state = 'done', answer = $3, owner = NULL,
                    fingerprint = CASE WHEN $4 THEN fingerprint || ' of ' || id ELSE fingerprint END
                FROM set_config('synchronous_commit', 'off', true)
                WHERE organization_id = $1 AND id = $2
                """,
                organization,
                activity,
                answer,
                may_come_again,
            )

    async def follow(self, organization: str, activity: UUID, due_at: datetime, answer: Any) -> None:
        """Its command is accepted for later: ask for the outcome at `due_at`; meanwhile others need not wait."""
        changes = "state = 'following', answer = $3, owner = NULL, due_at = $4"
        await self._change(organization, activity, changes, answer, due_at)

    async def later(self, organization: str, activity: UUID, due_at: datetime) -> None:
        """It could not be handled now: again at `due_at`, by whichever replica is there."""
        await self._change(organization, activity, "owner = NULL, due_at = $3", due_at)

    async def _change(self, organization: str, activity: UUID, changes: str, *values: Any) -> None:
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                f"UPDATE activities SET {changes} WHERE organization_id = $1 AND id = $2",  # noqa: S608
                organization,
                activity,
                *values,
            )

    async def waiting_organizations(self, now: datetime) -> list[str]:
        """The organisations that have something to be taken up."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch(
                """
                SELECT DISTINCT organization_id FROM activities
                WHERE state <> 'done' AND (due_at <= $1 OR owner IS DISTINCT FROM $2)
                """,
                now,
                self._owner,
            )
        return [row["organization_id"] for row in rows]

    async def claim(self, organization: str, now: datetime, in_hand: Sequence[UUID]) -> list[Due]:
        """Take what is due, or was begun by a replica that is gone; one of a conversation at a time, oldest first."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(_CLAIM, organization, now, self._owner, list(in_hand))
        return [
            Due(
                organization,
                row["id"],
                row["body"],
                row["attempts"],
                row["state"] == "following",
                row["traceparent"],
                row["conversation"],
            )
            for row in rows
        ]

    async def pending(self) -> int:
        """How many activities are not handled yet, in all organisations."""
        async with self._database.across_organizations() as connection:
            count: int = await connection.fetchval("SELECT count(*) FROM activities WHERE state <> 'done'")
        return count

    async def forget(self, now: datetime) -> int:
        """Delete what was kept long enough; gives how many."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch(
                "SELECT DISTINCT organization_id FROM activities WHERE keep_until < $1 AND state = 'done'", now
            )
        return sum([await self._forget(row["organization_id"], now) for row in rows])

    async def _forget(self, organization: str, now: datetime) -> int:
        async with self._database.transaction(organization) as connection:
            status: str = await connection.execute(
                "DELETE FROM activities WHERE organization_id = $1 AND keep_until < $2 AND state = 'done'",
                organization,
                now,
            )
        return int(status.rpartition(" ")[2])
