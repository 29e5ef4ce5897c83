"""Whose calls and notices are not all done, and when they are taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_teams_gateway.store.liveness import DEAD

_OWN = timedelta(seconds=5)
"""After that long a replica takes up its own work again, unless it has it in hand."""
_UNDONE = """
EXISTS (
    SELECT FROM calls c WHERE c.organization_id = $1 AND c.incident_id = $2
        AND (c.outcome = '' OR (c.outcome = 'delivered' AND c.shows < c.to_show))
) OR EXISTS (
    SELECT FROM notices n WHERE n.organization_id = $1 AND n.incident_id = $2 AND NOT n.told
)
"""


class Tellings:
    """One row an incident that somebody was called for: who is at it, and when it is due again."""

    def __init__(self, database: Database, owner: int, clock: Clock) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock

    async def begin(self, connection: asyncpg.Connection, organization: str, incident_id: UUID) -> None:
        """In the transaction that adds work: this replica does it, and should it die, another one goes on."""
        await connection.execute(
            """
            INSERT INTO tellings (organization_id, incident_id, owner, due_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (organization_id, incident_id) DO UPDATE SET owner = $3, due_at = $4, attempts = 0
            """,
            organization,
            incident_id,
            self._owner,
            self._clock.now() + _OWN,
        )

    async def settle(self, organization: str, incident_id: UUID, wait: timedelta, longest: timedelta) -> None:
        """Done, or again after `wait` (doubled each time in a row up to `longest`) when something is left.

        What another replica began meanwhile stays with it.
        """
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                f"""
                UPDATE tellings SET owner = NULL,
                    due_at = CASE WHEN left_over THEN
                        $4::timestamptz + least($5::interval * power(2, least(attempts, 16)), $6::interval) END,
                    attempts = CASE WHEN left_over THEN attempts + 1 ELSE 0 END
                FROM (SELECT {_UNDONE} AS left_over) AS what
                WHERE organization_id = $1 AND incident_id = $2 AND owner = $3
                """,  # noqa: S608
                organization,
                incident_id,
                self._owner,
                self._clock.now(),
                wait,
                longest,
            )

    async def waits(self, organization: str, incident_id: UUID) -> bool:
        """True when something of the incident is undone; then this replica is at it from now on."""
        async with self._database.transaction(organization) as connection:
            found = await connection.fetchval(
                f"""
                UPDATE tellings SET owner = $3, due_at = $4
                WHERE organization_id = $1 AND incident_id = $2 AND ({_UNDONE}) RETURNING true
                """,  # noqa: S608
                organization,
                incident_id,
                self._owner,
                self._clock.now() + _OWN,
            )
        return bool(found)

    async def claim(self, organization: str, now: datetime, in_hand: Sequence[UUID]) -> list[UUID]:
        """Take the incidents that are due or whose replica is gone; not those that are `in_hand` here."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                f"""
                WITH due AS (
                    SELECT incident_id FROM tellings
                    WHERE organization_id = $1 AND due_at IS NOT NULL AND NOT incident_id = ANY ($5::uuid[])
                        AND CASE WHEN owner IS NULL OR owner = $3 THEN due_at <= $2 ELSE {DEAD} END
                    ORDER BY due_at LIMIT 50 FOR UPDATE SKIP LOCKED
                )
                UPDATE tellings t SET owner = $3, due_at = $4 FROM due
                WHERE t.organization_id = $1 AND t.incident_id = due.incident_id RETURNING t.incident_id
                """,  # noqa: S608
                organization,
                now,
                self._owner,
                now + _OWN,
                list(in_hand),
            )
        return [row["incident_id"] for row in rows]

    async def waiting_organizations(self, now: datetime) -> list[str]:
        """Those with an incident that is due, or is somebody else's work."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch(
                """
                SELECT DISTINCT organization_id FROM tellings
                WHERE due_at IS NOT NULL AND (due_at <= $1 OR owner <> $2)
                """,
                now,
                self._owner,
            )
        return [row["organization_id"] for row in rows]
