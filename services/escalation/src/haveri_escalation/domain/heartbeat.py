"""Whether the engine lives: what a monitoring system is answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from haveri_contracts.escalation.models import Heartbeat

HEARTBEAT_EVERY = timedelta(seconds=15)
LATE_AFTER = timedelta(seconds=60)
"""How old the last heartbeat may be, and how late a step."""


def judged(last_beat_at: datetime | None, overdue_steps: int, now: datetime) -> Heartbeat:
    """Whether the engine lives, by the last heartbeat that came all the way and how many steps are late."""

    def dead(reason: str) -> Heartbeat:
        return Heartbeat(alive=False, last_beat_at=last_beat_at, overdue_steps=overdue_steps, reason=reason)

    if last_beat_at is None:
        return dead("no beat has come through yet")
    age = now - last_beat_at
    if age > LATE_AFTER:
        return dead(f"the last beat came through {age.total_seconds():.0f} s ago")
    if overdue_steps:
        steps = "1 step is" if overdue_steps == 1 else f"{overdue_steps} steps are"
        return dead(f"{steps} overdue")
    return Heartbeat(alive=True, last_beat_at=last_beat_at, overdue_steps=0)
