"""Whose workflow has something left to do, and when it is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.outbox import emit
from haveri_contracts.envelope import Envelope
from haveri_teams_gateway.store.liveness import DEAD

_OWN = timedelta(minutes=5)
"""After that long a replica takes up its own work again, which can only have failed."""


class Workflows:
    """One row an incident: who is advancing it, when it is due again, what Teams refused for good."""

    def __init__(self, database: Database, owner: int, clock: Clock) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock

    async def begin(self, organization: str, incident_id: UUID) -> None:
        """Say that this replica advances the incident: should it die, another goes on.

        Not waited for on disk: should PostgreSQL die too, the unacknowledged event is delivered again.
        """
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                """
                INSERT INTO workflows (organization_id, incident_id, owner, due_at)
                SELECT $1, $2, $3, $4 FROM set_config('synchronous_commit', 'off', true)
                ON CONFLICT (organization_id, incident_id) DO UPDATE SET owner = $3, due_at = $4
                """,
                organization,
                incident_id,
                self._owner,
                self._clock.now() + _OWN,
            )

    async def finish(self, organization: str, incident_id: UUID) -> None:
        """Everything is as it should be."""
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                """
                UPDATE workflows SET owner = NULL, due_at = NULL, attempts = 0
                WHERE organization_id = $1 AND incident_id = $2
                """,
                organization,
                incident_id,
            )

    async def later(self, organization: str, incident_id: UUID, wait: timedelta, longest: timedelta) -> None:
        """Again after `wait`, doubled for every time in a row up to `longest`."""
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                """
                INSERT INTO workflows (organization_id, incident_id, due_at, attempts)
                VALUES ($1, $2, $3::timestamptz + $4::interval, 1)
                ON CONFLICT (organization_id, incident_id) DO UPDATE SET owner = NULL,
                    due_at = $3 + least($4 * power(2, least(workflows.attempts, 16)), $5::interval),
                    attempts = workflows.attempts + 1
                """,
                organization,
                incident_id,
                self._clock.now(),
                wait,
                longest,
            )

    async def claim(self, organization: str, now: datetime) -> list[UUID]:
        """Take the incidents that are due or whose replica is gone."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                f"""
                WITH due AS (
                    SELECT incident_id FROM workflows
                    WHERE organization_id = $1 AND due_at IS NOT NULL
                        AND CASE WHEN owner IS NULL OR owner = $3 THEN due_at <= $2 ELSE {DEAD} END
                    ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED
                )
                UPDATE workflows w SET owner = $3, due_at = $2::timestamptz + interval '5 minutes' FROM due
                WHERE w.organization_id = $1 AND w.incident_id = due.incident_id RETURNING w.incident_id
                """,  # noqa: S608
                organization,
                now,
                self._owner,
            )
        return [row["incident_id"] for row in rows]

    async def waiting_organizations(self, now: datetime) -> list[str]:
        """Those with an incident that is due, or is somebody else's work."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch(
                """
                SELECT DISTINCT organization_id FROM workflows
                WHERE due_at IS NOT NULL AND (due_at <= $1 OR owner <> $2)
                """,
                now,
                self._owner,
            )
        return [row["organization_id"] for row in rows]

    async def channel_incident(self, organization: str, refs: list[str]) -> UUID | None:
        """The incident of a channel or thread."""
        async with self._database.transaction(organization) as connection:
            found: UUID | None = await connection.fetchval(
                """
                SELECT incident_id FROM channels WHERE organization_id = $1 AND channel = ANY ($2::text[])
                ORDER BY length(channel) DESC LIMIT 1
                """,
                organization,
                refs,
            )
        return found

    async def group_of(self, organization: str, channel: str) -> str | None:
        """The team (group id) in which an incident's channel was opened."""
        async with self._database.transaction(organization) as connection:
            found: str | None = await connection.fetchval(
                "SELECT group_id FROM channels WHERE organization_id = $1 AND channel = $2", organization, channel
            )
        return found

    async def add(
        self, organization: str, incident_id: UUID, refused: dict[str, str], envelopes: dict[str, Envelope]
    ) -> None:
        """Remember what Teams refused for good, by step; let the news out of what was not known before."""
        async with self._database.transaction(organization) as connection:
            known = await connection.fetchval(
                """
                INSERT INTO workflows (organization_id, incident_id) VALUES ($1, $2)
                ON CONFLICT (organization_id, incident_id) DO UPDATE SET attempts = workflows.attempts
                RETURNING refused
                """,
                organization,
                incident_id,
            )
            fresh = {step: reason for step, reason in refused.items() if known.get(step) != reason}
            if not fresh:
                return
            await connection.execute(
                """
                UPDATE workflows SET refused = refused || $3::jsonb
                WHERE organization_id = $1 AND incident_id = $2
                """,
                organization,
                incident_id,
                fresh,
            )
            await emit(connection, [envelopes[step] for step in fresh])
