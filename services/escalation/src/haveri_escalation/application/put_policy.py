"""Add or change an escalation policy."""

from __future__ import annotations

from typing import Any

from haveri_contracts.escalation.commands import PutPolicy
from haveri_contracts.escalation.events import PolicyPut
from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.refusals import PolicyUnknown
from haveri_escalation.application.policy_authorization import check_manager
from haveri_escalation.application.policy_ports import Context, UnitOfWork
from haveri_escalation.application.policy_values import to_policy
from haveri_escalation.domain.policy_rules import check_policy
from haveri_escalation.domain.refusals import PolicyChangedMeanwhile


async def put_policy(work: UnitOfWork, context: Context, command: PutPolicy) -> dict[str, Any]:
    """For managers. A new policy gets version 1, a change the next one; raises a Refusal.

    A put that changes nothing makes no version and no event, so that a command that is sent twice is carried out once.
    """
    check_manager(context.actor, context.roster)
    check_policy(to_policy(command.policy), context.roster)
    before = await work.policy(command.policy.id)
    await _check_version(work, before, command.policy)
    if before == command.policy:
        return {"policy": before.model_dump(mode="json")}
    after = command.policy.model_copy(update={"version": before.version + 1 if before else 1})
    await work.store_policy(after, context.actor, context.now)
    work.publish(PolicyPut(policy=after))
    return {"policy": after.model_dump(mode="json")}


async def _check_version(work: UnitOfWork, before: EscalationPolicy | None, wanted: EscalationPolicy) -> None:
    if before is None:
        if await work.was_there(wanted.id):
            raise PolicyUnknown("This policy was removed meanwhile; save yours as a new one.")
    elif before.version != wanted.version:
        raise PolicyChangedMeanwhile(
            f"You changed version {wanted.version}, the newest is {before.version}. Look at it and change that one."
        )
