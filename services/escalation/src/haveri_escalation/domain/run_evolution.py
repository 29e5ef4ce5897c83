"""What each event makes of the run it is about; its calls are for `call_evolution`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatch

from haveri_contracts.escalation.events import EscalationEnded, EscalationExhausted, StepSkipped
from haveri_contracts.escalation.models import PlannedStep, RunState, StepOutcome
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.domain import events
from haveri_escalation.domain.facts import EscalationEvent
from haveri_escalation.domain.state import LAST_RESORT, Run, RunStep

_LONGEST_NOTE = 300


def started(event: events.Started) -> Run:
    """The run that began."""
    chain = event.chain
    return Run(
        id=event.run_id,
        trigger=event.trigger,
        policy_id=event.policy_id,
        policy_name=event.policy_name,
        policy_version=event.policy_version,
        why=event.why,
        causes=tuple(event.causes),
        chain=chain,
        started_at=event.started_at,
        steps=tuple(
            RunStep(step.round, step.step, step.due_at, chain.steps[step.step - 1].only_if_unacknowledged)
            for step in event.steps
        ),
        exhaustion_due_at=event.exhaustion_due_at,
    )


def after_taking(run: Run) -> Run:
    """Somebody took the incident: what was to come only if nobody had does not come any more."""
    if not run.is_live:
        return run
    steps = tuple(
        replace(step, outcome=StepOutcome.CANCELLED, causes=(Reason.of(ReasonCode.TAKEN),))
        if step.outcome.may_come and step.only_if_unacknowledged
        else step
        for step in run.steps
    )
    return replace(run, steps=steps, exhaustion_due_at=None, generation=run.generation + 1)


@singledispatch
def apply(_event: EscalationEvent, run: Run) -> Run:
    """The run after an event about it."""
    return run


@apply.register
def _(event: events.StepFired, run: Run) -> Run:
    note = "; ".join(event.missing)[:_LONGEST_NOTE]
    members = tuple(call.member_id for call in event.calls)
    done = RunStep(
        event.round,
        event.step,
        event.due_at,
        True,
        StepOutcome.FIRED,
        event.fired_at,
        members,
        note,
        tuple(event.in_vain),
    )
    if event.step == LAST_RESORT:
        return replace(run, steps=(*run.steps, done), exhausted=True)
    return replace(run, steps=tuple(_instead(step, done) for step in run.steps))


@apply.register
def _(event: StepSkipped, run: Run) -> Run:
    causes = (event.cause,) if event.cause else ()
    skipped = RunStep(
        event.round, event.step, event.due_at, True, StepOutcome.SKIPPED, note=event.reason, causes=causes
    )
    return replace(run, steps=tuple(_instead(step, skipped) for step in run.steps))


@apply.register
def _(_event: EscalationExhausted, run: Run) -> Run:
    return replace(run, exhausted=True)


@apply.register
def _(event: events.Silenced, run: Run) -> Run:
    return replace(
        run,
        state=RunState.SILENCED,
        generation=run.generation + 1,
        # A window that follows another goes on with the same silence.
        silenced_at=run.silenced_at or event.silenced_at,
        silenced_until=event.until,
        window_id=event.window_id,
        steps=tuple(
            replace(step, outcome=StepOutcome.SILENCED) if step.outcome is StepOutcome.PENDING else step
            for step in run.steps
        ),
    )


@apply.register
def _(event: events.Resumed, run: Run) -> Run:
    return replace(
        _replanned(run, event.steps),
        state=RunState.RUNNING,
        silenced_at=None,
        silenced_until=None,
        window_id=None,
        exhaustion_due_at=event.exhaustion_due_at,
    )


@apply.register
def _(event: events.StepsReplanned, run: Run) -> Run:
    return replace(_replanned(run, event.steps), exhaustion_due_at=event.exhaustion_due_at)


@apply.register
def _(event: EscalationEnded, run: Run) -> Run:
    causes = (Reason.of(ReasonCode.RUN_ENDED, end=event.reason),)
    steps = tuple(
        replace(step, outcome=StepOutcome.CANCELLED, causes=causes) if step.outcome.may_come else step
        for step in run.steps
    )
    return replace(
        run, state=RunState.ENDED, ended_at=event.at, end_reason=event.reason, steps=steps, silenced_until=None
    )


def _replanned(run: Run, planned: Iterable[PlannedStep]) -> Run:
    due = {(step.round, step.step): step.due_at for step in planned}
    steps = tuple(
        replace(step, due_at=due[step.round, step.step], outcome=StepOutcome.PENDING)
        if (step.round, step.step) in due
        else step
        for step in run.steps
    )
    return replace(run, steps=steps, generation=run.generation + 1)


def _instead(step: RunStep, done: RunStep) -> RunStep:
    if (step.round, step.step) != (done.round, done.step):
        return step
    return replace(done, only_if_unacknowledged=step.only_if_unacknowledged)
