"""Announce or change a maintenance window."""

from __future__ import annotations

from typing import Any

from haveri_contracts.escalation.commands import PutMaintenanceWindow
from haveri_contracts.escalation.events import MaintenanceWindowPut, WindowDue
from haveri_contracts.escalation.models import MaintenanceWindow
from haveri_escalation.application.policy_authorization import check_manager
from haveri_escalation.application.policy_ports import Context, UnitOfWork
from haveri_escalation.application.policy_values import to_window
from haveri_escalation.application.window_timers import timer_of
from haveri_escalation.domain.refusals import WindowElsewhere, WindowIsOver
from haveri_escalation.domain.windows import check_window


async def put_maintenance_window(work: UnitOfWork, context: Context, command: PutMaintenanceWindow) -> dict[str, Any]:
    """For managers. The window's start and end are published when they come; raises a Refusal.

    A change of one that has been announced is published at once, for what it silences or silences no more.
    """
    check_manager(context.actor, context.roster)
    check_window(to_window(command.window), context.roster, context.now)
    kept = await work.window(command.window.id)
    if kept is not None and kept.ended:
        raise WindowIsOver("This maintenance window is over; announce a new one.")
    before = kept.window if kept is not None else None
    if before is not None and before.facility_id != command.window.facility_id:
        raise WindowElsewhere("A window stays at its facility; end this one and announce another.").at("facility_id")
    after = command.window.model_copy(update={"created_by": before.created_by if before else context.actor})
    if before != after:
        await work.store_window(after)
        await _publish(work, context, before, after)
    return {"window": after.model_dump(mode="json")}


async def _publish(
    work: UnitOfWork, context: Context, before: MaintenanceWindow | None, after: MaintenanceWindow
) -> None:
    work.publish(MaintenanceWindowPut(window=after))
    for edge, due_at in (("start", after.starts_at), ("end", after.ends_at)):
        due = WindowDue.model_validate({"window_id": after.id, "edge": edge, "due_at": due_at})
        await work.publish_at(timer_of(after.id, edge), due_at, due)
    if before is not None and after.starts_at > context.now:
        changed = WindowDue(window_id=after.id, edge="start", due_at=context.now)
        await work.publish_at(timer_of(after.id, "change"), context.now, changed)
