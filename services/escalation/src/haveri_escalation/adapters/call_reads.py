"""Calls with their incidents, out of the engine's tables."""

from __future__ import annotations

from uuid import UUID

from haveri_chassis.database import Database
from haveri_contracts.escalation.models import CallState, Purpose
from haveri_contracts.plain import Severity
from haveri_escalation.application.calling import CallFacts

_CALL = """
SELECT c.id, c.incident_id, c.member_id, c.purpose, c.state, c.because, c.called_at,
       e.number, e.title, e.severity, e.facility_id, e.area_id, e.asset_ids
FROM calls c JOIN escalations e ON e.organization_id = c.organization_id AND e.incident_id = c.incident_id
WHERE c.organization_id = $1 AND c.id = $2
"""


class CallReads:
    """Reads calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, organization: str, call_id: UUID) -> CallFacts | None:
        """One call, None when there is no such."""
        async with self._database.transaction(organization) as connection:
            row = await connection.fetchrow(_CALL, organization, call_id)
        if row is None:
            return None
        return CallFacts(
            id=_uuid(row["id"]),
            incident_id=_uuid(row["incident_id"]),
            member_id=_uuid(row["member_id"]),
            purpose=Purpose(row["purpose"]),
            state=CallState(row["state"]),
            because=row["because"],
            number=row["number"] or "",
            title=row["title"] or "",
            severity=Severity(row["severity"]),
            facility_id=row["facility_id"] and _uuid(row["facility_id"]),
            area_id=row["area_id"] and _uuid(row["area_id"]),
            asset_ids=tuple(_uuid(asset) for asset in row["asset_ids"]),
            called_at=row["called_at"],
        )


def _uuid(value: UUID) -> UUID:
    """asyncpg's own kind of UUID is one that orjson does not write."""
    return UUID(int=value.int)
