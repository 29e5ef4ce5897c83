"""What was kept long enough is forgotten, and what waits is counted."""

from __future__ import annotations

from datetime import timedelta

from haveri_chassis.clock import Clock
from haveri_teams_gateway.application.metrics import PENDING
from haveri_teams_gateway.store.activities import ACTIVITY, ActivityStore
from haveri_teams_gateway.store.jobs import Jobs

TIDY_EVERY = timedelta(minutes=5)


async def tidy(activities: ActivityStore, jobs: Jobs, clock: Clock) -> None:
    """Once."""
    await activities.forget(clock.now())
    PENDING.set(await jobs.count(ACTIVITY))
