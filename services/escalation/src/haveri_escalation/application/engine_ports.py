"""What the engine's use cases need from the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Command
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.world import World


class EventOvertook(Exception):
    """An event of an incident came before an older one; nothing was done, and it is to be delivered again."""


@dataclass(frozen=True, slots=True)
class Input:
    """Something that happened, for the escalation of one incident.

    `consumer` names the inbox that remembers the message; the outcome of a command (`is_command`) is recorded instead.
    `sequence` is the incident's version of an event from it. With `patient`, one that came too soon is not taken in.
    """

    incident_id: UUID
    cause: Envelope
    now: datetime
    consumer: str | None = None
    sequence: int | None = None
    patient: bool = False
    is_command: bool = False

    @property
    def organization(self) -> str:
        """Whose incident it is."""
        return self.cause.organization


Decision = Callable[[Case], None]
BeforeCommit = Callable[[Case], Awaitable[None]]


class Escalations(Protocol):
    """The event store of escalations. Inputs of one incident follow each other."""

    async def facility_of(self, organization: str, incident_id: UUID) -> UUID | None:
        """Where a followed incident is; None for one that is not followed."""

    async def take_in(
        self, given: Input, world: World, decision: Decision, before_commit: BeforeCommit | None = None
    ) -> None:
        """Decide and store in one transaction: events, what is read of them, messages, timers, the command's outcome.

        A message that was taken in before changes nothing. Raises what `decision` and `before_commit` raise (then
        nothing was stored), EventOvertook, and OutcomeTaken for a command that was carried out before.
        """


class Worlds(Protocol):
    """People, policies, settings and windows."""

    async def get(self, organization: str, facility_id: UUID, *, fresh: bool = False) -> World:
        """What holds at a facility; `fresh` reads policies and windows again. Raises when people were never known."""

    async def policy(self, organization: str, policy_id: UUID) -> Policy | None:
        """A policy of any facility, unless it was removed."""


class WindowWork(Protocol):
    """Maintenance windows, as far as their start and end are carried out."""

    async def end_of(self, organization: str, window_id: UUID) -> datetime | None:
        """When a window ends, None for one that is not there or whose end was published."""

    async def affected(self, organization: str, window_id: UUID) -> list[tuple[UUID, UUID]]:
        """(Incident, facility) of every run under way at the window's facility."""

    async def publish_end(self, cause: Envelope, window_id: UUID, at: datetime) -> None:
        """Say once that a window is over."""


class Commands(Protocol):
    """Commands to other services."""

    async def send(self, command: Command, *, command_id: UUID, cause: Envelope) -> None:
        """Store a command for its owner, as `system:escalation`; raises when it could not be stored."""
