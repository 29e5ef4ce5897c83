"""The machine's time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from haveri_chassis.clock import SystemClock


async def test_a_moment_in_the_past_does_not_wait():
    await asyncio.wait_for(SystemClock().wait_until(datetime(2000, 3, 1, 12, tzinfo=UTC)), 1)


async def test_the_systems_clock_waits_as_long_as_it_was_told():
    clock = SystemClock()
    until = clock.now() + timedelta(seconds=0.02)
    await clock.wait_until(until)
    assert clock.now() >= until
    assert clock.now().tzinfo is UTC
