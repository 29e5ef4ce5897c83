"""Between the domain's events and what is stored and published. Field names are the same on both sides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from haveri_contracts.escalation import events as published
from haveri_contracts.escalation.events import EscalationEvent as PublishedEvent
from haveri_escalation.adapters.translation_policies import chain_model
from haveri_escalation.domain import events as domain
from haveri_escalation.domain import facts
from haveri_escalation.domain.facts import EscalationEvent

PAIRS: tuple[tuple[type[EscalationEvent], type[PublishedEvent]], ...] = (
    (domain.Started, published.EscalationStarted),
    (domain.StepFired, published.StepFired),
    (domain.StepSkipped, published.StepSkipped),
    (domain.Unacked, published.EscalationUnacked),
    (domain.CallReleased, published.CallReleased),
    (domain.NotificationRequested, published.NotificationRequested),
    (domain.NotificationSent, published.NotificationSent),
    (domain.NotificationDelivered, published.NotificationDelivered),
    (domain.NotificationFailed, published.NotificationFailed),
    (domain.NotificationAnswered, published.NotificationAnswered),
    (domain.MemberUnreachable, published.MemberUnreachable),
    (domain.CallsWithdrawn, published.CallsWithdrawn),
    (domain.Exhausted, published.EscalationExhausted),
    (domain.Silenced, published.EscalationSilenced),
    (domain.Resumed, published.EscalationResumed),
    (domain.StepsReplanned, published.StepsReplanned),
    (domain.Ended, published.EscalationEnded),
    (domain.MitigationOverdue, published.MitigationOverdue),
    (domain.PolicyMissing, published.PolicyMissing),
)
NOTED: tuple[tuple[type[EscalationEvent], str], ...] = (
    (facts.IncidentFollowed, "incident_followed"),
    (facts.SeverityNoted, "severity_noted"),
    (facts.StatusNoted, "status_noted"),
    (facts.TakingNoted, "taking_noted"),
    (facts.ReleaseNoted, "release_noted"),
    (facts.ActivityNoted, "activity_noted"),
    (facts.ExpiryAsked, "expiry_asked"),
    (facts.AttemptUnneeded, "attempt_unneeded"),
    # Has a type of the contract because others may read it in the table; it is not published.
    (facts.TimerRefused, published.TimerRefused.message_type()),
)
_PUBLISHED: dict[type[EscalationEvent], type[PublishedEvent]] = dict(PAIRS)
_TYPES: dict[type[EscalationEvent], str] = {inner: public.message_type() for inner, public in PAIRS} | dict(NOTED)
_BY_TYPE = {name: inner for inner, name in _TYPES.items()}


_ADAPTERS: dict[type[EscalationEvent], TypeAdapter[EscalationEvent]] = {inner: TypeAdapter(inner) for inner in _TYPES}


def stored_type(event: EscalationEvent) -> str:
    """The name under which an event is stored: the published type, or a name of its own."""
    return _TYPES[type(event)]


def to_stored(event: EscalationEvent) -> str:
    """An event as JSON, with all that the fold needs."""
    return _ADAPTERS[type(event)].dump_json(event).decode()


def from_stored(type_: str, payload: Any) -> EscalationEvent:
    """The event of a stored type and its data; raises KeyError for a type that is not the engine's."""
    return _ADAPTERS[_BY_TYPE[type_]].validate_python(payload)


def to_published(incident_id: UUID, event: EscalationEvent) -> PublishedEvent | None:
    """What is told of an event; None for what the engine only notes for itself."""
    model = _PUBLISHED.get(type(event))
    if model is None:
        return None
    values: dict[str, Any] = {name: getattr(event, name) for name in model.model_fields if name != "incident_id"}
    if isinstance(event, domain.Started):
        values["chain"] = chain_model(event.chain)
    return model.model_validate({"incident_id": incident_id, **values}, from_attributes=True)
