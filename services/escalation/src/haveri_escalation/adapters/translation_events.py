"""Between the domain's events and what is stored and published. Field names are the same everywhere.

What is stored has no `incident_id`, which the row has, and says the delays of a chain as ISO 8601 durations, as it
did from the beginning: an older replica beside this one reads it, too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast, get_args
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from haveri_contracts.escalation import events as published
from haveri_contracts.message import find
from haveri_escalation.domain import events as domain
from haveri_escalation.domain import facts
from haveri_escalation.domain.facts import EscalationEvent
from haveri_escalation.domain.policies import MINUTE

_NOTED: dict[type[EscalationEvent], str] = {
    facts.IncidentFollowed: "incident_followed",
    facts.SeverityNoted: "severity_noted",
    facts.StatusNoted: "status_noted",
    facts.TakingNoted: "taking_noted",
    facts.ReleaseNoted: "release_noted",
    facts.ActivityNoted: "activity_noted",
    facts.ExpiryRequested: "expiry_asked",
    facts.AttemptUnneeded: "attempt_unneeded",
    # Has a type of the contract because others may read it in the table; it is not published.
    facts.TimerRefused: published.TimerRefused.message_type(),
}
_TYPES: dict[type[EscalationEvent], str] = {
    event: event.message_type() for event in get_args(domain.Published)
} | _NOTED
_ADAPTERS: dict[str, TypeAdapter[EscalationEvent]] = {name: TypeAdapter(event) for event, name in _TYPES.items()}
_DURATION = TypeAdapter(timedelta)
_DURATIONS = {
    "after_minutes": "after",
    "every_minutes": "every",
    "within_minutes": "within",
    "acknowledgement_expires_minutes": "acknowledgement_expires",
}
_MINUTES = {stored: name for name, stored in _DURATIONS.items()}


def stored_type(event: EscalationEvent) -> str:
    """The name under which an event is stored: the published type, or a name of its own."""
    return _TYPES[type(event)]


def to_stored(event: EscalationEvent) -> str:
    """An event as JSON, with all that the fold needs."""
    payload = _ADAPTERS[stored_type(event)].dump_python(event, mode="json", exclude={"incident_id"})
    if isinstance(event, domain.Started):
        payload["chain"] = _with_durations(payload["chain"])
    return orjson.dumps(payload).decode()


def from_stored(incident_id: UUID, type_: str, payload: dict[str, Any]) -> EscalationEvent:
    """The event of a stored type and its data; raises KeyError for a type that is not the engine's."""
    payload = {**payload, "incident_id": incident_id}
    if "chain" in payload:
        payload["chain"] = _with_minutes(payload["chain"])
    return _ADAPTERS[type_].validate_python(payload)


def to_published(event: EscalationEvent) -> published.EscalationEvent | None:
    """What others get to know of an event; None for what the engine only notes for itself."""
    if not isinstance(event, published.EscalationEvent):
        return None
    model = cast("type[published.EscalationEvent]", find(event.message_type()))
    # Of what is nested the contract's own class writes its own fields, and no others.
    return model.model_construct(**{name: getattr(event, name) for name in model.model_fields})


def _with_durations(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_durations(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        _DURATIONS.get(name, name): _DURATION.dump_python(part * MINUTE, mode="json")
        if name in _DURATIONS and part is not None
        else _with_durations(part)
        for name, part in value.items()
    }


def _with_minutes(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_minutes(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        _MINUTES.get(name, name): _DURATION.validate_python(part) / MINUTE
        if name in _MINUTES and part is not None
        else _with_minutes(part)
        for name, part in value.items()
    }
