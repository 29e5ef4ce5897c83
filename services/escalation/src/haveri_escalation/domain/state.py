"""The state of one incident's escalation, as its events so far have made it. Times are aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from haveri_contracts.escalation.models import CallState, Chain, EndReason, Purpose, RunState, StepOutcome, Trigger
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.plain import Severity, Status
from haveri_escalation.domain.people import Way

LAST_RESORT = 0
"""The number of the step that calls the last resort."""


class AttemptState(StrEnum):
    """What became of one way of a call."""

    REQUESTED = "requested"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Incident:
    """What the engine knows of the incident it follows. `active_at` is when somebody last did something about it."""

    id: UUID
    number: str
    title: str
    severity: Severity
    facility_id: UUID
    area_id: UUID | None
    asset_ids: tuple[UUID, ...]
    status: Status
    taken_by: UUID | None = None
    taken_at: datetime | None = None
    active_at: datetime | None = None
    released_at: datetime | None = None
    expiry_asked_of: datetime | None = None
    overdue_published_of: datetime | None = None

    @property
    def is_taken(self) -> bool:
        """True while somebody has it."""
        return self.taken_at is not None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach a member one way."""

    via: str
    state: AttemptState
    at: datetime
    reason: str = ""
    cause: Reason | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A member who was called. `began_at` is when the first way was (or may be) tried: later for a held call."""

    id: UUID
    member_id: UUID
    round: int
    step: int
    purpose: Purpose
    because: str
    state: CallState
    called_at: datetime
    began_at: datetime
    ways: tuple[Way, ...]
    held_until: datetime | None = None
    answered_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    unneeded: bool = False
    cause: Reason | None = None

    @property
    def may_go_on(self) -> bool:
        """True while more may be tried to reach the member."""
        return self.state in (CallState.HELD, CallState.CALLING, CallState.REACHED) and not self.unneeded

    @property
    def next_way(self) -> Way | None:
        """The first way that was not tried yet."""
        return self.ways[len(self.attempts)] if len(self.attempts) < len(self.ways) else None


@dataclass(frozen=True, slots=True)
class RunStep:
    """A step of a run and what became of it."""

    round: int
    step: int
    due_at: datetime
    only_if_unacknowledged: bool = True
    outcome: StepOutcome = StepOutcome.PENDING
    fired_at: datetime | None = None
    member_ids: tuple[UUID, ...] = ()
    note: str = ""
    causes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a chain. Timers of another `generation` do not count."""

    id: UUID
    trigger: Trigger
    policy_id: UUID | None
    policy_name: str
    policy_version: int | None
    why: str
    chain: Chain
    started_at: datetime
    steps: tuple[RunStep, ...]
    exhaustion_due_at: datetime | None
    state: RunState = RunState.RUNNING
    generation: int = 1
    calls: tuple[Call, ...] = ()
    exhausted: bool = False
    silenced_at: datetime | None = None
    silenced_until: datetime | None = None
    window_id: UUID | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    causes: tuple[Reason, ...] = ()

    @property
    def is_live(self) -> bool:
        """True until it has ended."""
        return self.state is not RunState.ENDED

    def pending(self) -> list[RunStep]:
        """The steps that may still come, the one that is due first in front."""
        return sorted((step for step in self.steps if step.outcome.may_come), key=lambda s: (s.due_at, s.round, s.step))

    def find_step(self, round: int, step: int) -> RunStep | None:
        """A step of a round; None when the run has no such step."""
        return next((found for found in self.steps if (found.round, found.step) == (round, step)), None)

    def find_call(self, call_id: UUID) -> Call | None:
        """A call of this run."""
        return next((call for call in self.calls if call.id == call_id), None)


@dataclass(frozen=True, slots=True)
class Escalation:
    """One incident's escalation. `called` are the members called for the present cause."""

    incident: Incident
    version: int
    runs: tuple[Run, ...] = ()
    called: frozenset[UUID] = frozenset()

    def run(self, run_id: UUID) -> Run | None:
        """A run by its id."""
        return next((run for run in self.runs if run.id == run_id), None)

    def the(self, run_id: UUID) -> Run:
        """A run that there is; raises KeyError."""
        found = self.run(run_id)
        if found is None:
            raise KeyError(run_id)
        return found

    def live(self) -> list[Run]:
        """The runs that have not ended."""
        return [run for run in self.runs if run.is_live]

    def find_call(self, call_id: UUID) -> tuple[Run, Call] | None:
        """A call with its run."""
        for run in self.runs:
            call = run.find_call(call_id)
            if call is not None:
                return run, call
        return None

    def is_silent(self, run: Run) -> bool:
        """True when nobody may be called by a run now: it is silenced, or it was replaced by one that is."""
        others = run.trigger is not Trigger.BY_HAND and any(one.state is RunState.SILENCED for one in self.runs)
        return run.state is RunState.SILENCED or others

    def in_force(self) -> Run | None:
        """The run whose chain says how long an acknowledgement holds and how soon there must be mitigation."""
        return next((run for run in reversed(self.runs) if run.trigger.follows_the_incident), None)
