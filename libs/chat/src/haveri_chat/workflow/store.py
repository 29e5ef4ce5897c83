"""What the workflow remembers about each of its steps, and the port to wherever that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class StepState(StrEnum):
    """How far a step is known to have come."""

    PENDING = "pending"
    ATTEMPTING = "attempting"
    """It was begun and did not report; it may have taken effect."""
    DONE = "done"


@dataclass(frozen=True)
class StepRecord:
    """What is known of one step: `reference` is what it made, `version` the incident's version it shows."""

    state: StepState = StepState.PENDING
    reference: str = ""
    version: int = 0


class StepBusy(Exception):
    """Somebody else is at this step; try again after `retry_after` seconds."""

    def __init__(self, step: str, retry_after: float) -> None:
        super().__init__(f"{step} is being worked on elsewhere")
        self.step = step
        self.retry_after = retry_after


class WorkflowStore(Protocol):
    """The steps of one organisation's incidents. Each method is one transaction, committed when it returns.

    A step is named by a string of at most 120 characters. A claim lasts until `until`, so that a step whose worker
    died can be taken over; times are aware UTC.
    """

    async def steps(self, incident_id: UUID) -> Mapping[str, StepRecord]:
        """Every step that was ever claimed, by name."""
        ...

    async def claim(self, incident_id: UUID, step: str, *, at: datetime, until: datetime) -> StepRecord:
        """Take the step and give its record as it was before.

        PENDING becomes ATTEMPTING; the other states stay, with `reference` and `version` kept. Raises StepBusy while
        an earlier claim lasts (that claim's `until` is after `at` and neither `finish` nor `release` was called).
        """
        ...

    async def finish(self, incident_id: UUID, step: str, *, reference: str, version: int) -> None:
        """The step is DONE with this reference and version, and the claim is over."""
        ...

    async def release(self, incident_id: UUID, step: str) -> None:
        """The claim is over; the state stays as it is."""
        ...
