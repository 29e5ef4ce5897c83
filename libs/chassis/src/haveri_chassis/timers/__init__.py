"""Messages that are sent at a moment: rows that commit with the state they depend on, sent exactly once."""

from __future__ import annotations

from haveri_chassis.timers.scheduling import GENERATION_HEADER, Scheduled, cancel, reschedule, schedule, timers_channel
from haveri_chassis.timers.worker import TimerWorker

__all__ = [
    "GENERATION_HEADER",
    "Scheduled",
    "TimerWorker",
    "cancel",
    "reschedule",
    "schedule",
    "timers_channel",
]
