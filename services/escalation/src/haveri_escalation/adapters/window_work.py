"""Maintenance windows as they begin and end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from haveri_chassis.database import Database
from haveri_chassis.messages import Sender
from haveri_chassis.outbox import emit
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.events import MaintenanceWindowEnded
from haveri_escalation.adapters import window_store

_AFFECTED = """
SELECT DISTINCT r.incident_id, r.facility_id FROM runs r
JOIN maintenance_windows w ON w.organization_id = r.organization_id AND w.facility_id = r.facility_id
WHERE r.organization_id = $1 AND w.id = $2 AND r.state <> 'ended'
ORDER BY r.incident_id
"""


class MaintenanceWork:
    """Reads which incidents a window may concern, and says when it is over."""

    def __init__(self, database: Database, sender: Sender) -> None:
        self._database = database
        self._sender = sender

    async def end_of(self, organization: str, window_id: UUID) -> datetime | None:
        """When a window ends, None for one that is not there or whose end was published."""
        async with self._database.transaction(organization) as connection:
            kept = await window_store.window_of(connection, organization, window_id)
        return None if kept is None or kept.ended else kept.window.ends_at

    async def affected(self, organization: str, window_id: UUID) -> list[tuple[UUID, UUID]]:
        """(Incident, facility) of every run under way at the window's facility."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(_AFFECTED, organization, window_id)
        return [(row["incident_id"], row["facility_id"]) for row in rows]

    async def publish_end(self, cause: Envelope, window_id: UUID, at: datetime) -> None:
        """Say once that a window is over."""
        async with self._database.transaction(cause.organization) as connection:
            if not await window_store.mark_ended(connection, cause.organization, window_id, at):
                return
            ended = MaintenanceWindowEnded(window_id=window_id, ended_at=at)
            envelope = self._sender.event(
                ended, organization=cause.organization, actor="system:escalation", cause=cause, time=at
            )
            await emit(connection, [envelope])
