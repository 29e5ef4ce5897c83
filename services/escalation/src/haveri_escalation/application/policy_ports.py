"""What the use cases of policies, settings and windows need from the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from haveri_contracts.escalation.models import EscalationPolicy, FacilitySettings, MaintenanceWindow
from haveri_contracts.message import Event
from haveri_escalation.domain.people import Roster


@dataclass(frozen=True, slots=True)
class Context:
    """Who commands, and when (aware, UTC), with the people and places there are."""

    actor: str
    now: datetime
    roster: Roster


@dataclass(frozen=True, slots=True)
class KeptWindow:
    """A window as it stands; `ended` when its end was published or it was called off."""

    window: MaintenanceWindow
    ended: bool


class UnitOfWork(Protocol):
    """One organisation's policies, open for one command: nobody else changes them until it is done."""

    async def policy(self, policy_id: UUID) -> EscalationPolicy | None:
        """The policy in its newest version, unless it was removed."""

    async def was_there(self, policy_id: UUID) -> bool:
        """Whether there ever was a policy of this id."""

    async def store_policy(self, policy: EscalationPolicy, actor: str, now: datetime) -> None:
        """Write a new version and keep it for good."""

    async def remove_policy(self, policy_id: UUID) -> None:
        """Remove a policy; its versions stay."""

    async def settings(self, facility_id: UUID) -> FacilitySettings | None:
        """What holds at a facility."""

    async def store_settings(self, settings: FacilitySettings, now: datetime) -> None:
        """Write what holds at a facility."""

    async def window(self, window_id: UUID) -> KeptWindow | None:
        """A maintenance window."""

    async def store_window(self, window: MaintenanceWindow) -> None:
        """Write a maintenance window."""

    def publish(self, *events: Event) -> None:
        """Publish when the command is carried out."""

    async def publish_at(self, key: str, due_at: datetime, event: Event) -> None:
        """Publish at a moment, unless called off or replaced under the same key."""

    async def call_off(self, key: str) -> None:
        """Do not publish what was to be published under this key."""


Work = Callable[[UnitOfWork], Awaitable[dict[str, Any]]]
"""A command carried out on a unit of work; gives the command's result."""
