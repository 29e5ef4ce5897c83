"""How long a failed message waits."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from haveri_chassis.bus.delivery import delay_after
from haveri_contracts.streams import EVENTS, Consumer

Delays = st.lists(st.integers(1, 3600), min_size=1, max_size=15).map(sorted)


def consumer(seconds: list[int]) -> Consumer:
    """A consumer with these delays."""
    delays = tuple(timedelta(seconds=one) for one in seconds)
    return Consumer("sample", "reader", EVENTS, ("haveri.*.event.>",), "Reads.", retry_after=delays)


@given(seconds=Delays, deliveries=st.integers(1, 40))
def test_a_message_waits_the_consumers_delay_for_its_delivery(seconds: list[int], deliveries: int) -> None:
    """The first failure the first delay, and at the end the last one again."""
    assert delay_after(consumer(seconds), deliveries) == seconds[min(deliveries, len(seconds)) - 1]


@given(seconds=Delays)
def test_delays_never_shrink_and_never_vanish(seconds: list[int]) -> None:
    """A nack without a delay comes back at once, forty times a second."""
    delays = [delay_after(consumer(seconds), deliveries) for deliveries in range(1, 40)]

    assert delays == sorted(delays)
    assert min(delays) > 0


def test_every_delay_is_used_before_a_message_dies() -> None:
    """One delivery more than there are delays."""
    reader = consumer([1, 5, 30])

    assert reader.max_deliver == 4
    assert [delay_after(reader, deliveries) for deliveries in range(1, reader.max_deliver)] == [1, 5, 30]
