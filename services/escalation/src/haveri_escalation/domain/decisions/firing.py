"""Carrying out what a run has due: its steps, the step that is brought forward, the last resort, its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from haveri_contracts.escalation.events import EscalationExhausted, EscalationUnacked
from haveri_contracts.escalation.models import CallState, EndReason, PlannedStep, RunState, StepOutcome
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.domain.decisions import calling
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.decisions.placing import place_calls
from haveri_escalation.domain.events import StepFired, StepsReplanned
from haveri_escalation.domain.state import LAST_RESORT, Call, Run

_LONGEST_MINUTES = 60.0 * 24 * 31


def carry_on(case: Case, run_id: UUID) -> None:
    """Do everything that is due by now, and end the run when nothing is left to come."""
    while (run := case.run(run_id)).state is RunState.RUNNING:
        pending = run.pending()
        if pending and pending[0].due_at <= case.now:
            _fire(case, run, pending[0].round, pending[0].step, pending[0].due_at)
        elif not _bring_forward(case, run) and not _run_out(case, run):
            return


def bring_pending_to_now(case: Case, run: Run, cause: Reason) -> None:
    """Let the nearest pending step be due now; the later ones, and the exhaustion, keep their distance to it."""
    by = run.pending()[0].due_at - case.now
    case.say(
        StepsReplanned(
            incident_id=case.incident_id,
            run_id=run.id,
            steps=moved(run, -by),
            reason="",
            exhaustion_due_at=moved_exhaustion(run, -by),
            cause=cause,
        )
    )


def moved(run: Run, by: timedelta) -> list[PlannedStep]:
    """The pending steps, so much later."""
    return [PlannedStep(round=step.round, step=step.step, due_at=step.due_at + by) for step in run.pending()]


def moved_exhaustion(run: Run, by: timedelta) -> datetime | None:
    """When the run is exhausted if everything comes so much later."""
    return run.exhaustion_due_at + by if run.exhaustion_due_at is not None else None


def exhaust(case: Case, run: Run) -> None:
    """All steps are over: say so, and call the last resort unless the chain has none."""
    has_last_resort = run.chain.last_resort is not None
    case.say(EscalationExhausted(incident_id=case.incident_id, run_id=run.id, last_resort=has_last_resort))
    if has_last_resort:
        call_last_resort(case, case.run(run.id))
    if not any(call.step == LAST_RESORT for call in case.run(run.id).calls):
        case.end(run.id, EndReason.EXHAUSTED)


def in_minutes(time: timedelta) -> float:
    """How many minutes, for people to read; at most a month, which is the longest that is published."""
    return min(round(time.total_seconds() / 60, 2), _LONGEST_MINUTES)


def call_last_resort(case: Case, run: Run) -> None:
    """Fire step 0."""
    rounds = 1 + (run.chain.repeat.times if run.chain.repeat else 0)
    _fire(case, run, rounds, LAST_RESORT, run.exhaustion_due_at or case.now)


def _fire(case: Case, run: Run, round: int, step: int, due_at: datetime) -> None:
    if step != LAST_RESORT:
        _say_that_nobody_took_it(case, run)
    placing = place_calls(case, run, round, step)
    case.say(
        StepFired(
            incident_id=case.incident_id,
            run_id=run.id,
            round=round,
            step=step,
            due_at=due_at,
            fired_at=case.now,
            calls=placing.calls,
            already_called=placing.already_called,
            turns=placing.turns,
            in_vain=placing.in_vain,
        )
    )
    for call in placing.calls:
        calling.go_on(case, run.id, call.call_id)


def _say_that_nobody_took_it(case: Case, run: Run) -> None:
    fired = [step for step in run.steps if step.outcome is StepOutcome.FIRED and step.fired_at is not None]
    if fired and not case.incident.is_taken:
        last = max(fired, key=lambda step: (step.fired_at or case.now, step.round, step.step))
        case.say(
            EscalationUnacked(
                incident_id=case.incident_id,
                run_id=run.id,
                round=last.round,
                step=last.step,
                minutes=in_minutes(case.now - run.started_at),
            )
        )


def _bring_forward(case: Case, run: Run) -> bool:
    """When nobody whom the last step called can be reached, the next one need not wait. True when something came."""
    if case.incident.is_taken or not _nobody_reachable(run):
        return False
    if run.pending():
        last = _last_calls(run)[0]
        bring_pending_to_now(case, run, Reason.of(ReasonCode.NOBODY_REACHABLE, step=last.step))
        return True
    if run.exhaustion_due_at is not None and not run.exhausted:
        exhaust(case, run)
        return True
    if run.exhausted:
        case.end(run.id, EndReason.EXHAUSTED)
        return True
    return False


def _last_calls(run: Run) -> list[Call]:
    last = run.calls[-1]
    return [call for call in run.calls if (call.round, call.step) == (last.round, last.step)]


def _nobody_reachable(run: Run) -> bool:
    return bool(run.calls) and all(call.state is CallState.UNREACHABLE for call in _last_calls(run))


def _run_out(case: Case, run: Run) -> bool:
    """The run has nothing pending: exhausted when its time has come, done when it waits for nothing. True at an end."""
    if run.pending():
        return False
    if case.incident.is_taken or (run.exhaustion_due_at is None and not run.exhausted):
        case.end(run.id, EndReason.DONE)
        return True
    if run.exhausted or run.exhaustion_due_at is None or run.exhaustion_due_at > case.now:
        return False
    exhaust(case, run)
    return True
