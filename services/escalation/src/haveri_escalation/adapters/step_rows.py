"""The auditor's own look at the steps: its own SQL, no timers, no folding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from haveri_chassis.database import Database
from haveri_chassis.messages import Sender
from haveri_chassis.metrics import counter
from haveri_chassis.outbox import emit
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.events import StepOverdue, TimerDue
from haveri_escalation.application.audit import LateStep

_ACTING = "system:escalation"
_AT_ONCE = 500
_NOT_SOONER = timedelta(seconds=20)

_LATE = """
FROM run_steps s JOIN runs r ON r.organization_id = s.organization_id AND r.id = s.run_id
WHERE s.outcome = 'pending' AND s.due_at < $1 AND r.state = 'running'
"""
_LIST = f"""
SELECT s.organization_id, s.incident_id, s.run_id, s.generation, s.round, s.step, s.due_at {_LATE}
ORDER BY s.due_at LIMIT {_AT_ONCE}
"""
_COUNT = f"SELECT count(*) {_LATE}"
# Several replicas audit: the one whose row it becomes raises the alarm. A row given back says whether it is new.
_CLAIM = """
INSERT INTO overdue_steps (organization_id, run_id, round, step, due_at, found_at, resent_at)
VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (organization_id, run_id, round, step, due_at) DO UPDATE SET resent_at = excluded.resent_at
WHERE overdue_steps.resent_at <= excluded.resent_at - $7::interval
RETURNING found_at = resent_at AS first
"""

FOUND = counter("escalation_steps_found_overdue", "Steps that the auditor found due and not carried out.")


class StepRows:
    """Reads `run_steps` across organisations, and raises alarms in theirs."""

    def __init__(self, database: Database, sender: Sender) -> None:
        self._database = database
        self._sender = sender

    async def late(self, due_before: datetime) -> Sequence[LateStep]:
        """Pending steps of running runs that were due before then, those due first first."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch(_LIST, due_before)
        return [
            LateStep(
                organization=row["organization_id"],
                incident_id=row["incident_id"],
                run_id=row["run_id"],
                generation=row["generation"],
                round=row["round"],
                step=row["step"],
                due_at=row["due_at"],
            )
            for row in rows
        ]

    async def count_late(self, due_before: datetime) -> int:
        """How many there are."""
        async with self._database.across_organizations() as connection:
            count: int = await connection.fetchval(_COUNT, due_before)
        return count

    async def raise_alarm(self, step: LateStep, now: datetime) -> None:
        """Say once that the step is overdue, and notify the engine once more, unless that was just done."""
        key = (step.organization, step.run_id, step.round, step.step, step.due_at)
        async with self._database.transaction(step.organization) as connection:
            first = await connection.fetchval(_CLAIM, *key, now, _NOT_SOONER)
            if first is None:
                return
            if first:
                FOUND.inc()
                await emit(connection, [self._event(step, _overdue(step, now))])
            await emit(connection, [self._event(step, _reminder(step))], log=False)

    def _event(self, step: LateStep, message: StepOverdue | TimerDue) -> Envelope:
        return self._sender.event(message, organization=step.organization, actor=_ACTING, cause=None)


def _overdue(step: LateStep, now: datetime) -> StepOverdue:
    return StepOverdue(
        incident_id=step.incident_id,
        run_id=step.run_id,
        round=step.round,
        step=step.step,
        due_at=step.due_at,
        found_at=now,
    )


def _reminder(step: LateStep) -> TimerDue:
    return TimerDue(
        incident_id=step.incident_id,
        timer="step" if step.step else "exhaustion",
        run_id=step.run_id,
        generation=step.generation,
        round=step.round,
        step=step.step,
        due_at=step.due_at,
    )
