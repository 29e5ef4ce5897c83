"""Commands of the engine to the incident service."""

from __future__ import annotations

from uuid import UUID

from haveri_chassis.bus import CommandBus
from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Command


class IncidentCommands:
    """Stores commands for their owner; does not wait for them to be carried out."""

    def __init__(self, commands: CommandBus) -> None:
        self._commands = commands

    async def send(self, command: Command, *, command_id: UUID, cause: Envelope) -> None:
        """Raises BusUnavailable when the command could not be stored."""
        correlation_id, causation_id = cause.caused()
        await self._commands.send(
            command,
            organization=cause.organization,
            actor="system:escalation",
            command_id=command_id,
            correlation_id=correlation_id,
            causation_id=causation_id,
            wait=0,
        )
