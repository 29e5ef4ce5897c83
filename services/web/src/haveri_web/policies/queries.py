"""Policies, settings, maintenance windows and runs, as the doors handle them: read fresh, change, remove."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from haveri_chassis.bus import OwnerUnavailable
from haveri_contracts.escalation.models import (
    EscalationPolicy,
    FacilitySettings,
    MaintenanceWindow,
    RunningEscalation,
    Simulation,
)
from haveri_contracts.escalation.queries import (
    GetEscalationPolicy,
    GetMaintenanceWindow,
    ListFacilitySettings,
    ListMaintenanceWindows,
    ListPolicies,
    ListRunning,
    Simulate,
)
from haveri_contracts.refusals import PolicyUnknown, WindowUnknown
from haveri_web.bus.directory import Directory
from haveri_web.bus.ports import Queries
from haveri_web.bus.queries import ask, ask_all, ask_one, valid
from haveri_web.directory.things import MEMBER, TEAM, find
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.security.callers import Caller

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_RUNS = 200


async def policies_of(queries: Queries, caller: Caller, facility_id: UUID | None = None) -> list[EscalationPolicy]:
    """The policies of a facility, or of all, by name."""
    return await ask_all(queries, caller, ListPolicies(facility_id=facility_id))


async def policy_with_id(queries: Queries, caller: Caller, policy_id: UUID) -> EscalationPolicy:
    """One policy as it stands now. Raises PolicyUnknown."""
    unknown = PolicyUnknown(f"There is no escalation policy {policy_id} in your organisation.")
    found: EscalationPolicy = await ask_one(queries, caller, GetEscalationPolicy(id=policy_id), unknown)
    return found


def policy_changed(present: EscalationPolicy, changes: dict[str, Any]) -> EscalationPolicy:
    """The policy with some fields changed, under the version that is changed: the present one unless they name another.

    Raises InvalidRequest.
    """
    if changes.get("id") not in (None, present.id):
        raise InvalidRequest.field("id", "is not the one in the address; an id never changes")
    version = changes.get("version") or present.version
    return valid(EscalationPolicy, {**present.model_dump(), **changes, "id": present.id, "version": version})


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


def window_changed(present: MaintenanceWindow, changes: dict[str, Any]) -> MaintenanceWindow:
    """The window with some fields changed. Raises InvalidRequest."""
    if changes.get("id") not in (None, present.id):
        raise InvalidRequest.field("id", "is not the one in the address; an id never changes")
    return valid(MaintenanceWindow, {**present.model_dump(), **changes, "id": present.id})


async def simulated(queries: Queries, caller: Caller, question: Simulate) -> Simulation:
    """What would happen. Raises QueryRefused."""
    answer: Simulation = await ask(queries, caller, question)
    return answer


async def running(queries: Queries, caller: Caller, facility_id: UUID | None = None) -> list[RunningEscalation]:
    """The runs that are under way, the one with the nearest step first."""
    running_now: list[RunningEscalation] = await ask_all(queries, caller, ListRunning(facility_id=facility_id))
    return running_now[:_MOST_RUNS]


async def check_wish(
    queries: Queries,
    caller: Caller,
    directory: Directory,
    *,
    policy_id: UUID | None,
    member_ids: Iterable[UUID],
    team_ids: Iterable[UUID],
) -> None:
    """See that whom somebody wants called is known. Raises InvalidRequest that names each one that is not.

    While the owner of the policies is away, a policy is believed: a call for help does not wait for that.
    """
    errors = []
    for number, member_id in enumerate(member_ids):
        if member_id not in directory.members and not await _is_there(queries, caller, MEMBER, member_id):
            errors.append({"field": f"member_ids.{number}", "problem": f"there is no member {member_id}"})
    for number, team_id in enumerate(team_ids):
        if team_id not in directory.teams and not await _is_there(queries, caller, TEAM, team_id):
            errors.append({"field": f"team_ids.{number}", "problem": f"there is no team {team_id}"})
    if policy_id is not None and not await _is_policy(queries, caller, policy_id):
        errors.append({"field": "policy_id", "problem": f"there is no escalation policy {policy_id}"})
    if errors:
        raise InvalidRequest(errors)


async def _is_there(queries: Queries, caller: Caller, kind: Any, thing_id: UUID) -> bool:
    # The copy for names may be a moment old; whoever was added just now is known to the owner.
    try:
        await find(queries, caller, kind, thing_id)
    except kind.unknown:
        return False
    return True


async def _is_policy(queries: Queries, caller: Caller, policy_id: UUID) -> bool:
    try:
        await policy_with_id(queries, caller, policy_id)
    except PolicyUnknown:
        return False
    except OwnerUnavailable:
        return True
    return True
