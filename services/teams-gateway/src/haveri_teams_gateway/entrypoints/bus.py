"""From the bus to the use cases."""

from __future__ import annotations

from typing import Any

from haveri_chassis.bus import Bus, Received
from haveri_contracts.directory.events import ChatSettingsChanged
from haveri_contracts.incident.events import ChatLinked, IncidentDeclared, IncidentEvent
from haveri_contracts.streams import GATEWAY_DIRECTORY, GATEWAY_ESCALATIONS, GATEWAY_INCIDENTS
from haveri_teams_gateway.adapters.plants import DirectoryPlants
from haveri_teams_gateway.application.advance_incident import AdvanceIncident
from haveri_teams_gateway.application.follow_escalation import FollowEscalation
from haveri_teams_gateway.application.incident_cache import IncidentCache
from haveri_teams_gateway.store.tenants import Tenants

INCIDENTS_AT_ONCE = 64
"""An incident's events come one after the other; as many incidents are worked on side by side."""


def attach(
    bus: Bus,
    tenants: Tenants,
    plants: DirectoryPlants,
    incidents: IncidentCache,
    advance: AdvanceIncident,
    follow: FollowEscalation,
) -> None:
    """Subscribe everything the gateway listens to."""

    async def incident_changed(received: Received[Any]) -> None:
        event: IncidentEvent = received.message
        incidents.observe(received)
        await follow.incident_changed(received)
        if isinstance(event, ChatLinked):
            # The echo of our own link: no card shows it, so there is nothing to advance.
            return
        first = isinstance(event, IncidentDeclared) and received.deliveries == 1
        await advance.advance(received.organization, event.incident_id, first=first)

    async def settings_changed(received: Received[ChatSettingsChanged]) -> None:
        if await tenants.put(received.organization, received.message.settings):
            await plants.warm(received.organization)

    bus.on_event(GATEWAY_INCIDENTS, incident_changed, workers=INCIDENTS_AT_ONCE)
    bus.on_event(GATEWAY_DIRECTORY, settings_changed)
    bus.on_event(GATEWAY_ESCALATIONS, follow.received, workers=INCIDENTS_AT_ONCE)
