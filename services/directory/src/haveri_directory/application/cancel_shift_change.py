"""Take a change of shifts back, or say no to it."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import CancelShiftChange
from haveri_contracts.directory.events import ShiftChangeCancelled
from haveri_directory.application.accept_shift_change import known_change
from haveri_directory.application.authorization import asker_of
from haveri_directory.domain.shift_permissions import check_may_cancel
from haveri_directory.store.unit_of_work import UnitOfWork
from haveri_shifts.published import change_of


async def cancel_shift_change(work: UnitOfWork, actor: str, command: CancelShiftChange) -> dict[str, Any]:
    """For whoever proposed it, for those whom it concerns, and for managers. Raises a Refusal."""
    asker = await asker_of(work, actor)
    change = await known_change(work, command.change_id)
    check_may_cancel(asker, change_of(change), change.proposed_by)
    await work.schedules.discard_changes([change.id])
    work.publish(ShiftChangeCancelled(change_id=change.id))
    return {"cancelled": {"id": str(change.id)}}
