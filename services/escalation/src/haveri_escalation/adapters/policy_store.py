"""Policies, settings and windows: changed in PostgreSQL, one command of an organisation at a time; read from memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from haveri_chassis.bus import Bus
from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.outbox import emit
from haveri_chassis.outcomes import record_outcome
from haveri_chassis.replica import Replica
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation import events
from haveri_contracts.escalation.models import FacilitySettings, MaintenanceWindow
from haveri_contracts.outcomes import Outcome
from haveri_contracts.subjects import ANY
from haveri_escalation.adapters import settings_store, window_store
from haveri_escalation.adapters.policy_unit_of_work import PostgresUnitOfWork
from haveri_escalation.application.policy_ports import Work
from haveri_escalation.domain.matching import PolicyBook
from haveri_escalation.domain.policies import Policy

# Commands of one organisation follow each other: the rules look at what others may be changing, and commands are rare.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('escalation-policies'), hashtext($1))"
_POLICIES = "SELECT policy, created_at FROM policies WHERE organization_id = $1"
_TURNS = "SELECT team_id, count FROM turns WHERE organization_id = $1 AND policy_id = $2 AND step = $3"
_ALL_TURNS = "SELECT policy_id, step, team_id, count FROM turns WHERE organization_id = $1"
_STORE_TURNS = """
INSERT INTO turns (organization_id, policy_id, step, team_id, count)
SELECT $1, $2, $3, t.team_id, t.count FROM unnest($4::uuid[], $5::bigint[]) AS t(team_id, count)
ON CONFLICT (organization_id, policy_id, step, team_id) DO UPDATE SET count = excluded.count
"""

# Not everything of escalation: the engine's are many, and change nothing here.
_EVENTS = tuple(
    event.subject(ANY)
    for event in (
        events.PolicyPut,
        events.PolicyRemoved,
        events.FacilitySettingsChanged,
        events.MaintenanceWindowPut,
        events.MaintenanceWindowEnded,
    )
)


@dataclass(frozen=True)
class _Shelf:
    """All that holds in an organisation."""

    books: Mapping[UUID, PolicyBook]
    settings: Mapping[UUID, FacilitySettings]
    windows: Mapping[UUID, tuple[MaintenanceWindow, ...]]


class PolicyStore:
    """Create it before the bus is started: it hears there of what other replicas change.

    What is read from memory may load it first, on a connection of its own: ask before opening a transaction.
    """

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._sender = bus.sender
        self._shelves: Replica[_Shelf] = Replica(
            self._load, bus, clock=clock, name="escalation-policies", invalidated_by=_EVENTS
        )

    async def book(self, organization: str, facility_id: UUID) -> PolicyBook:
        """The policies of a facility; an empty book when it has none."""
        shelf = await self._shelves.get(organization)
        return shelf.books.get(facility_id) or PolicyBook(())

    async def policy(self, organization: str, policy_id: UUID) -> Policy | None:
        """A policy of any facility, unless it was removed."""
        shelf = await self._shelves.get(organization)
        return next((found for book in shelf.books.values() if (found := book.get(policy_id)) is not None), None)

    async def settings(self, organization: str, facility_id: UUID) -> FacilitySettings | None:
        """What holds at a facility, if anything was said."""
        return (await self._shelves.get(organization)).settings.get(facility_id)

    async def windows(self, organization: str, facility_id: UUID) -> tuple[MaintenanceWindow, ...]:
        """The maintenance windows of a facility that are under way or still to come."""
        return (await self._shelves.get(organization)).windows.get(facility_id, ())

    async def carry_out(self, command: Envelope, work: Work) -> dict[str, Any]:
        """Do the work of a command and record its outcome; gives the command's result.

        Raises what `work` raises (then nothing was kept) and OutcomeTaken when the command was carried out before.
        """
        async with self._database.transaction(command.organization) as connection:
            await connection.execute(_ONE_AT_A_TIME, command.organization)
            unit = PostgresUnitOfWork(connection, self._sender, command)
            result = await work(unit)
            await record_outcome(connection, command.organization, Outcome.accepted(command.id, result))
            await emit(connection, unit.events)
        self.forget(command.organization)
        return result

    def forget(self, organization: str) -> None:
        """Read from PostgreSQL again at the next use."""
        self._shelves.forget(organization)

    async def turns_of(self, organization: str, book: PolicyBook) -> dict[tuple[UUID, int], dict[UUID, int]]:
        """The turns, by policy and step, that a book's policies have come to; read only when one calls in turn."""
        found: dict[tuple[UUID, int], dict[UUID, int]] = {}
        if any(step.notify.round_robin for policy in book.policies for step in policy.chain.steps):
            async with self._database.transaction(organization) as connection:
                for row in await connection.fetch(_ALL_TURNS, organization):
                    found.setdefault((row["policy_id"], row["step"]), {})[row["team_id"]] = row["count"]
        return found

    async def turns(
        self, connection: asyncpg.Connection, organization: str, policy_id: UUID, step: int
    ) -> dict[UUID, int]:
        """How often each team was called in turn by a step of a policy."""
        rows = await connection.fetch(_TURNS, organization, policy_id, step)
        return {row["team_id"]: row["count"] for row in rows}

    async def store_turns(
        self, connection: asyncpg.Connection, organization: str, policy_id: UUID, step: int, turns: Mapping[UUID, int]
    ) -> None:
        """Write the counts that a step's turn came to, in the caller's transaction."""
        if turns:
            await connection.execute(
                _STORE_TURNS, organization, policy_id, step, list(turns.keys()), list(turns.values())
            )

    async def _load(self, organization: str) -> _Shelf:
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(_POLICIES, organization)
            settings = await settings_store.all_settings(connection, organization)
            windows = await window_store.open_windows(connection, organization)
        by_facility: dict[UUID, list[Policy]] = {}
        for row in rows:
            policy = Policy.model_validate({**row["policy"], "created_at": row["created_at"]})
            by_facility.setdefault(policy.facility_id, []).append(policy)
        kept: dict[UUID, list[MaintenanceWindow]] = {}
        for window in windows:
            kept.setdefault(window.facility_id, []).append(window)
        return _Shelf(
            books={facility_id: PolicyBook(policies) for facility_id, policies in by_facility.items()},
            settings={one.facility_id: one for one in settings},
            windows={facility_id: tuple(some) for facility_id, some in kept.items()},
        )
