"""Add what was done, noted, answered or suggested."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import AddEvent
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions


async def add_event(change: ChangeIncident, context: Context, order: AddEvent) -> dict[str, Any]:
    """Add it, at the time it happened; gives the new incident."""
    return await change(
        context,
        order.incident_id,
        lambda state: decisions.add_event(state, order.type, order.text, order.occurred_at, context.now),
        occurred_at=order.occurred_at,
        machines_may=True,
    )
