"""Which timers an escalation needs: a function of its state, so that none is forgotten and none outlives its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from haveri_contracts.escalation.models import CallState, RunState
from haveri_contracts.plain import Status
from haveri_escalation.domain.people import Way
from haveri_escalation.domain.policies import MINUTE
from haveri_escalation.domain.state import AttemptState, Call, Escalation, Incident, Run

REPORT_WITHIN = timedelta(seconds=60)
"""Whoever carries a notification says by then what became of it; silence counts as a failure."""

ONLY_AFTER_FAILURE = timedelta(days=31)
"""A way that is so late is tried only when the ways before it have failed."""


@dataclass(frozen=True, slots=True)
class Timer:
    """What comes due when. `kind` is step, exhaustion, call, expiry or mitigation."""

    kind: str
    run_id: UUID
    generation: int
    due_at: datetime
    round: int = 1
    step: int = 0
    call_id: UUID | None = None
    attempt: int = 0


def wanted_timers(state: Escalation) -> dict[str, Timer]:
    """The timers by their key, which is unique within the organisation."""
    incident = state.incident
    timers = {f"{incident.id}/{run.id}/{timer.kind}": timer for run in state.runs for timer in _of_run(run)}
    for run in state.runs:
        # A run that has ended may still be answered: its calls go on until they are withdrawn.
        if not state.is_silent(run):
            timers |= {f"{incident.id}/{run.id}/call/{timer.call_id}": timer for timer in _of_calls(run)}
    return timers | {f"{incident.id}/{timer.kind}": timer for timer in _clocks(state)}


def call_due_at(call: Call) -> datetime | None:
    """When something is to be done about a call: released, given up as silent, or tried the next way."""
    if not call.may_go_on:
        return None
    if call.state is CallState.HELD:
        return call.held_until
    moments = [tried.at + REPORT_WITHIN for tried in call.attempts if tried.state is AttemptState.REQUESTED]
    if call.next_way is not None and (due := way_due_at(call, call.next_way)) is not None:
        moments.append(due)
    return min(moments, default=None)


def way_due_at(call: Call, way: Way) -> datetime | None:
    """When a way is tried by its own time; None for one that only follows failures."""
    return None if way.after >= ONLY_AFTER_FAILURE else call.began_at + way.after


def expiry_due_at(state: Escalation) -> datetime | None:
    """When the acknowledgement expires unless something happens; None when no such clock runs."""
    incident, run = state.incident, state.in_force()
    if run is None or run.chain.acknowledgement_expires_minutes is None or not _clock_runs(incident):
        return None
    if incident.active_at is None or incident.expiry_asked_of == incident.taken_at:
        return None
    return incident.active_at + run.chain.acknowledgement_expires_minutes * MINUTE


def mitigation_due_at(state: Escalation) -> datetime | None:
    """When the incident is to be mitigated; None when no such clock runs."""
    incident, run = state.incident, state.in_force()
    if run is None or run.chain.mitigation is None or not _clock_runs(incident) or incident.taken_at is None:
        return None
    if incident.overdue_published_of == incident.taken_at:
        return None
    return incident.taken_at + run.chain.mitigation.within_minutes * MINUTE


def _of_run(run: Run) -> Iterator[Timer]:
    if run.state is not RunState.RUNNING:
        return
    pending = run.pending()
    if pending:
        first = pending[0]
        yield Timer("step", run.id, run.generation, first.due_at, first.round, first.step)
    elif run.exhaustion_due_at is not None and not run.exhausted:
        yield Timer("exhaustion", run.id, run.generation, run.exhaustion_due_at)


def _of_calls(run: Run) -> Iterator[Timer]:
    for call in run.calls:
        due_at = call_due_at(call)
        if due_at is not None:
            attempt = len(call.attempts)
            yield Timer("call", run.id, run.generation, due_at, call.round, call.step, call.id, attempt)


def _clocks(state: Escalation) -> Iterator[Timer]:
    run = state.in_force()
    for kind, due_at in (("expiry", expiry_due_at(state)), ("mitigation", mitigation_due_at(state))):
        if run is not None and due_at is not None:
            yield Timer(kind, run.id, run.generation, due_at)


def _clock_runs(incident: Incident) -> bool:
    return incident.is_taken and incident.status.is_open and incident.status is not Status.MITIGATED
