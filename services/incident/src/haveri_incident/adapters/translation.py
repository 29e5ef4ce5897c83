"""Between the domain's events and state and what is published and stored. Field names are the same on both sides."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from haveri_contracts.incident import events as published
from haveri_contracts.incident.events import IncidentEvent as PublishedEvent
from haveri_contracts.incident.models import Incident
from haveri_incident.domain import events as domain
from haveri_incident.domain.events import IncidentEvent
from haveri_incident.domain.state import IncidentState

PAIRS: tuple[tuple[type[IncidentEvent], type[PublishedEvent]], ...] = (
    (domain.Declared, published.IncidentDeclared),
    (domain.StatusUpdated, published.StatusUpdated),
    (domain.SeverityChanged, published.SeverityChanged),
    (domain.Acknowledged, published.IncidentAcknowledged),
    (domain.AcknowledgementExpired, published.AcknowledgementExpired),
    (domain.LeadAssigned, published.LeadAssigned),
    (domain.CommsLeadAssigned, published.CommsLeadAssigned),
    (domain.EventAdded, published.EventAdded),
    (domain.EscalationRequested, published.EscalationRequested),
    (domain.Resolved, published.IncidentResolved),
    (domain.SummaryAmended, published.SummaryAmended),
    (domain.Closed, published.IncidentClosed),
    (domain.Reopened, published.IncidentReopened),
    (domain.ChatLinked, published.ChatLinked),
)
_PUBLISHED: dict[type[IncidentEvent], type[PublishedEvent]] = dict(PAIRS)


_READERS: dict[str, TypeAdapter[IncidentEvent]] = {public.message_type(): TypeAdapter(inner) for inner, public in PAIRS}


def to_published(incident_id: UUID, event: IncidentEvent) -> PublishedEvent:
    """The published form of a domain event."""
    return _PUBLISHED[type(event)].model_validate({"incident_id": incident_id, **asdict(event)})


def from_stored(message_type: str, payload: dict[str, Any]) -> IncidentEvent:
    """The domain event of a published type and its data; raises KeyError for a type that is not an incident's."""
    return _READERS[message_type].validate_python(payload)


def is_incident_event(message_type: str) -> bool:
    """True when the type is news from an incident, which the fold needs."""
    return message_type in _READERS


def to_incident(state: IncidentState) -> Incident:
    """The incident as everybody outside sees it."""
    return Incident.model_validate(asdict(state))
