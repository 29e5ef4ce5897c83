"""Whether the engine breathes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

BEAT_EVERY = timedelta(seconds=15)
LATE_AFTER = timedelta(seconds=60)
"""How old the last beat may be, and how late a step."""


@dataclass(frozen=True, slots=True)
class Breath:
    """What a monitoring system is told. `reason` says in words why the engine does not breathe, else it is empty."""

    alive: bool
    last_beat_at: datetime | None
    overdue_steps: int
    reason: str = ""


def breath(last_beat_at: datetime | None, overdue_steps: int, now: datetime) -> Breath:
    """Judge the last beat that came all the way, and how many steps are late."""
    if last_beat_at is None:
        return Breath(False, None, overdue_steps, "no beat has come through yet")
    age = now - last_beat_at
    if age > LATE_AFTER:
        return Breath(False, last_beat_at, overdue_steps, f"the last beat came through {age.total_seconds():.0f} s ago")
    if overdue_steps:
        steps = "1 step is" if overdue_steps == 1 else f"{overdue_steps} steps are"
        return Breath(False, last_beat_at, overdue_steps, f"{steps} overdue")
    return Breath(True, last_beat_at, 0)
