"""The incident's state: a fold over its events, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Any

from haveri_contracts.incident.events import (
    AcknowledgementExpired,
    ChatLinked,
    CommsLeadAssigned,
    IncidentAcknowledged,
    IncidentClosed,
    IncidentDeclared,
    IncidentEvent,
    IncidentReopened,
    IncidentResolved,
    LeadAssigned,
    SeverityChanged,
    StatusUpdated,
    SummaryAmended,
)
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Status

Changes = dict[str, Any]
"""The incident's fields that an event sets, with their new values."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event in its place: the incident's version after it, and when Haveri learnt of it."""

    version: int
    event: IncidentEvent
    recorded_at: datetime


class BrokenHistoryError(ValueError):
    """The events do not begin with a declaration or leave out a version."""


def evolve(state: Incident | None, fact: Fact) -> Incident:
    """The state after one more fact; raises BrokenHistoryError when the fact does not follow."""
    event = fact.event
    if state is None:
        if not isinstance(event, IncidentDeclared) or fact.version != 1:
            raise BrokenHistoryError(f"incident {event.incident_id} does not begin with its declaration")
        return _declared(event, fact.recorded_at)
    if fact.version != state.version + 1:
        raise BrokenHistoryError(f"incident {state.id}: version {fact.version} cannot follow {state.version}")
    return state.model_copy(update={**_changes(event, state), "version": fact.version, "updated_at": fact.recorded_at})


def fold(facts: Iterable[Fact]) -> Incident | None:
    """The state that a history gives, in the order of versions; None for no history."""
    state: Incident | None = None
    for fact in facts:
        state = evolve(state, fact)
    return state


def _declared(event: IncidentDeclared, recorded_at: datetime) -> Incident:
    """What was said at the declaration is so until another event says otherwise: fields of one name are one field."""
    begun = {"id": event.incident_id, "status": Status.DECLARED, "updated_at": recorded_at, "version": 1}
    return Incident.model_validate({**dict(event), **begun})


@singledispatch
def _changes(_event: object, _state: Incident) -> Changes:
    """Events that are told on the timeline only leave the state as it is."""
    return {}


@_changes.register
def _(event: StatusUpdated, _state: Incident) -> Changes:
    return {"status": event.status}


@_changes.register
def _(event: SeverityChanged, _state: Incident) -> Changes:
    return {"severity": event.severity}


@_changes.register
def _(event: IncidentAcknowledged, _state: Incident) -> Changes:
    return {"acknowledged_at": event.acknowledged_at, "acknowledged_by": event.member_id}


@_changes.register
def _(_event: AcknowledgementExpired, _state: Incident) -> Changes:
    return _NOBODYS


@_changes.register
def _(event: LeadAssigned, _state: Incident) -> Changes:
    return {"assigned_to": event.member_id}


@_changes.register
def _(event: CommsLeadAssigned, _state: Incident) -> Changes:
    return {"comms_lead": event.member_id}


@_changes.register
def _(event: IncidentResolved, _state: Incident) -> Changes:
    return {"status": event.status, "summary": event.summary, "resolved_at": event.resolved_at}


@_changes.register
def _(event: SummaryAmended, _state: Incident) -> Changes:
    return {"summary": event.summary}


@_changes.register
def _(event: IncidentClosed, state: Incident) -> Changes:
    follow_ups = [*state.follow_ups, *event.follow_ups]
    return {"status": event.status, "closed_at": event.closed_at, "follow_ups": follow_ups}


@_changes.register
def _(event: IncidentReopened, _state: Incident) -> Changes:
    # Older histories hold reopenings that left the acknowledgement as it was.
    nobodys = _NOBODYS if event.clears_acknowledgement else {}
    return {"status": event.status, "resolved_at": None, "closed_at": None, **nobodys}


@_changes.register
def _(event: ChatLinked, _state: Incident) -> Changes:
    return {name: value for name, value in event if name != "incident_id" and value is not None}


_NOBODYS: Changes = {"acknowledged_at": None, "acknowledged_by": None}
"""The incident as one that somebody has yet to take."""
