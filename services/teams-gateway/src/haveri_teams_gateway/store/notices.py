"""What is to be posted of escalations in incidents' channels, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from haveri_chassis.database import Database
from haveri_contracts.escalation.events import EscalationEvent, EscalationStarted, EscalationUnacked
from haveri_teams_gateway.store.jobs import Job, Jobs

NOTICES = "notices"


@dataclass(frozen=True, slots=True)
class Notice:
    """An event of an escalation with its envelope's id, place in the incident's history and time."""

    id: UUID
    sequence: int
    event: EscalationEvent
    occurred_at: datetime


class Notices:
    """Events of incidents' escalations, kept as they came until they are posted. `kinds` are those that can come."""

    def __init__(self, database: Database, jobs: Jobs, kinds: Sequence[type[EscalationEvent]]) -> None:
        self._database = database
        self._jobs = jobs
        self._kinds = {kind.name: kind for kind in kinds}

    async def put(self, organization: str, notice: Notice, *, to_post: bool) -> list[Job]:
        """Keep a notice, to be posted or only to be looked up; the same again changes nothing."""
        event = notice.event
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                """
                INSERT INTO notices (organization_id, id, incident_id, sequence, run_id, name, payload, occurred_at,
                    told)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
                """,
                organization,
                notice.id,
                event.incident_id,
                notice.sequence,
                getattr(event, "run_id", None),
                event.name,
                event.model_dump(mode="json"),
                notice.occurred_at,
                not to_post,
            )
            wanted = [event.incident_id] if to_post else []
            return await self._jobs.put(connection, organization, NOTICES, wanted)

    async def unposted(self, organization: str, incident_id: UUID) -> list[Notice]:
        """What is left to post, in order."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                """
                SELECT id, sequence, name, payload, occurred_at FROM notices
                WHERE organization_id = $1 AND incident_id = $2 AND NOT told ORDER BY sequence, occurred_at
                """,
                organization,
                incident_id,
            )
        return [
            Notice(row["id"], row["sequence"], self._read(row["name"], row["payload"]), row["occurred_at"])
            for row in rows
        ]

    async def posted(self, organization: str, notice: UUID) -> None:
        """It stands in the channel, or never will."""
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                "UPDATE notices SET told = true WHERE organization_id = $1 AND id = $2", organization, notice
            )

    async def before(
        self, organization: str, run_id: UUID, sequence: int
    ) -> tuple[EscalationStarted | None, EscalationUnacked | None]:
        """How a run began, and the last "nobody answered" in it since the step before."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                """
                SELECT DISTINCT ON (name) name, payload, sequence FROM notices
                WHERE organization_id = $1 AND run_id = $2 AND sequence < $3
                    AND name IN ('started', 'unacked', 'step_fired')
                ORDER BY name, sequence DESC
                """,
                organization,
                run_id,
                sequence,
            )
        found = {row["name"]: row for row in rows}
        started, unacked, fired = found.get("started"), found.get("unacked"), found.get("step_fired")
        if unacked is not None and fired is not None and unacked["sequence"] < fired["sequence"]:
            unacked = None
        return (
            cast("EscalationStarted", self._read("started", started["payload"])) if started else None,
            cast("EscalationUnacked", self._read("unacked", unacked["payload"])) if unacked else None,
        )

    def _read(self, name: str, payload: Any) -> EscalationEvent:
        return self._kinds[name].model_validate(payload)
