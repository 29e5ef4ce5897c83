"""The auditor's loop."""

from __future__ import annotations

import asyncio

from haveri_chassis.clock import Clock
from haveri_chassis.endings import end
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import gauge
from haveri_escalation.application.audit import StepRows, audit

_EVERY_SECONDS = 30.0

OVERDUE = gauge("escalation_overdue_steps", "Steps that were due more than a minute ago and were not carried out.")
LAST_AUDIT = gauge("escalation_last_audit_timestamp_seconds", "When the auditor last looked, in seconds since 1970.")

log = get_logger(__name__)


class Auditor:
    """Looks every 30 seconds of its clock, whatever the engine does. A Component."""

    name = "auditor"

    def __init__(self, rows: StepRows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="auditor")

    async def stop(self) -> None:
        """Stop looking."""
        task, self._task = self._task, None
        await end(task)

    def problem(self) -> str | None:
        """An auditor that does not get to look shows in its metric."""
        return None

    async def look(self) -> int:
        """Look once; gives how many steps are overdue."""
        now = self._clock.now()
        overdue = await audit(self._rows, now)
        OVERDUE.set(overdue)
        LAST_AUDIT.set(now.timestamp())
        if overdue:
            log.error("steps are overdue", steps=overdue)
        return overdue

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - whatever keeps it from looking, it tries again
                log.warning("the auditor could not look", error=repr(error))
            await self._clock.sleep(_EVERY_SECONDS)
