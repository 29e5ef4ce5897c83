"""The auditor: what was due and not carried out is found in the rows, said once, and the engine is notified again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from notifying_support import DECLARED, Placed

from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_contracts.envelope import open_envelope
from haveri_contracts.escalation.events import StepOverdue, TimerDue
from haveri_devservers.testing.clock import ManualClock
from haveri_escalation.adapters.auditor import LAST_AUDIT, OVERDUE, Auditor
from haveri_escalation.adapters.step_rows import StepRows

NOW = DECLARED + timedelta(minutes=30)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def auditor(database: Database, clock: ManualClock) -> Auditor:
    """On steps of this test alone: it looks across organisations."""
    rows = StepRows(database, Sender("escalation", clock, SystemIds()))
    for late in await rows.late(NOW + timedelta(days=1)):
        async with database.transaction(late.organization) as connection:
            await connection.execute("UPDATE run_steps SET outcome = 'fired'")
    return Auditor(rows, clock)


async def published(placed: Placed, kind: type[Any]) -> list[Any]:
    """What was said to the world of this kind, in the order of saying."""
    async with placed.database.transaction(placed.organization) as connection:
        rows = await connection.fetch("SELECT body FROM outbox ORDER BY position")
    envelopes = [open_envelope(row["body"]) for row in rows]
    return [kind.model_validate(one.data) for one in envelopes if one.type == kind.message_type()]


async def test_a_step_that_was_not_carried_out_is_said_and_the_engine_is_told_again(
    auditor: Auditor, placed: Placed
) -> None:
    due_at = NOW - timedelta(seconds=61)
    await placed.step(2, due_at)
    assert await auditor.look() == 1
    (overdue,), (again,) = await published(placed, StepOverdue), await published(placed, TimerDue)
    assert (overdue.run_id, overdue.step, overdue.due_at, overdue.found_at) == (placed.run, 2, due_at, NOW)
    assert (again.timer, again.generation, again.round, again.step) == ("step", 7, 1, 2)
    assert (OVERDUE._value.get(), LAST_AUDIT._value.get()) == (1, NOW.timestamp())


async def test_it_is_said_once_and_the_engine_is_told_at_every_look(
    auditor: Auditor, placed: Placed, clock: ManualClock
) -> None:
    await placed.step(1, NOW - timedelta(minutes=5))
    for _ in range(3):
        assert await auditor.look() == 1
        clock.advance(timedelta(seconds=30))
    assert Counter({StepOverdue: 1, TimerDue: 3}) == {
        kind: len(await published(placed, kind)) for kind in (StepOverdue, TimerDue)
    }


async def test_two_replicas_that_look_at_once_tell_the_engine_once(
    auditor: Auditor, placed: Placed, database: Database, clock: ManualClock
) -> None:
    await placed.step(1, NOW - timedelta(minutes=5))
    other = Auditor(StepRows(database, Sender("escalation", clock, SystemIds())), clock)
    await auditor.look()
    await other.look()
    assert (len(await published(placed, StepOverdue)), len(await published(placed, TimerDue))) == (1, 1)


async def test_the_last_resort_is_asked_for_by_its_own_timer(auditor: Auditor, placed: Placed) -> None:
    await placed.step(0, NOW - timedelta(minutes=5))
    await auditor.look()
    (again,) = await published(placed, TimerDue)
    assert (again.timer, again.step) == ("exhaustion", 0)


@pytest.mark.parametrize(
    ("late", "outcome", "state"),
    [
        (timedelta(seconds=59), "pending", "running"),
        (timedelta(hours=1), "fired", "running"),
        (timedelta(hours=1), "cancelled", "running"),
        (timedelta(hours=1), "silenced", "silenced"),
        (timedelta(hours=1), "pending", "ended"),
    ],
)
async def test_what_is_not_late_or_not_wanted_raises_no_alarm(
    auditor: Auditor, placed: Placed, late: timedelta, outcome: str, state: str
) -> None:
    await placed.step(1, NOW - late, outcome=outcome, state=state)
    assert await auditor.look() == 0
    assert await published(placed, StepOverdue) == []
    assert OVERDUE._value.get() == 0
