"""Add or change a change of shifts."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import PutShiftChange
from haveri_contracts.directory.events import ShiftChangePut
from haveri_contracts.directory.schedules import ShiftChange
from haveri_directory.application.authorization import asker_of
from haveri_directory.application.shift_checks import check_change
from haveri_directory.domain.shift_permissions import Asker, check_may_replace, needs_acceptance
from haveri_directory.store.unit_of_work import UnitOfWork
from haveri_shifts.published import change_of

_SIGNATURE = {"accepted": True, "proposed_by": None}


async def put_shift_change(work: UnitOfWork, actor: str, command: PutShiftChange) -> dict[str, Any]:
    """For managers; responders report their own absence, and propose what one other has to accept. Raises a Refusal."""
    asker = await asker_of(work, actor)
    before = await work.schedules.change(command.change.id)
    waits = needs_acceptance(asker, change_of(command.change))
    if before is not None:
        check_may_replace(asker, change_of(before), before.proposed_by)
    change = _signed(command.change, asker, waits=waits)
    if before is None or not _says_the_same(before, change):
        await check_change(work, change)
        await work.schedules.store_changes([change])
        work.publish(ShiftChangePut(change=change))
        before = change
    return {"change": before.model_dump(mode="json")}


def _signed(change: ShiftChange, asker: Asker, *, waits: bool) -> ShiftChange:
    """The change as it is kept; Haveri's own tools may say themselves who proposed it and whether it counts."""
    if asker.member_id is None:
        return change
    return change.model_copy(update={"accepted": not waits, "proposed_by": asker.member_id})


def _says_the_same(before: ShiftChange, change: ShiftChange) -> bool:
    """Whether nothing is new: who asks for the same again does not take back that it was accepted."""
    same = before.model_copy(update=_SIGNATURE) == change.model_copy(update=_SIGNATURE)
    return same and (before.accepted or not change.accepted)
