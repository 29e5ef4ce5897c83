"""Correct the record."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import AmendSummary
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.application.values import to_summary
from haveri_incident.domain import decisions


async def amend_summary(change: ChangeIncident, context: Context, order: AmendSummary) -> dict[str, Any]:
    """Replace the summary of a resolved or closed incident; gives the new incident."""
    summary = to_summary(order.summary)
    return await change(context, order.incident_id, lambda state: decisions.amend_summary(state, summary))
