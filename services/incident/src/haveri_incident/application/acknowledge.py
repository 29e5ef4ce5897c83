"""Say "I have it"."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_contracts.incident.commands import Acknowledge
from haveri_incident.application.authorization import require_member
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions


async def acknowledge(change: ChangeIncident, context: Context, order: Acknowledge) -> dict[str, Any]:
    """Acknowledge as the acting member; gives the new incident."""
    member_id = require_member(context.actor)
    names: dict[UUID, str] = {}
    return await change(
        context,
        order.incident_id,
        lambda state: decisions.acknowledge(state, member_id, context.now, names),
        check=lambda plant: names.update(plant.names),
    )
