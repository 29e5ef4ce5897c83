"""Take back an acknowledgement after which nothing happened."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import ExpireAcknowledgement
from haveri_incident.application.authorization import require_system
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions


async def expire_acknowledgement(
    change: ChangeIncident, context: Context, order: ExpireAcknowledgement
) -> dict[str, Any]:
    """Make the incident nobody's again, as the escalation service found it forgotten; gives the new incident."""
    require_system(context.actor)
    return await change(
        context,
        order.incident_id,
        lambda state: decisions.expire_acknowledgement(state, order.acknowledged_at, order.idle_minutes),
    )
