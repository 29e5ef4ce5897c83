"""How fast a bot may be: measured by a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from haveri_teams_tenant.clock import Clock
from haveri_teams_tenant.connector.limits import PER_THREAD, Limits


class HandClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


def test_the_eighth_message_within_a_second_waits_and_then_passes() -> None:
    clock = HandClock()
    limits = Limits(clock)
    assert [limits.wait_for_thread("a", "c") for _ in range(8)] == [None] * 7 + [1]
    clock.seconds += 1.0
    assert limits.wait_for_thread("a", "c") is None
    assert limits.wait_for_thread("a", "c") == 1, "eight within two seconds"


def test_conversations_and_apps_do_not_share_their_limits() -> None:
    limits = Limits(HandClock())
    for _ in range(7):
        limits.wait_for_thread("a", "c")
    assert limits.wait_for_thread("a", "d") is None
    assert limits.wait_for_thread("b", "c") is None
    assert [limits.wait_for_app("a", "t") for _ in range(51)] == [None] * 50 + [1]


def test_graph_counts_apart_from_the_connector_and_reads_apart_from_writes() -> None:
    limits = Limits(HandClock())
    for _ in range(50):
        limits.wait_for_app("a", "t")
    assert [limits.wait_for_graph("a", "t", writes=True) for _ in range(31)] == [None] * 30 + [1]
    assert [limits.wait_for_graph("a", "t", writes=False) for _ in range(61)] == [None] * 60 + [1]


@given(st.lists(st.floats(min_value=0, max_value=3), max_size=120))
@settings(deadline=None)
def test_no_window_ever_lets_more_through_than_it_may(pauses: list[float]) -> None:
    clock = HandClock()
    limits = Limits(clock)
    passed: list[float] = []
    for pause in pauses:
        clock.seconds += pause
        if limits.wait_for_thread("a", "c") is None:
            passed.append(clock.seconds)
    for count, seconds in PER_THREAD:
        assert all(len([t for t in passed if end - seconds < t <= end]) <= count for end in passed)


@given(st.lists(st.floats(min_value=0, max_value=0.3), min_size=10, max_size=60))
@settings(deadline=None)
def test_who_waits_as_long_as_told_is_let_through(pauses: list[float]) -> None:
    clock = HandClock()
    limits = Limits(clock)
    for pause in pauses:
        clock.seconds += pause
        while (wait := limits.wait_for_thread("a", "c")) is not None:
            clock.seconds += wait
            assert wait <= 3600
