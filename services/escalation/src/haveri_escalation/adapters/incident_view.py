"""Incidents as their owner knows them at this moment."""

from __future__ import annotations

from uuid import UUID

from haveri_chassis.bus import OwnerUnavailable, QueryClient, QueryRefused
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import GetIncident
from haveri_escalation.application.calling import IncidentNow

_ACTOR = "system:escalation"
_SECONDS = 2.0


class IncidentView:
    """Queries the incident service."""

    def __init__(self, queries: QueryClient) -> None:
        self._queries = queries

    async def now(self, organization: str, incident_id: UUID) -> IncidentNow | None:
        """The newest state; None when the owner is away or does not know the incident."""
        query = GetIncident(incident=str(incident_id))
        try:
            found: Incident = await self._queries.ask(query, organization=organization, actor=_ACTOR, timeout=_SECONDS)
        except (OwnerUnavailable, QueryRefused):
            return None
        return IncidentNow(
            number=found.number,
            title=found.title,
            severity=found.severity,
            status=found.status,
            declared_at=found.declared_at,
            acknowledged_by=found.acknowledged_by,
            acknowledged_at=found.acknowledged_at,
        )
