"""Changes of shifts are put, accepted by the other one of the two, or taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_contracts.directory.commands import AcceptShiftChange, CancelShiftChange, PutShiftChange
from haveri_contracts.directory.events import ShiftChangeCancelled, ShiftChangePut
from haveri_contracts.directory.schedules import ShiftChange
from haveri_contracts.refusals import ShiftChangeUnknown
from haveri_directory.application.authorization import asker_of
from haveri_directory.application.shift_checks import check_change
from haveri_directory.domain.shift_permissions import (
    Asker,
    check_may_accept,
    check_may_cancel,
    check_may_replace,
    needs_acceptance,
)
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


async def cancel_shift_change(work: UnitOfWork, actor: str, command: CancelShiftChange) -> dict[str, Any]:
    """For whoever proposed it, for those whom it concerns, and for managers. Raises a Refusal."""
    asker = await asker_of(work, actor)
    change = await known_change(work, command.change_id)
    check_may_cancel(asker, change_of(change), change.proposed_by)
    await work.schedules.discard_changes([change.id])
    work.publish(ShiftChangeCancelled(change_id=change.id))
    return {"cancelled": {"id": str(change.id)}}
