"""Say that it is over."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import ResolveIncident
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.application.values import to_summary
from haveri_incident.domain import decisions


async def resolve_incident(change: ChangeIncident, context: Context, order: ResolveIncident) -> dict[str, Any]:
    """Resolve with the summary; gives the new incident."""
    summary = to_summary(order.summary)
    return await change(context, order.incident_id, lambda state: decisions.resolve(state, summary, context.now))
