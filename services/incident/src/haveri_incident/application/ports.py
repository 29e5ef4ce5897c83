"""What the use cases need from the world."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from haveri_contracts.incident.events import IncidentEvent
from haveri_contracts.incident.models import Incident


@dataclass(frozen=True, slots=True)
class Context:
    """Who commands what, where and because of what. `now` is aware and in UTC."""

    organization: str
    actor: str
    command_id: UUID
    correlation_id: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """New events of one incident and the state they lead to, to be stored together."""

    before: int
    """The version the events were decided on; 0 for a declaration."""
    events: Sequence[IncidentEvent]
    after: Incident
    occurred_at: datetime
    recorded_at: datetime


class VersionConflictError(Exception):
    """Somebody else changed the incident since it was read; nothing was stored."""


class Incidents(Protocol):
    """The event store with its inline projection."""

    async def load(self, organization: str, incident_id: UUID) -> Incident | None:
        """The present state, folded from the events."""

    async def append(self, context: Context, change: Change) -> dict[str, Any]:
        """Store events, projection, outbox rows and the command's outcome in one transaction; gives its result.

        Raises VersionConflictError.
        """

    async def settle(self, context: Context, state: Incident) -> dict[str, Any]:
        """Record the outcome of a command that changed nothing; gives its result."""

    def declaring(self, organization: str) -> AbstractAsyncContextManager[Declaring]:
        """A transaction in which the next number is taken and the declaration appended."""


class Declaring(Protocol):
    """A declaration under way: the number is taken in the transaction that stores it, so none is lost or doubled."""

    async def next_number(self) -> str:
        """Take the organisation's next number, such as INC-42."""

    async def append(self, context: Context, change: Change) -> dict[str, Any]:
        """Store the declaration. Raises IncidentAlreadyDeclared when the id was used before."""
