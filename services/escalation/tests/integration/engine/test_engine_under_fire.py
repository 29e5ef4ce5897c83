"""Two engines, a thousand runs, and everything that can be killed is: each step comes, and comes once."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest
from fire_brigade import ORGANIZATION, Brigade, brigade, counted

from haveri_contracts.escalation.events import StepFired
from haveri_devservers.testing.waiting import eventually

RUNS = 1000
DUE_AFTER_MINUTES = 0.35
SHOTS = 6
_FIRED = """
SELECT payload->>'run_id' AS run_id, (payload->>'round')::int AS round, (payload->>'step')::int AS step
FROM escalation.events WHERE type = $1
"""
_PENDING = "SELECT count(*) AS n FROM escalation.run_steps WHERE step = 2 AND outcome = 'pending'"
_LEFT = """
SELECT (SELECT count(*) FROM escalation.run_steps WHERE outcome = 'pending')
     + (SELECT count(*) FROM escalation.outbox) + $1 - (SELECT count(*) FROM escalation.runs) AS n
"""


async def shoot(house: Brigade, luck: random.Random) -> None:
    """Kill one thing after the other, now an engine, now a server."""
    for _ in range(SHOTS):
        target = luck.choice(("engine", "engine", "engine", "nats", "postgres"))
        if target == "engine":
            house.kill_engine(luck.randrange(len(house.engines)))
        else:
            await house.kill_server(house.nats if target == "nats" else house.postgres)
        await asyncio.sleep(luck.uniform(0.3, 1.5))


@pytest.mark.timeout(150)
async def test_each_step_of_a_thousand_runs_fires_exactly_once_while_everything_is_killed(server_home: Path) -> None:
    luck = random.Random(20261123)
    async with brigade(server_home) as house:
        await house.furnish(DUE_AFTER_MINUTES)
        house.start_engine()
        house.start_engine()
        await house.declare(RUNS)

        async def begun() -> bool:
            return (await house.rows(_PENDING))[0]["n"] > 0

        await eventually(begun, within=30, pause=0.1)
        started = time.monotonic()
        # The first half of the fire meets the declarations, the second the steps that have come due.
        await shoot(house, luck)
        await asyncio.sleep(max(0.0, DUE_AFTER_MINUTES * 60 - (time.monotonic() - started)))
        await shoot(house, luck)

        async def done() -> bool:
            return (await house.rows(_LEFT, RUNS))[0]["n"] == 0

        await eventually(done, within=60, pause=0.2)
        rows = await house.rows(_FIRED, StepFired.message_type())
        kept = counted([(row["run_id"], row["round"], row["step"]) for row in rows])
        published = {envelope.id: envelope.data for envelope in await house.published(StepFired.subject(ORGANIZATION))}
        heard = counted([(data["run_id"], data["round"], data["step"]) for data in published.values()])
    assert len(kept) == 2 * RUNS
    assert set(kept.values()) == {1}, "a step was carried out twice"
    assert heard == kept, "what was carried out is not what was published"
