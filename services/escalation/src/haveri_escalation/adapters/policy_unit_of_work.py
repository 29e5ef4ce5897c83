"""One organisation's policies, settings and windows, open in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from haveri_chassis.messages import Sender
from haveri_chassis.timers import cancel, schedule
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.models import EscalationPolicy, FacilitySettings, MaintenanceWindow
from haveri_contracts.message import Event
from haveri_escalation.adapters import settings_store, window_store
from haveri_escalation.application.policy_ports import KeptWindow

_POLICY = "SELECT policy FROM policies WHERE organization_id = $1 AND id = $2"
_WAS_THERE = "SELECT EXISTS (SELECT FROM policy_versions WHERE organization_id = $1 AND policy_id = $2)"
_STORE = """
WITH kept AS (
    INSERT INTO policy_versions (organization_id, policy_id, version, policy, actor, recorded_at)
    VALUES ($1, $2, $3, $4, $5, $6)
)
INSERT INTO policies (organization_id, id, facility_id, name_key, version, policy, created_at, changed_at)
VALUES ($1, $2, $7, $8, $3, $4, $6, $6)
ON CONFLICT (organization_id, id) DO UPDATE SET
    facility_id = excluded.facility_id, name_key = excluded.name_key, version = excluded.version,
    policy = excluded.policy, changed_at = excluded.changed_at
"""
_REMOVE = "DELETE FROM policies WHERE organization_id = $1 AND id = $2"
_NO_MORE_TURNS = "DELETE FROM turns WHERE organization_id = $1 AND policy_id = $2"


class PostgresUnitOfWork:
    """A `UnitOfWork` in PostgreSQL. What is to be published is in `events` until the command is carried out."""

    def __init__(self, connection: asyncpg.Connection, sender: Sender, command: Envelope) -> None:
        self._connection = connection
        self._sender = sender
        self._command = command
        self._organization = command.organization
        self.events: list[Envelope] = []

    async def policy(self, policy_id: UUID) -> EscalationPolicy | None:
        """The policy in its newest version, unless it was removed."""
        found = await self._connection.fetchval(_POLICY, self._organization, policy_id)
        return EscalationPolicy.model_validate(found) if found is not None else None

    async def was_there(self, policy_id: UUID) -> bool:
        """Whether there ever was a policy of this id."""
        found: bool = await self._connection.fetchval(_WAS_THERE, self._organization, policy_id)
        return found

    async def store_policy(self, policy: EscalationPolicy, actor: str, now: datetime) -> None:
        """Write a new version and keep it for good."""
        await self._connection.execute(
            _STORE,
            self._organization,
            policy.id,
            policy.version,
            policy.model_dump(mode="json"),
            actor,
            now,
            policy.facility_id,
            name_key(policy.name),
        )

    async def remove_policy(self, policy_id: UUID) -> None:
        """Remove a policy; its versions stay."""
        await self._connection.execute(_REMOVE, self._organization, policy_id)
        await self._connection.execute(_NO_MORE_TURNS, self._organization, policy_id)

    async def settings(self, facility_id: UUID) -> FacilitySettings | None:
        """What holds at a facility."""
        return await settings_store.settings_of(self._connection, self._organization, facility_id)

    async def store_settings(self, settings: FacilitySettings, now: datetime) -> None:
        """Write what holds at a facility."""
        await settings_store.store_settings(self._connection, self._organization, settings, now)

    async def window(self, window_id: UUID) -> KeptWindow | None:
        """A maintenance window."""
        return await window_store.window_of(self._connection, self._organization, window_id)

    async def store_window(self, window: MaintenanceWindow) -> None:
        """Write a maintenance window."""
        await window_store.store_window(self._connection, self._organization, window)

    def publish(self, *events: Event) -> None:
        """Publish when the command is carried out."""
        self.events.extend(self._envelope(event) for event in events)

    async def publish_at(self, key: str, due_at: datetime, event: Event) -> None:
        """Publish at a moment, unless called off or replaced under the same key."""
        await schedule(self._connection, self._organization, key, due_at, self._envelope(event))

    async def call_off(self, key: str) -> None:
        """Do not publish what was to be published under this key."""
        await cancel(self._connection, self._organization, key)

    def _envelope(self, event: Event) -> Envelope:
        command = self._command
        return self._sender.event(event, organization=command.organization, actor=command.actor, cause=command)


def name_key(name: str) -> str:
    """What names are ordered by: case aside."""
    return name.casefold()
