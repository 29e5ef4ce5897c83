"""What the workflow of an organisation stands in: its setting, and where it reads and reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from haveri_contracts.incident.commands import LinkChat
from haveri_contracts.incident.models import Incident


@dataclass(frozen=True)
class Setting:
    """Where an organisation's incidents are lived: the directory's chat settings in the platform's references.

    `home` is the team that gets the channels, `global_channel` gets the live summaries. With `incident_channel`
    "thread" an incident is a thread in the global channel, whose first message is the workflow card. `platform` picks
    people's chat identity.
    """

    home: str
    global_channel: str | None = None
    incident_channel: Literal["channel", "thread"] = "channel"
    platform: str = ""


class IncidentReader(Protocol):
    """Where the workflow learns how an incident stands."""

    async def current(self, incident_id: UUID) -> Incident:
        """The newest state that is known."""
        ...


class LinkSender(Protocol):
    """How the incident service learns where its incident is lived."""

    async def link(self, command: LinkChat, command_id: UUID) -> None:
        """Hand the command over durably; the same id is the same command."""
        ...
