"""When the dead-man's switch says that the engine does not live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from haveri_escalation.domain.heartbeat import judged

NOW = datetime(2026, 11, 23, 3, 14, tzinfo=UTC)


def test_a_fresh_beat_and_no_late_step_is_life() -> None:
    found = judged(NOW - timedelta(seconds=60), 0, NOW)
    assert (found.alive, found.reason) == (True, "")


def test_a_beat_older_than_a_minute_is_none() -> None:
    found = judged(NOW - timedelta(seconds=61), 0, NOW)
    assert (found.alive, found.reason) == (False, "the last beat came through 61 s ago")


def test_an_engine_that_never_beat_does_not_live() -> None:
    assert judged(None, 0, NOW).reason == "no beat has come through yet"


def test_an_engine_that_beats_and_leaves_steps_undone_does_not_live() -> None:
    assert judged(NOW, 1, NOW).reason == "1 step is overdue"
    assert judged(NOW, 3, NOW).reason == "3 steps are overdue"
