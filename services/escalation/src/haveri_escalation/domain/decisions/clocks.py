"""Timers that came due, and the two clocks of a taken incident: forgotten, and not mitigated in time."""

from __future__ import annotations

from haveri_contracts.escalation.events import MitigationOverdue
from haveri_contracts.escalation.models import Chain, Notify, RunState, Step, Trigger
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.domain.decisions import calling
from haveri_escalation.domain.decisions.beginning import carry_out
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.decisions.firing import carry_on, in_minutes
from haveri_escalation.domain.facts import ExpiryRequested, TimerRefused
from haveri_escalation.domain.policies import MINUTE
from haveri_escalation.domain.state import Run
from haveri_escalation.domain.timers import Timer, call_due_at, expiry_due_at, mitigation_due_at


def timer_due(case: Case, timer: Timer) -> None:
    """Carry out what a timer stands for, or refuse it with the reason when it does not count any more."""
    reason = why_refused(case, timer)
    if reason is not None:
        case.say(TimerRefused(timer.run_id, timer.kind, reason))
    elif timer.kind == "expiry":
        _ask_to_expire(case, case.run(timer.run_id))
    elif timer.kind == "mitigation":
        _publish_overdue(case, case.run(timer.run_id))
    else:
        if timer.call_id is not None:
            calling.go_on(case, timer.run_id, timer.call_id)
        carry_on(case, timer.run_id)


def why_refused(case: Case, timer: Timer) -> str | None:
    """Why a timer does not count; None when it does."""
    run = case.state.run(timer.run_id) if case.is_known else None
    if run is None:
        return "there is no such run"
    if timer.generation != run.generation:
        return f"it is of generation {timer.generation}, the run of {run.generation}"
    if timer.kind in ("expiry", "mitigation"):
        return _why_clock_refused(case, timer)
    return _why_call_refused(case, run, timer) if timer.kind == "call" else _why_step_refused(run, timer)


def _why_step_refused(run: Run, timer: Timer) -> str | None:
    if run.state is not RunState.RUNNING:
        return f"the run is {run.state.value}"
    if timer.kind == "exhaustion":
        return "the run is exhausted already" if run.exhausted else None
    step = run.find_step(timer.round, timer.step)
    if step is None:
        return "the run has no such step"
    return None if step.outcome.may_come else f"the step is {step.outcome.value} already"


def _why_call_refused(case: Case, run: Run, timer: Timer) -> str | None:
    call = run.find_call(timer.call_id) if timer.call_id is not None else None
    if call is None:
        return "there is no such call"
    if case.state.is_silent(run):
        return "the run is silenced"
    return None if call_due_at(call) is not None else f"the call is {call.state.value}"


def _why_clock_refused(case: Case, timer: Timer) -> str | None:
    due_at = expiry_due_at(case.state) if timer.kind == "expiry" else mitigation_due_at(case.state)
    if due_at is None:
        return "this clock does not run"
    return "something has happened since" if due_at > case.now else None


def _ask_to_expire(case: Case, run: Run) -> None:
    incident, expires = case.incident, run.chain.acknowledgement_expires_minutes
    if incident.taken_at is not None and incident.active_at is not None and expires is not None:
        case.say(ExpiryRequested(run.id, incident.taken_at, in_minutes(case.now - incident.active_at)))


def _publish_overdue(case: Case, run: Run) -> None:
    incident, clock = case.incident, run.chain.mitigation
    if incident.taken_at is None or clock is None:
        return
    minutes = in_minutes(clock.within_minutes * MINUTE)
    case.say(
        MitigationOverdue(
            incident_id=incident.id, taken_by=incident.taken_by, taken_at=incident.taken_at, within_minutes=minutes
        )
    )
    step = Step(notify=clock.notify or Notify(), only_if_unacknowledged=False)
    causes = (Reason.of(ReasonCode.NOT_MITIGATED, number=incident.number, minutes=minutes),)
    carry_out(case, Trigger.MITIGATION_OVERDUE, Chain(steps=[step], last_resort=run.chain.last_resort), causes=causes)
