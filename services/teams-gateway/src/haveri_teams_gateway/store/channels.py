"""Which channel is which incident's, and what Teams refused to show of it."""

from __future__ import annotations

from uuid import UUID

from haveri_chassis.database import Database
from haveri_chassis.outbox import emit
from haveri_contracts.envelope import Envelope


class Channels:
    """Made known by the workflow's steps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def incident_of(self, organization: str, refs: list[str]) -> UUID | None:
        """The incident of the most particular of these references, a channel's or a thread's."""
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

    async def refused(
        self, organization: str, incident_id: UUID, refused: dict[str, str], envelopes: dict[str, Envelope]
    ) -> None:
        """Remember what Teams refused for good, by step; let the events out of what was not known before."""
        async with self._database.transaction(organization) as connection:
            known = await connection.fetchval(
                """
                INSERT INTO refusals (organization_id, incident_id) VALUES ($1, $2)
                ON CONFLICT (organization_id, incident_id) DO UPDATE SET refused = refusals.refused
                RETURNING refused
                """,
                organization,
                incident_id,
            )
            fresh = {step: reason for step, reason in refused.items() if known.get(step) != reason}
            if fresh:
                await connection.execute(
                    """
                    UPDATE refusals SET refused = refused || $3::jsonb
                    WHERE organization_id = $1 AND incident_id = $2
                    """,
                    organization,
                    incident_id,
                    fresh,
                )
                await emit(connection, [envelopes[step] for step in fresh])
