"""Wish for more people."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import Escalate
from haveri_incident.application.authorization import check_named
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions


async def escalate(change: ChangeIncident, context: Context, order: Escalate) -> dict[str, Any]:
    """Record the wish, which the escalation service carries out; gives the new incident."""
    return await change(
        context,
        order.incident_id,
        lambda state: decisions.escalate(state, order.policy_id, order.member_ids, order.team_ids, order.reason),
        check=lambda plant: check_named(plant, order.member_ids, order.team_ids),
    )
