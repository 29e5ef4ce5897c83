"""The state is a fold over the events, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatch
from uuid import UUID

from haveri_contracts.escalation.events import MitigationOverdue
from haveri_contracts.plain import Status
from haveri_escalation.domain import call_evolution, events, facts, run_evolution
from haveri_escalation.domain.facts import EscalationEvent, IncidentFollowed
from haveri_escalation.domain.state import Escalation, Incident


class BrokenHistoryError(ValueError):
    """The events do not begin with the incident that is followed."""


def evolve(state: Escalation | None, incident_id: UUID, event: EscalationEvent) -> Escalation:
    """The state after one more event; raises BrokenHistoryError when the first is not IncidentFollowed."""
    if state is None:
        if not isinstance(event, IncidentFollowed):
            raise BrokenHistoryError(f"the escalation of {incident_id} does not begin with its incident")
        return Escalation(_followed(incident_id, event), 1)
    return replace(_apply(event, state), version=state.version + 1)


def fold(incident_id: UUID, history: Iterable[EscalationEvent]) -> Escalation | None:
    """The state that a history gives, in its order; None for no history."""
    state: Escalation | None = None
    for event in history:
        state = evolve(state, incident_id, event)
    return state


def _followed(incident_id: UUID, event: IncidentFollowed) -> Incident:
    return Incident(
        id=incident_id,
        number=event.number,
        title=event.title,
        severity=event.severity,
        facility_id=event.facility_id,
        area_id=event.area_id,
        asset_ids=event.asset_ids,
        status=Status.DECLARED,
    )


@singledispatch
def _apply(event: EscalationEvent, state: Escalation) -> Escalation:
    """What concerns one run changes that run; what is only published changes nothing."""
    run_id: UUID | None = getattr(event, "run_id", None)
    if run_id is None:
        return state
    return replace(
        state,
        runs=tuple(
            run if run.id != run_id else call_evolution.apply(event, run_evolution.apply(event, run))
            for run in state.runs
        ),
    )


@_apply.register
def _(event: facts.SeverityNoted, state: Escalation) -> Escalation:
    return replace(state, incident=replace(state.incident, severity=event.severity))


@_apply.register
def _(event: facts.StatusNoted, state: Escalation) -> Escalation:
    return replace(state, incident=replace(state.incident, status=event.status))


@_apply.register
def _(event: facts.TakingNoted, state: Escalation) -> Escalation:
    incident = replace(state.incident, taken_by=event.member_id, taken_at=event.taken_at, active_at=event.taken_at)
    runs = tuple(run_evolution.after_taking(run) for run in state.runs)
    return replace(state, incident=incident, runs=runs, called=frozenset())


@_apply.register
def _(event: facts.ReleaseNoted, state: Escalation) -> Escalation:
    incident = replace(state.incident, taken_by=None, taken_at=None, active_at=None, released_at=event.released_at)
    return replace(state, incident=incident, called=frozenset())


@_apply.register
def _(event: facts.ActivityNoted, state: Escalation) -> Escalation:
    latest = max(event.at, state.incident.active_at or event.at)
    return replace(state, incident=replace(state.incident, active_at=latest))


@_apply.register
def _(event: facts.ExpiryRequested, state: Escalation) -> Escalation:
    return replace(state, incident=replace(state.incident, expiry_asked_of=event.taken_at))


@_apply.register
def _(event: MitigationOverdue, state: Escalation) -> Escalation:
    return replace(state, incident=replace(state.incident, overdue_published_of=event.taken_at))


@_apply.register
def _(event: events.Started, state: Escalation) -> Escalation:
    run = run_evolution.started(event)
    if state.incident.is_taken:
        run = run_evolution.after_taking(run)
    return replace(state, runs=(*state.runs, run))


@_apply.register
def _(event: events.StepFired, state: Escalation) -> Escalation:
    runs = tuple(
        run if run.id != event.run_id else call_evolution.apply(event, run_evolution.apply(event, run))
        for run in state.runs
    )
    return replace(state, runs=runs, called=state.called | {call.member_id for call in event.calls})
