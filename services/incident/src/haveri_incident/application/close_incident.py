"""Close, naming what is left to do."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import CloseIncident
from haveri_incident.application.authorization import check_named
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.application.values import to_follow_up
from haveri_incident.domain import decisions


async def close_incident(change: ChangeIncident, context: Context, order: CloseIncident) -> dict[str, Any]:
    """Close with follow-ups; gives the new incident."""
    follow_ups = [to_follow_up(draft) for draft in order.follow_ups]
    owners = [draft.assigned_to for draft in order.follow_ups if draft.assigned_to is not None]
    return await change(
        context,
        order.incident_id,
        lambda state: decisions.close(state, follow_ups, context.now),
        check=lambda plant: check_named(plant, owners),
    )
