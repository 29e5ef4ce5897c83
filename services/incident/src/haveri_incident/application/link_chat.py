"""Record where the incident is lived in chat."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import LinkChat
from haveri_incident.application.authorization import require_system
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.ports import Context
from haveri_incident.domain import decisions


async def link_chat(change: ChangeIncident, context: Context, order: LinkChat) -> dict[str, Any]:
    """Store the references; the same ones again change nothing. Gives the incident."""
    require_system(context.actor)
    return await change(
        context,
        order.incident_id,
        lambda state: decisions.link_chat(
            state, order.chat_channel_ref, order.global_channel_ref, order.global_message_ref
        ),
    )
