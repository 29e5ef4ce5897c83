"""What the use cases need of the world."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from haveri_chat.plant import Plant
from haveri_chat.ports import ChatPlatform
from haveri_contracts.directory.models import OnShift
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import ListIncidents
from haveri_contracts.message import Command
from haveri_contracts.outcomes import Outcome
from haveri_contracts.timeline.models import TimelineEntry
from haveri_teams_gateway.domain.tenant import Tenant

GATEWAY = "system:teams-gateway"
"""The actor when the gateway itself acts."""


class Plants(Protocol):
    """Organisations' people and machines."""

    async def get(self, organization: str) -> Plant:
        """The plant; raises OwnerUnavailable when it was never seen and the directory is away."""
        ...


class TenantMap(Protocol):
    """Which tenant is whose."""

    async def of_organization(self, organization: str) -> Tenant | None:
        """Where an organisation's chat happens."""
        ...


class Platforms(Protocol):
    """Teams, as an organisation's ChatPlatform."""

    def of(self, tenant: Tenant) -> ChatPlatform:
        """The platform of an organisation."""
        ...


class Orders(Protocol):
    """The way of commands to their owners."""

    async def send(self, command: Command, *, organization: str, actor: str, command_id: UUID) -> Outcome | None:
        """The outcome, None when it follows later; raises BusUnavailable when nothing was stored."""
        ...


class Questions(Protocol):
    """What the gateway asks other services, as the member who asked it. Raises OwnerUnavailable."""

    async def incident(self, organization: str, actor: str, wanted: str) -> Incident | None:
        """An incident by id or number."""
        ...

    async def incidents(self, organization: str, actor: str, query: ListIncidents) -> list[Incident]:
        """A list of incidents."""
        ...

    async def on_shift(self, organization: str, actor: str, facility_id: UUID) -> list[OnShift]:
        """Who is on shift at a facility now."""
        ...

    async def newest_entries(self, organization: str, actor: str, incident_id: UUID, count: int) -> list[TimelineEntry]:
        """The last entries of a timeline, oldest first."""
        ...
