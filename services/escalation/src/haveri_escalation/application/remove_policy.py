"""Remove an escalation policy."""

from __future__ import annotations

from typing import Any

from haveri_contracts.escalation.commands import RemovePolicy
from haveri_contracts.escalation.events import PolicyRemoved
from haveri_contracts.refusals import PolicyUnknown
from haveri_escalation.application.policy_authorization import check_manager
from haveri_escalation.application.policy_ports import Context, UnitOfWork


async def remove_policy(work: UnitOfWork, context: Context, command: RemovePolicy) -> dict[str, Any]:
    """For managers. Its versions stay, and so do the runs that have begun; raises a Refusal."""
    check_manager(context.actor, context.roster)
    if await work.policy(command.policy_id) is None:
        raise PolicyUnknown(f"There is no escalation policy {command.policy_id} in this organisation.")
    await work.remove_policy(command.policy_id)
    work.publish(PolicyRemoved(policy_id=command.policy_id))
    return {"removed": {"policy_id": str(command.policy_id)}}
