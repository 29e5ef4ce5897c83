"""Say yes to a change of shifts that somebody proposed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_contracts.directory.commands import AcceptShiftChange
from haveri_contracts.directory.events import ShiftChangePut
from haveri_contracts.directory.schedules import ShiftChange
from haveri_contracts.refusals import ShiftChangeUnknown
from haveri_directory.application.authorization import asker_of
from haveri_directory.application.shift_checks import check_change
from haveri_directory.domain.shift_permissions import check_may_accept
from haveri_directory.store.unit_of_work import UnitOfWork
from haveri_shifts.published import change_of


async def accept_shift_change(work: UnitOfWork, actor: str, command: AcceptShiftChange) -> dict[str, Any]:
    """For the other one of the two, and for managers. From now on the change counts. Raises a Refusal."""
    asker = await asker_of(work, actor)
    proposed = await known_change(work, command.change_id)
    check_may_accept(asker, change_of(proposed), proposed.accepted, proposed.proposed_by)
    change = proposed.model_copy(update={"accepted": True})
    # What was possible when it was proposed may not be any more.
    await check_change(work, change)
    await work.schedules.store_changes([change])
    work.publish(ShiftChangePut(change=change))
    return {"change": change.model_dump(mode="json")}


async def known_change(work: UnitOfWork, change_id: UUID) -> ShiftChange:
    """The change; raises ShiftChangeUnknown."""
    change = await work.schedules.change(change_id)
    if change is None:
        raise ShiftChangeUnknown(f"There is no change of shifts {change_id}; it may have been taken back.")
    return change
