"""Runs as everybody outside sees them, and as the rows that are read of them."""

from __future__ import annotations

from datetime import datetime

from haveri_contracts.escalation import models
from haveri_contracts.escalation.models import RunState
from haveri_escalation.domain.state import Call, Run


def view_of(run: Run, incident_id: object) -> models.EscalationRun:
    """The contract's run, with its steps and calls."""
    return models.EscalationRun.model_validate(
        {
            "id": run.id,
            "incident_id": incident_id,
            "trigger": run.trigger.value,
            "policy_id": run.policy_id,
            "policy_name": run.policy_name[:300],
            "policy_version": run.policy_version,
            "why": run.why,
            "causes": list(run.causes),
            "state": run.state.value,
            "generation": run.generation,
            "started_at": run.started_at,
            "ended_at": run.ended_at,
            "end_reason": run.end_reason,
            "silenced_until": run.silenced_until,
            "steps": list(run.steps),
            "calls": [_call(call) for call in run.calls],
        },
        from_attributes=True,
    )


def next_due_at(run: Run) -> datetime | None:
    """When the run does something by itself: its next step, its exhaustion, or the end of its silence."""
    if run.state is RunState.SILENCED:
        return run.silenced_until
    if not run.is_live:
        return None
    pending = run.pending()
    if pending:
        return pending[0].due_at
    return None if run.exhausted else run.exhaustion_due_at


def next_step(view: models.EscalationRun, due_at: datetime | None) -> models.RunStep | None:
    """The step that a run under way comes to next; step 0 when only the last resort is left."""
    coming = [step for step in view.steps if step.outcome.may_come]
    if coming:
        return min(coming, key=lambda step: (step.due_at, step.round, step.step))
    if due_at is None:
        return None
    rounds = max((step.round for step in view.steps), default=1)
    return models.RunStep(round=rounds, step=0, due_at=due_at)


def _call(call: Call) -> dict[str, object]:
    attempts: list[object] = list(call.attempts)
    if call.may_go_on:
        attempts += [{"via": way.via, "state": "waiting"} for way in call.ways[len(attempts) :]]
    return {
        "id": call.id,
        "member_id": call.member_id,
        "round": call.round,
        "step": call.step,
        "purpose": call.purpose.value,
        "because": call.because,
        "cause": call.cause,
        "state": call.state.value,
        "called_at": call.called_at,
        "held_until": call.held_until,
        "answered_at": call.answered_at,
        "attempts": attempts,
    }
