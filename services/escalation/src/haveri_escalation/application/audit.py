"""Was every step carried out that was due? Read from the rows alone, by nobody who carries out steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from haveri_escalation.domain.heartbeat import LATE_AFTER


@dataclass(frozen=True, slots=True)
class LateStep:
    """A step that was due and is still pending. Step 0 is the last resort."""

    organization: str
    incident_id: UUID
    run_id: UUID
    generation: int
    round: int
    step: int
    due_at: datetime


class StepRows(Protocol):
    """The rows of steps, of all organisations."""

    async def late(self, due_before: datetime) -> Sequence[LateStep]:
        """Pending steps of running runs that were due before then, the latest ones first; at most a few hundred."""

    async def count_late(self, due_before: datetime) -> int:
        """How many there are."""

    async def raise_alarm(self, step: LateStep, now: datetime) -> None:
        """Say once that the step is overdue, and notify the engine once more, unless that was just done."""


async def audit(rows: StepRows, now: datetime) -> int:
    """Look once; gives how many steps are overdue."""
    due_before = now - LATE_AFTER
    late = await rows.late(due_before)
    for step in late:
        await rows.raise_alarm(step, now)
    return await rows.count_late(due_before) if late else 0
