"""The auditor's look, with what it shows and says."""

from __future__ import annotations

from datetime import timedelta

from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import gauge
from haveri_escalation.application.audit import StepRows, audit

AUDIT_EVERY = timedelta(seconds=30)

OVERDUE = gauge("escalation_overdue_steps", "Steps that were due more than a minute ago and were not carried out.")
LAST_AUDIT = gauge("escalation_last_audit_timestamp_seconds", "When the auditor last looked, in seconds since 1970.")

log = get_logger(__name__)


class Auditor:
    """Looks, whatever the engine does."""

    def __init__(self, rows: StepRows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    async def look(self) -> int:
        """Look once; gives how many steps are overdue."""
        now = self._clock.now()
        overdue = await audit(self._rows, now)
        OVERDUE.set(overdue)
        LAST_AUDIT.set(now.timestamp())
        if overdue:
            log.error("steps are overdue", steps=overdue)
        return overdue
