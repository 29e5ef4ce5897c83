"""The platform's limits are kept, in order, and what it asks to have later is sent later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haveri_chat.delivery import Delivery
from haveri_chat.delivery.pacing import Pacer, Urgency, Window
from haveri_chat.delivery.retry import RetryPolicy
from haveri_chat.ports import PlatformRefused, PlatformUnavailable

PER_CONVERSATION = (Window(7, 1.0), Window(8, 2.0), Window(60, 30.0))
PER_APP = (Window(30, 1.0),)


def drain(pacer: Pacer[int], at: float = 0.0) -> list[tuple[float, str, int]]:
    """Send everything as early as allowed; each send takes no time."""
    sent: list[tuple[float, str, int]] = []
    while True:
        due = pacer.take(at)
        for conversation, item in due:
            sent.append((at, conversation, item))
            pacer.done(conversation, at)
        if due:
            continue
        following = pacer.next_at(at)
        if following is None:
            return sent
        assert following > at
        at = following


def most_in(times: list[float], window: Window) -> int:
    return max((sum(1 for time in times if start <= time < start + window.seconds) for start in times), default=0)


@settings(deadline=None)
@given(
    puts=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([Urgency.SOON, Urgency.ORDINARY])), max_size=90),
    later=st.lists(st.tuples(st.floats(0, 5), st.sampled_from("abc")), max_size=20),
)
def test_no_window_is_ever_exceeded_and_order_is_kept(
    puts: list[tuple[str, Urgency]], later: list[tuple[float, str]]
) -> None:
    pacer: Pacer[int] = Pacer(per_conversation=PER_CONVERSATION, per_app=PER_APP)
    for number, (conversation, urgency) in enumerate(puts):
        pacer.put(conversation, number, urgency=urgency)
    sent = drain(pacer)
    end = sent[-1][0] if sent else 0.0
    for number, (pause, conversation) in enumerate(sorted(later), start=1000):
        pacer.put(conversation, number)
        sent += drain(pacer, end + pause)
        end = max(end + pause, sent[-1][0])
    assert len(sent) == len(puts) + len(later)
    for window in PER_APP:
        assert most_in([time for time, _, _ in sent], window) <= window.count
    for name in "abc":
        times = [time for time, conversation, _ in sent if conversation == name]
        for window in PER_CONVERSATION:
            assert most_in(times, window) <= window.count
        numbers = [item for _, conversation, item in sent if conversation == name]
        assert numbers == sorted(numbers)


def test_the_first_seven_go_at_once_and_no_sooner_than_allowed() -> None:
    pacer: Pacer[int] = Pacer(per_conversation=PER_CONVERSATION, per_app=PER_APP)
    for number in range(9):
        pacer.put("a", number)
    assert [time for time, _, _ in drain(pacer)] == [0.0] * 7 + [1.0, 2.0]


def test_an_urgent_first_post_goes_before_other_conversations_when_the_app_is_at_its_limit() -> None:
    pacer: Pacer[int] = Pacer(per_conversation=(), per_app=(Window(1, 1.0),))
    for number in range(3):
        pacer.put(f"chatter-{number}", number)
    pacer.put("new incident", 99, urgency=Urgency.SOON)
    assert [item for _, _, item in drain(pacer)] == [99, 0, 1, 2]


def test_a_call_goes_before_everything_and_calls_keep_their_order() -> None:
    pacer: Pacer[int] = Pacer(per_conversation=(Window(1, 1.0),), per_app=(Window(1, 1.0),))
    pacer.put("new incident", 0, urgency=Urgency.SOON)
    for number in (1, 2):
        pacer.put("Anna's chat", number)
    for number in (3, 4):
        pacer.put("Anna's chat", number, urgency=Urgency.CALL)
    assert [item for _, _, item in drain(pacer)] == [3, 4, 0, 1, 2]


def test_a_waiting_update_is_replaced_by_the_newer_one_in_its_place() -> None:
    pacer: Pacer[int] = Pacer(per_conversation=(Window(1, 1.0),), per_app=())
    pacer.put("a", 0)
    assert pacer.put("a", 1, replaces="card") is None
    pacer.put("a", 2)
    assert pacer.put("a", 3, replaces="card") == 1
    assert pacer.put("b", 4, replaces="card") is None
    assert [item for _, conversation, item in drain(pacer) if conversation == "a"] == [0, 3, 2]


def test_conversations_that_are_over_are_forgotten() -> None:
    pacer: Pacer[int] = Pacer(per_conversation=(Window(1, 1.0),), per_app=())
    for number in range(600):
        pacer.put(f"c{number}", number)
        drain(pacer, float(number))
    assert len(pacer._lanes) <= 502


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
def test_an_update_is_tried_again_after_each_answer_that_means_later(status: int) -> None:
    policy = RetryPolicy()
    assert policy.delay(1, status=status, retry_after=None, jitter=0.0, repeatable=True) == 0.25
    assert policy.delay(5, status=status, retry_after=None, jitter=0.0, repeatable=True) is None


@pytest.mark.parametrize(
    ("status", "again"), [(412, True), (429, True), (502, False), (503, False), (504, False), (None, False)]
)
def test_a_post_is_only_repeated_when_it_surely_had_no_effect(status: int | None, again: bool) -> None:
    delay = RetryPolicy().delay(1, status=status, retry_after=None, jitter=0.5, repeatable=False)
    assert (delay is not None) == again


@given(
    attempt=st.integers(1, 10),
    retry_after=st.one_of(st.none(), st.floats(0, 300)),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_a_named_wait_is_never_cut_short_and_none_is_longer_than_patience(
    attempt: int, retry_after: float | None, jitter: float
) -> None:
    policy = RetryPolicy()
    delay = policy.delay(attempt, status=429, retry_after=retry_after, jitter=jitter, repeatable=False)
    if delay is not None:
        assert (retry_after or 0.0) <= delay <= max(policy.cap, policy.patience) + 1.0


class Clock:
    """A clock that runs as fast as somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


class StoppedClock(Clock):
    """A clock whose time never comes."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


def delivering(clock: Clock, **limits: tuple[Window, ...]) -> Delivery:
    windows = {"per_conversation": PER_CONVERSATION, "per_app": PER_APP} | limits
    return Delivery(RetryPolicy(), **windows, now=lambda: clock.now, sleep=clock.sleep, jitter=lambda: 0.0)


def answering(
    clock: Clock, log: list[tuple[float, str]], name: str, *failures: Exception
) -> Callable[[], Awaitable[str]]:
    left = list(failures)

    async def call() -> str:
        log.append((clock.now, name))
        await asyncio.sleep(0)
        if left:
            raise left.pop(0)
        return name

    return call


async def test_what_is_sent_comes_back_with_the_platforms_answer() -> None:
    clock, log = Clock(), list[tuple[float, str]]()
    delivery = delivering(clock)
    results = await asyncio.gather(*(delivery.send("a", answering(clock, log, str(number))) for number in range(20)))
    assert results == [str(number) for number in range(20)]
    assert [name for _, name in log] == results
    for window in PER_CONVERSATION:
        assert most_in([time for time, _ in log], window) <= window.count


async def test_a_throttled_call_is_repeated_after_the_named_time_and_keeps_its_turn() -> None:
    clock, log = Clock(), list[tuple[float, str]]()
    delivery = delivering(clock)
    busy = PlatformUnavailable("slow down", retry_after=3.0, status=429)
    results = await asyncio.gather(
        delivery.send("a", answering(clock, log, "first", busy)), delivery.send("a", answering(clock, log, "second"))
    )
    assert list(results) == ["first", "second"]
    assert log == [(0.0, "first"), (3.0, "first"), (3.0, "second")]


async def test_a_slow_conversation_does_not_hold_up_another() -> None:
    clock, log = Clock(), list[tuple[float, str]]()
    delivery = delivering(clock)
    busy = PlatformUnavailable("slow down", retry_after=30.0, status=429)
    slow = asyncio.create_task(delivery.send("a", answering(clock, log, "slow", busy)))
    assert await delivery.send("b", answering(clock, log, "quick")) == "quick"
    assert not slow.done()
    assert await slow == "slow"


async def test_an_unanswered_post_is_given_back_and_a_refusal_too() -> None:
    clock, log = Clock(), list[tuple[float, str]]()
    delivery = delivering(clock)
    with pytest.raises(PlatformUnavailable):
        await delivery.send("a", answering(clock, log, "post", PlatformUnavailable("gone", status=502)))
    with pytest.raises(PlatformRefused):
        await delivery.send("a", answering(clock, log, "post", PlatformRefused("no", status=403)))
    assert len(log) == 2
    assert await delivery.send("a", answering(clock, log, "next")) == "next"


async def test_a_newer_update_of_the_same_card_takes_the_place_of_a_waiting_one() -> None:
    clock, log = Clock(), list[tuple[float, str]]()
    delivery = delivering(clock, per_conversation=(Window(1, 1.0),))
    results = await asyncio.gather(
        delivery.send("a", answering(clock, log, "post")),
        *(
            delivery.send("a", answering(clock, log, f"v{number}"), replaces="card", repeatable=True)
            for number in (2, 3, 4)
        ),
    )
    assert [name for _, name in log] == ["post", "v4"]
    assert results == ["post", "v4", "v4", "v4"]


async def test_closing_ends_what_still_waits() -> None:
    clock, log = StoppedClock(), list[tuple[float, str]]()
    delivery = delivering(clock, per_conversation=(Window(1, 60.0),))
    await delivery.send("a", answering(clock, log, "sent"))
    waiting = asyncio.create_task(delivery.send("a", answering(clock, log, "waits")))
    await asyncio.sleep(0)
    await delivery.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert [name for _, name in log] == ["sent"]


async def test_a_call_that_was_cancelled_does_not_block_the_next() -> None:
    clock, log = Clock(), list[tuple[float, str]]()
    delivery = delivering(clock)

    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await delivery.send("a", cancelled)
    assert await delivery.send("a", answering(clock, log, "next")) == "next"


def test_each_incident_reaches_somebody_at_once_when_hundreds_call_the_same_crew() -> None:
    windows = (Window(7, 1.0), Window(8, 2.0), Window(60, 30.0, reserved=30))
    pacer: Pacer[tuple[int, float]] = Pacer(per_conversation=windows, per_app=(Window(45, 1.0),))
    crew = [f"chat {number}" for number in range(4)]
    waited: dict[int, float] = {}
    at, incidents = 0.0, [(0.3 * number, number) for number in range(200)]
    while incidents or len(waited) < 200:
        while incidents and incidents[0][0] <= at:
            declared, number = incidents.pop(0)
            for chat in crew:
                pacer.put(chat, (number, declared), urgency=Urgency.CALL, about=str(number))
                pacer.put(chat, (-1, declared))
        for conversation, (number, declared) in pacer.take(at):
            pacer.done(conversation, at)
            if number >= 0:
                waited.setdefault(number, at - declared)
        at += 0.05
    assert sorted(waited.values())[int(0.99 * len(waited))] < 2.0


def test_what_is_reserved_for_first_calls_binds_only_where_people_are_called() -> None:
    pacer: Pacer[int] = Pacer(per_conversation=(Window(4, 10.0, reserved=2),), per_app=())
    for number in range(4):
        pacer.put("channel", number)
        pacer.put("chat", number, urgency=Urgency.CALL, about="the same")
    sent = drain(pacer)
    assert [time for time, conversation, _ in sent if conversation == "channel"] == [0.0] * 4
    assert [time for time, conversation, _ in sent if conversation == "chat"] == [0.0, 0.0, 10.0, 10.0]
