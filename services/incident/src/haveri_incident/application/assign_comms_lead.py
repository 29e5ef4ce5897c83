"""Name who keeps the stakeholders informed."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import AssignCommsLead
from haveri_incident.application.authorization import check_named
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions


async def assign_comms_lead(change: ChangeIncident, context: Context, order: AssignCommsLead) -> dict[str, Any]:
    """Assign the communications lead; gives the new incident."""
    return await change(
        context,
        order.incident_id,
        lambda state: decisions.assign_comms_lead(state, order.member_id),
        check=lambda plant: check_named(plant, [order.member_id]),
    )
