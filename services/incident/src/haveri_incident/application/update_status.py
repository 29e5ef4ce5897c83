"""Move an open incident on."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import UpdateStatus
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions


async def update_status(change: ChangeIncident, context: Context, order: UpdateStatus) -> dict[str, Any]:
    """Set INVESTIGATING or MITIGATED; gives the new incident."""
    return await change(
        context, order.incident_id, lambda state: decisions.update_status(state, order.status, order.note)
    )
