"""Maintenance windows in PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from haveri_contracts.escalation.models import MaintenanceWindow
from haveri_escalation.application.policy_ports import KeptWindow

_ONE = 'SELECT "window", ended_at FROM maintenance_windows WHERE organization_id = $1 AND id = $2'
_OPEN = """
SELECT "window" FROM maintenance_windows WHERE organization_id = $1 AND ended_at IS NULL ORDER BY starts_at, id
"""
_STORE = """
INSERT INTO maintenance_windows (organization_id, id, facility_id, starts_at, ends_at, "window")
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (organization_id, id) DO UPDATE SET
    facility_id = excluded.facility_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    "window" = excluded."window"
"""
_END = """
UPDATE maintenance_windows SET ended_at = $3 WHERE organization_id = $1 AND id = $2 AND ended_at IS NULL
"""


async def window_of(connection: asyncpg.Connection, organization: str, window_id: UUID) -> KeptWindow | None:
    """A window as it stands."""
    row = await connection.fetchrow(_ONE, organization, window_id)
    if row is None:
        return None
    return KeptWindow(MaintenanceWindow.model_validate(row["window"]), row["ended_at"] is not None)


async def open_windows(connection: asyncpg.Connection, organization: str) -> list[MaintenanceWindow]:
    """The windows whose end has not been published, the first to begin first."""
    return [MaintenanceWindow.model_validate(row["window"]) for row in await connection.fetch(_OPEN, organization)]


async def store_window(connection: asyncpg.Connection, organization: str, window: MaintenanceWindow) -> None:
    """Write a window."""
    await connection.execute(
        _STORE,
        organization,
        window.id,
        window.facility_id,
        window.starts_at,
        window.ends_at,
        window.model_dump(mode="json"),
    )


async def mark_ended(connection: asyncpg.Connection, organization: str, window_id: UUID, at: datetime) -> bool:
    """Note that a window's end was published; False when it was published before."""
    return await connection.execute(_END, organization, window_id, at) == "UPDATE 1"
