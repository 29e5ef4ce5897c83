"""End a maintenance window now, or call it off."""

from __future__ import annotations

from typing import Any

from haveri_contracts.escalation.commands import EndMaintenanceWindow
from haveri_contracts.escalation.events import WindowDue
from haveri_contracts.refusals import WindowUnknown
from haveri_escalation.application.policy_authorization import check_manager
from haveri_escalation.application.policy_ports import Context, UnitOfWork
from haveri_escalation.application.window_timers import timer_of
from haveri_escalation.domain.refusals import WindowIsOver


async def end_maintenance_window(work: UnitOfWork, context: Context, command: EndMaintenanceWindow) -> dict[str, Any]:
    """For managers. What the window silenced goes on at once; raises a Refusal."""
    check_manager(context.actor, context.roster)
    kept = await work.window(command.window_id)
    if kept is None:
        raise WindowUnknown(f"There is no maintenance window {command.window_id} in this organisation.")
    window, now = kept.window, context.now
    if kept.ended or window.ends_at <= now:
        raise WindowIsOver("This maintenance window has ended already.")
    after = window.model_copy(update={"starts_at": min(window.starts_at, now), "ends_at": now})
    await work.store_window(after)
    for edge in ("start", "change"):
        await work.call_off(timer_of(window.id, edge))
    # By the same way as an end that was announced: whatever follows from it is done in one place.
    await work.publish_at(timer_of(window.id, "end"), now, WindowDue(window_id=window.id, edge="end", due_at=now))
    return {"window": after.model_dump(mode="json")}
