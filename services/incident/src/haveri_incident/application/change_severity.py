"""Say that it is worse or better than thought."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import ChangeSeverity
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions


async def change_severity(change: ChangeIncident, context: Context, order: ChangeSeverity) -> dict[str, Any]:
    """Set the severity; gives the new incident."""
    return await change(
        context, order.incident_id, lambda state: decisions.change_severity(state, order.severity, order.reason)
    )
