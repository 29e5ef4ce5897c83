"""From the bus to the use cases of policies, facility settings, maintenance windows and simulations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from haveri_chassis.bus import Bus, Received
from haveri_chassis.clock import Clock
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation import commands, queries
from haveri_contracts.message import Command
from haveri_escalation.adapters.policy_reads import PolicyReads
from haveri_escalation.adapters.policy_store import PolicyStore
from haveri_escalation.adapters.rosters import Rosters
from haveri_escalation.application.policy_commands import (
    change_facility_settings,
    end_maintenance_window,
    put_maintenance_window,
    put_policy,
    remove_policy,
)
from haveri_escalation.application.policy_ports import Context, UnitOfWork
from haveri_escalation.application.simulate import simulate
from haveri_escalation.domain.world import World

Handler = Callable[[Received[Any]], Awaitable[dict[str, Any] | None]]
UseCase = Callable[[UnitOfWork, Context, Any], Awaitable[dict[str, Any]]]

CHANGES: dict[type[Command], UseCase] = {
    commands.PutPolicy: put_policy,
    commands.RemovePolicy: remove_policy,
    commands.ChangeFacilitySettings: change_facility_settings,
    commands.PutMaintenanceWindow: put_maintenance_window,
    commands.EndMaintenanceWindow: end_maintenance_window,
}


def handlers(store: PolicyStore, rosters: Rosters, clock: Clock) -> dict[type[Command], Handler]:
    """What carries out each command, for the service's one consumer of commands."""

    def changing(use_case: UseCase) -> Handler:
        async def handle(received: Received[Any]) -> dict[str, Any]:
            context = Context(received.actor, clock.now(), await rosters.get(received.organization))

            async def work(unit: UnitOfWork) -> dict[str, Any]:
                return await use_case(unit, context, received.message)

            return await store.carry_out(received.envelope, work)

        return handle

    return {command: changing(use_case) for command, use_case in CHANGES.items()}


def attach(bus: Bus, store: PolicyStore, reads: PolicyReads, rosters: Rosters, clock: Clock) -> None:
    """Answer the questions about policies."""

    def asking(read: Callable[[str, Any], Awaitable[Any]]) -> Callable[[Any, Envelope], Awaitable[Any]]:
        async def answer(query: Any, envelope: Envelope) -> Any:
            return await read(envelope.organization, query)

        return answer

    async def settings(_: queries.ListFacilitySettings, envelope: Envelope) -> Any:
        return await reads.settings(envelope.organization)

    async def simulated(query: queries.Simulate, envelope: Envelope) -> Any:
        organization, facility_id = envelope.organization, query.facility_id
        book = await store.book(organization, facility_id)
        world = World(
            roster=await rosters.get(organization),
            book=book,
            settings=await store.settings(organization, facility_id),
            windows=await store.windows(organization, facility_id),
            turns=await store.turns_of(organization, book),
        )
        return simulate(query, world, clock.now())

    bus.on_query(queries.ListPolicies, asking(reads.policies))
    bus.on_query(queries.GetEscalationPolicy, asking(reads.policy))
    bus.on_query(queries.GetMaintenanceWindow, asking(reads.window))
    bus.on_query(queries.ListPolicyVersions, asking(reads.versions))
    bus.on_query(queries.ListFacilitySettings, settings)
    bus.on_query(queries.ListMaintenanceWindows, asking(reads.windows))
    bus.on_query(queries.Simulate, simulated)
