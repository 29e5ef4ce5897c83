"""Take it up again."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import ReopenIncident
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions


async def reopen_incident(change: ChangeIncident, context: Context, order: ReopenIncident) -> dict[str, Any]:
    """Reopen; gives the new incident."""
    return await change(context, order.incident_id, lambda state: decisions.reopen(state, order.reason))
