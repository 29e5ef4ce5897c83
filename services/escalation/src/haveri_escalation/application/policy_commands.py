"""What managers command about policies, settings and maintenance windows; each gives the result or raises a Refusal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_contracts.escalation.commands import (
    ChangeFacilitySettings,
    EndMaintenanceWindow,
    PutMaintenanceWindow,
    PutPolicy,
    RemovePolicy,
)
from haveri_contracts.escalation.events import (
    FacilitySettingsChanged,
    MaintenanceWindowPut,
    PolicyPut,
    PolicyRemoved,
    WindowDue,
)
from haveri_contracts.escalation.models import EscalationPolicy, MaintenanceWindow
from haveri_contracts.refusals import PolicyUnknown, WindowUnknown
from haveri_escalation.application.policy_authorization import check_manager
from haveri_escalation.application.policy_ports import Context, UnitOfWork
from haveri_escalation.domain.policy_rules import check_policy, check_settings
from haveri_escalation.domain.refusals import PolicyChangedMeanwhile, WindowElsewhere, WindowIsOver
from haveri_escalation.domain.windows import check_window


async def put_policy(work: UnitOfWork, context: Context, command: PutPolicy) -> dict[str, Any]:
    """For managers. A new policy gets version 1, a change the next one; raises a Refusal.

    A put that changes nothing makes no version and no event, so that a command that is sent twice is carried out once.
    """
    check_manager(context.actor, context.roster)
    check_policy(command.policy, context.roster)
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


async def remove_policy(work: UnitOfWork, context: Context, command: RemovePolicy) -> dict[str, Any]:
    """For managers. Its versions stay, and so do the runs that have begun; raises a Refusal."""
    check_manager(context.actor, context.roster)
    if await work.policy(command.policy_id) is None:
        raise PolicyUnknown(f"There is no escalation policy {command.policy_id} in this organisation.")
    await work.remove_policy(command.policy_id)
    work.publish(PolicyRemoved(policy_id=command.policy_id))
    return {"removed": {"policy_id": str(command.policy_id)}}


async def change_facility_settings(
    work: UnitOfWork, context: Context, command: ChangeFacilitySettings
) -> dict[str, Any]:
    """For managers. The settings given are all there are; raises a Refusal."""
    check_manager(context.actor, context.roster)
    check_settings(command.settings, context.roster)
    if await work.settings(command.settings.facility_id) != command.settings:
        await work.store_settings(command.settings, context.now)
        work.publish(FacilitySettingsChanged(settings=command.settings))
    return {"settings": command.settings.model_dump(mode="json")}


async def put_maintenance_window(work: UnitOfWork, context: Context, command: PutMaintenanceWindow) -> dict[str, Any]:
    """For managers. The window's start and end are published when they come; raises a Refusal.

    A change of one that has been announced is published at once, for what it silences or silences no more.
    """
    check_manager(context.actor, context.roster)
    check_window(command.window, context.roster, context.now)
    kept = await work.window(command.window.id)
    if kept is not None and kept.ended:
        raise WindowIsOver("This maintenance window is over; announce a new one.")
    before = kept.window if kept is not None else None
    if before is not None and before.facility_id != command.window.facility_id:
        raise WindowElsewhere("A window stays at its facility; end this one and announce another.").at("facility_id")
    after = command.window.model_copy(update={"created_by": before.created_by if before else context.actor})
    if before != after:
        await work.store_window(after)
        await _publish_window(work, context, before, after)
    return {"window": after.model_dump(mode="json")}


async def _publish_window(
    work: UnitOfWork, context: Context, before: MaintenanceWindow | None, after: MaintenanceWindow
) -> None:
    work.publish(MaintenanceWindowPut(window=after))
    for edge, due_at in (("start", after.starts_at), ("end", after.ends_at)):
        due = WindowDue.model_validate({"window_id": after.id, "edge": edge, "due_at": due_at})
        await work.publish_at(_timer_of(after.id, edge), due_at, due)
    if before is not None and after.starts_at > context.now:
        changed = WindowDue(window_id=after.id, edge="start", due_at=context.now)
        await work.publish_at(_timer_of(after.id, "change"), context.now, changed)


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
        await work.call_off(_timer_of(window.id, edge))
    # By the same way as an end that was announced: whatever follows from it is done in one place.
    await work.publish_at(_timer_of(window.id, "end"), now, WindowDue(window_id=window.id, edge="end", due_at=now))
    return {"window": after.model_dump(mode="json")}


def _timer_of(window_id: UUID, edge: str) -> str:
    """The key of a window's timer: `start`, `end`, or `change` for one that is applied again."""
    return f"window:{window_id}:{edge}"
