"""What arrived, stored before it is answered, until it is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from haveri_chassis.database import Database
from haveri_teams_gateway.store.capture import Capture, emit_captured
from haveri_teams_gateway.store.jobs import Job, Jobs

ACTIVITY = "activity"
KEPT = timedelta(days=7)
"""How long a handled activity is remembered, to recognise it when it comes again."""
KEPT_OUTSIDE = timedelta(hours=1)
"""How long an ordinary message outside incident channels is kept: its channel may yet become an incident's."""

_PUT = """
WITH place AS (
    SELECT incident_id, group_id FROM channels
    WHERE organization_id = $1 AND channel = ANY ($6::text[])
    ORDER BY length(channel) DESC LIMIT 1
), put AS (
    INSERT INTO activities (organization_id, id, identity, fingerprint, conversation, body, received_at, state,
        captured, capturable, keep_until)
    SELECT $1, $2::uuid, $3, $4, $5, $7::jsonb, $8::timestamptz, CASE WHEN $9::boolean THEN 'pending' ELSE 'done' END,
        $10::boolean AND $11::boolean AND EXISTS (SELECT FROM place), $10,
        $8::timestamptz + CASE WHEN $9 OR EXISTS (SELECT FROM place) THEN $12::interval ELSE $13::interval END
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT EXISTS (SELECT FROM put) AS fresh,
    (SELECT incident_id FROM place) AS incident_id,
    (SELECT group_id FROM place) AS group_id
"""
_KNOWN = """
SELECT id, state, answer FROM activities
WHERE organization_id = $1 AND (identity = $2 OR fingerprint = $3) ORDER BY position LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class NewActivity:
    """What is stored of an activity. `refs`: its channel and thread; `work`: there is more to do than capturing.

    `in_turn`: one of its conversation after the other.
    """

    id: UUID
    identity: str
    fingerprint: str
    conversation: str
    refs: Sequence[str]
    body: dict[str, Any]
    received_at: datetime
    work: bool
    in_turn: bool
    capturable: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of storing it. `fresh`: never seen; `jobs`: what this replica is to begin because of it."""

    id: UUID
    fresh: bool
    jobs: Sequence[Job] = ()
    done: bool = False
    answer: Any = None


class ActivityStore:
    """What arrived and how its handling ended."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs

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
                KEPT,
                KEPT_OUTSIDE,
            )
            if row is None or not row["fresh"]:
                return await self._known(connection, organization, new)
            if capture is not None and new.capturable and row["incident_id"] is not None:
                captured = capture(row["incident_id"], row["group_id"])
                await emit_captured(connection, self._jobs, organization, captured)
            lane = new.conversation if new.in_turn else None
            jobs = await self._jobs.put(connection, organization, ACTIVITY, [new.id] if new.work else [], lane=lane)
        return Receipt(new.id, fresh=True, jobs=jobs)

    async def _known(self, connection: asyncpg.Connection, organization: str, new: NewActivity) -> Receipt:
        row = await connection.fetchrow(_KNOWN, organization, new.identity, new.fingerprint)
        if row is None:
            # What it collided with was forgotten this very moment; Teams delivers it again.
            raise LookupError("the activity was seen before and is gone by now")
        return Receipt(row["id"], fresh=False, done=row["state"] == "done", answer=row["answer"])

    async def answer_of(self, organization: str, activity: UUID) -> Receipt:
        """How far the handling of an activity has come, maybe in another replica."""
        row = await self._row(organization, activity)
        done = row is None or row["state"] != "pending"
        return Receipt(activity, fresh=False, done=done, answer=row["answer"] if row else None)

    async def find(self, organization: str, activity: UUID) -> tuple[dict[str, Any], bool] | None:
        """The body of an activity that is not handled yet, and whether its command was sent and only follows."""
        row = await self._row(organization, activity)
        return (row["body"], row["state"] == "following") if row and row["state"] != "done" else None

    async def _row(self, organization: str, activity: UUID) -> Any:
        async with self._database.transaction(organization) as connection:
            return await connection.fetchrow(
                "SELECT body, state, answer FROM activities WHERE organization_id = $1 AND id = $2",
                organization,
                activity,
            )

    async def finish(
        self,
        connection: asyncpg.Connection,
        organization: str,
        activity: UUID,
        answer: Any = None,
        *,
        may_come_again: bool = False,
    ) -> None:
        """It is handled; `answer` is what a repeated delivery gets.

        `may_come_again`: the same act under another id is a new one, because this one changed nothing.
        """
        await connection.execute(
            """
            UPDATE activities SET state = 'done', answer = $3,
                fingerprint = CASE WHEN $4 THEN fingerprint || ' of ' || id ELSE fingerprint END
            WHERE organization_id = $1 AND id = $2
            """,
            organization,
            activity,
            answer,
            may_come_again,
        )

    async def follow(self, connection: asyncpg.Connection, organization: str, activity: UUID, answer: Any) -> None:
        """Its command is accepted for later: the outcome is asked for then."""
        await connection.execute(
            "UPDATE activities SET state = 'following', answer = $3 WHERE organization_id = $1 AND id = $2",
            organization,
            activity,
            answer,
        )

    async def forget(self, now: datetime) -> None:
        """Delete what was kept long enough."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch(
                "SELECT DISTINCT organization_id FROM activities WHERE keep_until < $1 AND state = 'done'", now
            )
        for row in rows:
            async with self._database.transaction(row["organization_id"]) as connection:
                await connection.execute(
                    "DELETE FROM activities WHERE organization_id = $1 AND keep_until < $2 AND state = 'done'",
                    row["organization_id"],
                    now,
                )
