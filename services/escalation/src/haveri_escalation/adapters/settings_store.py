"""What holds at facilities, in PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from haveri_contracts.escalation.models import FacilitySettings

_ALL = "SELECT settings FROM facility_settings WHERE organization_id = $1 ORDER BY facility_id"
_ONE = "SELECT settings FROM facility_settings WHERE organization_id = $1 AND facility_id = $2"
_STORE = """
INSERT INTO facility_settings (organization_id, facility_id, settings, changed_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (organization_id, facility_id) DO UPDATE SET
    settings = excluded.settings, changed_at = excluded.changed_at
"""


async def all_settings(connection: asyncpg.Connection, organization: str) -> list[FacilitySettings]:
    """The settings of every facility that has any."""
    rows = await connection.fetch(_ALL, organization)
    return [FacilitySettings.model_validate(row["settings"]) for row in rows]


async def settings_of(connection: asyncpg.Connection, organization: str, facility_id: UUID) -> FacilitySettings | None:
    """The settings of a facility."""
    found = await connection.fetchval(_ONE, organization, facility_id)
    return FacilitySettings.model_validate(found) if found is not None else None


async def store_settings(
    connection: asyncpg.Connection, organization: str, settings: FacilitySettings, now: datetime
) -> None:
    """Write the settings of a facility."""
    await connection.execute(_STORE, organization, settings.facility_id, settings.model_dump(mode="json"), now)
