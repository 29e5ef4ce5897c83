"""Policies, settings, maintenance windows and runs, as the doors handle them: read fresh, change, remove."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from haveri_contracts.escalation.models import (
    EscalationPolicy,
    FacilitySettings,
    MaintenanceWindow,
)
from haveri_contracts.escalation.queries import (
    GetEscalationPolicy,
    GetMaintenanceWindow,
    ListFacilitySettings,
    ListMaintenanceWindows,
    ListPolicies,
)
from haveri_contracts.refusals import PolicyUnknown, WindowUnknown
from haveri_web.bus.callers import Caller
from haveri_web.bus.ports import Queries
from haveri_web.bus.queries import ask, ask_all, ask_one, changed


async def policies_of(queries: Queries, caller: Caller) -> list[EscalationPolicy]:
    """All policies, by name."""
    return await ask_all(queries, caller, ListPolicies())


async def policy_with_id(queries: Queries, caller: Caller, policy_id: UUID) -> EscalationPolicy:
    """One policy as it stands now. Raises PolicyUnknown."""
    unknown = PolicyUnknown(f"There is no escalation policy {policy_id} in your organisation.")
    found: EscalationPolicy = await ask_one(queries, caller, GetEscalationPolicy(id=policy_id), unknown)
    return found


def policy_changed(present: EscalationPolicy, changes: dict[str, Any]) -> EscalationPolicy:
    """The policy with some fields changed, under the version that is changed: the present one unless they name another.

    Raises InvalidRequest.
    """
    return changed(present, {**changes, "version": changes.get("version") or present.version})


async def settings_of(queries: Queries, caller: Caller) -> dict[UUID, FacilitySettings]:
    """Quiet hours and last resort of the facilities that have any."""
    answer = await ask(queries, caller, ListFacilitySettings())
    return {item.facility_id: item for item in answer.items}


async def windows_of(
    queries: Queries, caller: Caller, ending_after: datetime, facility_id: UUID | None = None
) -> list[MaintenanceWindow]:
    """The maintenance windows that end after a moment, the first to begin first."""
    return await ask_all(queries, caller, ListMaintenanceWindows(facility_id=facility_id, ending_after=ending_after))


async def window_with_id(queries: Queries, caller: Caller, window_id: UUID) -> MaintenanceWindow:
    """One maintenance window, past ones too. Raises WindowUnknown."""
    unknown = WindowUnknown(f"There is no maintenance window {window_id} in your organisation.")
    found: MaintenanceWindow = await ask_one(queries, caller, GetMaintenanceWindow(id=window_id), unknown)
    return found
