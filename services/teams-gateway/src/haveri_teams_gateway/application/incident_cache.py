"""The newest state of incidents that this replica knows of, so that a card need not wait for a query."""

from __future__ import annotations

from collections import OrderedDict
from uuid import UUID

from haveri_chassis.bus import OwnerUnavailable, Received
from haveri_contracts.incident.events import IncidentDeclared, IncidentEvent
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Status
from haveri_teams_gateway.application.neighbours import GATEWAY, Queries

KEPT = 2000
Key = tuple[str, UUID]


class IncidentCache:
    """Learns from events how new a state has to be; asks the incident service when it knows none that new."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._states: OrderedDict[Key, Incident] = OrderedDict()
        self._versions: OrderedDict[Key, int] = OrderedDict()

    def observe(self, received: Received[IncidentEvent]) -> None:
        """An event arrived. The first one says everything there is to know."""
        key = (received.organization, received.message.incident_id)
        version = received.envelope.sequence or 1
        self._versions[key] = max(version, self._versions.get(key, 0))
        if isinstance(received.message, IncidentDeclared) and version == 1 and key not in self._states:
            self._keep(key, _as_declared(received.message))
        _shorten(self._versions)

    def forget(self, organization: str, incident_id: UUID) -> None:
        """Ask at the next opportunity: another replica may have received more."""
        self._states.pop((organization, incident_id), None)

    async def current(self, organization: str, incident_id: UUID) -> Incident:
        """The incident, at least as new as the newest event received; raises OwnerUnavailable."""
        key = (organization, incident_id)
        state = self._states.get(key)
        if state is not None and state.version >= self._versions.get(key, 0):
            return state
        found = await self._query(organization, incident_id)
        if found.version < self._versions.get(key, 0):
            raise OwnerUnavailable("the incident service answers with an older state than its events announced")
        self._keep(key, found)
        return found

    async def latest(self, organization: str, incident_id: UUID) -> Incident:
        """The incident as its owner knows it at this moment; while the owner is away, the newest state known here.

        Raises OwnerUnavailable when there is none.
        """
        key = (organization, incident_id)
        try:
            found = await self._query(organization, incident_id)
        except OwnerUnavailable:
            if key not in self._states:
                raise
            return self._states[key]
        if found.version >= self._versions.get(key, 0):
            self._keep(key, found)
        return found

    async def _query(self, organization: str, incident_id: UUID) -> Incident:
        found = await self._queries.incident(organization, GATEWAY, str(incident_id))
        if found is None:
            raise OwnerUnavailable("the incident service does not know this incident (yet)")
        return found

    def _keep(self, key: Key, incident: Incident) -> None:
        self._states[key] = incident
        self._versions[key] = max(incident.version, self._versions.get(key, 0))
        _shorten(self._states)


class CachedIncidents:
    """The workflow's IncidentReader for one organisation."""

    def __init__(self, incidents: IncidentCache, organization: str) -> None:
        self._incidents = incidents
        self._organization = organization

    async def current(self, incident_id: UUID) -> Incident:
        """The newest state that is known."""
        return await self._incidents.current(self._organization, incident_id)


def _as_declared(event: IncidentDeclared) -> Incident:
    same = event.model_dump(include=set(Incident.model_fields))
    known = {"id": event.incident_id, "status": Status.DECLARED, "updated_at": event.declared_at, "version": 1}
    return Incident.model_validate({**same, **known})


def _shorten(kept: OrderedDict[Key, Incident] | OrderedDict[Key, int]) -> None:
    while len(kept) > KEPT:
        kept.popitem(last=False)
