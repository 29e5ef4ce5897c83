"""Runs of escalations as pages show them: who was called when, which way, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from haveri_contracts.escalation.models import (
    Attempt,
    Call,
    CallState,
    EscalationRun,
    RunningEscalation,
    RunState,
    RunStep,
    StepOutcome,
)
from haveri_directory_copy.directory import Directory, name_in
from haveri_web.escalations.words import step_in_words
from haveri_web.policies.reasons import ReasonWords
from haveri_web.texts import Translate


@dataclass(frozen=True, slots=True)
class CallView:
    """Somebody who was called. `tone` is good when they answered, bad when no way worked."""

    name: str
    because: str
    state: str
    tone: str
    called_at: datetime
    held_until: datetime | None
    answered_at: datetime | None
    attempts: list[Attempt]


@dataclass(frozen=True, slots=True)
class StepView:
    """A step with those whom it called."""

    name: str
    outcome: str
    due_at: datetime
    fired_at: datetime | None
    note: str
    calls: list[CallView]
    already: list[str]


@dataclass(frozen=True, slots=True)
class RunView:
    """One run. `next_due` is when the next step comes, unless the run is silenced or over."""

    id: UUID
    trigger: str
    policy: str
    why: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    end: str
    silenced_until: datetime | None
    steps: list[StepView]
    next_name: str
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class RunningView:
    """A run under way with its incident, for the live view."""

    number: str
    title: str
    severity: str
    where: str
    zone: ZoneInfo
    run: RunView
    calls: list[CallView]


class RunViews:
    """Makes views with the names of one organisation's directory, in one language."""

    def __init__(self, directory: Directory, t: Translate) -> None:
        self._directory = directory
        self._t = t
        self._reasons = ReasonWords(directory, t)

    def running(self, item: RunningEscalation) -> RunningView:
        """A run of the live view."""
        item = self._reasons.model(item)
        run = self.run(item.run, item.next_step)
        return RunningView(
            number=item.incident_number,
            title=item.incident_title,
            severity=item.severity.value,
            where=self._where(item),
            zone=self._directory.zone_of(item.facility_id),
            run=run,
            calls=[self._call(call) for call in item.run.calls],
        )

    def run(self, run: EscalationRun, upcoming: RunStep | None = None) -> RunView:
        """One run with its steps, each with its calls."""
        run = self._reasons.model(run)
        ahead = upcoming or _next_step(run.steps)
        goes_on = run.state is RunState.RUNNING
        return RunView(
            id=run.id,
            trigger=self._t(f"esc.trigger.{run.trigger.value}"),
            policy=self._policy(run),
            why=run.why,
            state=run.state.value,
            started_at=run.started_at,
            ended_at=run.ended_at,
            end=self._t(f"esc.end.{run.end_reason.value}") if run.end_reason else "",
            silenced_until=run.silenced_until if run.state is RunState.SILENCED else None,
            steps=[self._step(step, run.calls) for step in sorted(run.steps, key=_order)],
            next_name=step_in_words(self._t, ahead.step, ahead.round) if ahead else "",
            next_due=ahead.due_at if ahead and goes_on else None,
        )

    def _policy(self, run: EscalationRun) -> str:
        if not run.policy_name:
            return ""
        return self._t("esc.by_policy", name=run.policy_name, version=run.policy_version or 1)

    def _step(self, step: RunStep, calls: Iterable[Call]) -> StepView:
        own = [call for call in calls if (call.round, call.step) == (step.round, step.step)]
        called = {call.member_id for call in own}
        return StepView(
            name=step_in_words(self._t, step.step, step.round),
            outcome=step.outcome.value,
            due_at=step.due_at,
            fired_at=step.fired_at,
            note=step.note,
            calls=[self._call(call) for call in own],
            already=[self._name(member_id) for member_id in step.member_ids if member_id not in called]
            if step.outcome is StepOutcome.FIRED
            else [],
        )

    def _call(self, call: Call) -> CallView:
        return CallView(
            name=self._name(call.member_id),
            because=call.because,
            state=call.state.value,
            tone=_TONES.get(call.state, ""),
            called_at=call.called_at,
            held_until=call.held_until if call.state is CallState.HELD else None,
            answered_at=call.answered_at,
            attempts=[it for it in call.attempts if it.state != "waiting"],
        )

    def _name(self, member_id: UUID) -> str:
        return name_in(self._directory.members, member_id)

    def _where(self, item: RunningEscalation) -> str:
        facility = self._directory.facilities.get(item.facility_id)
        area = self._directory.areas.get(item.area_id) if item.area_id else None
        return "\N{NO-BREAK SPACE}· ".join(place.name for place in (facility, area) if place)


_TONES = {
    CallState.ANSWERED: "good",
    CallState.REACHED: "reached",
    CallState.UNREACHABLE: "bad",
    CallState.HELD: "held",
    CallState.WITHDRAWN: "over",
}


def _order(step: RunStep) -> tuple[datetime, int]:
    return step.due_at, step.step or 1000


def _next_step(steps: Iterable[RunStep]) -> RunStep | None:
    pending = [step for step in steps if step.outcome in (StepOutcome.PENDING, StepOutcome.SILENCED)]
    return min(pending, key=_order, default=None)
