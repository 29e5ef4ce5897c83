"""Who may send when: limits per conversation and for the whole app, first in first out within a conversation.

A call to somebody is the exception: it waits for nothing but other calls.

Pure: it is told the time (seconds of any monotonic clock) and never waits. `delivery.py` drives it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")
_LANES_KEPT = 500
_TOPICS_KEPT = 2000


class Urgency(IntEnum):
    """What goes first when not everything may go at once."""

    FIRST_CALL = 0
    """Nobody was called yet for what this is about: before everything else. Given by the pacer itself."""
    CALL = 1
    """Somebody is called: before everything but first calls, also what waits in the same conversation."""
    SOON = 2
    """Somebody looks at it: before other conversations' ordinary sends."""
    ORDINARY = 3


@dataclass(frozen=True)
class Window:
    """At most `count` sends in any `seconds`.

    In a conversation in which people are called, `reserved` of them are for first calls only, so that many incidents
    at once do not keep each other from being heard of.
    """

    count: int
    seconds: float
    reserved: int = 0


class Meter:
    """The sends that still count against some windows."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._windows = tuple(windows)
        self._sent: deque[float] = deque(maxlen=max((window.count for window in windows), default=0))

    def ready_at(self, at: float, *, sparing: bool = False) -> float:
        """The first moment, `at` or later, at which one more send exceeds no window; `sparing` what is reserved."""
        ready = at
        for window in self._windows:
            count = window.count - window.reserved if sparing else window.count
            if len(self._sent) >= count:
                ready = max(ready, self._sent[-count] + window.seconds)
        return ready

    def count(self, at: float) -> None:
        """One was sent."""
        self._sent.append(at)

    def idle_at(self, at: float) -> bool:
        """True when nothing sent so far can matter any more."""
        longest = max((window.seconds for window in self._windows), default=0.0)
        return not self._sent or self._sent[-1] + longest <= at


@dataclass
class _Waiting(Generic[T]):
    item: T
    number: int
    urgency: Urgency
    replaces: str | None
    about: str | None

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in its conversation: calls before the rest, everything else as it came."""
        return min(self.urgency, Urgency.SOON), self.number


@dataclass
class _Lane(Generic[T]):
    meter: Meter
    queue: deque[_Waiting[T]] = field(default_factory=deque)
    sending: _Waiting[T] | None = None
    held_until: float = 0.0

    has_calls: bool = False

    def add(self, waiting: _Waiting[T]) -> None:
        """Queue it in its place."""
        self.queue.append(waiting)
        if waiting.urgency <= Urgency.CALL:
            self.has_calls = True
            self.put_in_order()

    def put_in_order(self) -> None:
        """Everything in its place again."""
        self.queue = deque(sorted(self.queue, key=lambda waiting: waiting.place))

    def ready_at(self, at: float) -> float:
        sparing = self.has_calls and self.queue[0].urgency is not Urgency.FIRST_CALL
        return max(self.held_until, self.meter.ready_at(at, sparing=sparing))


class Pacer(Generic[T]):
    """Queues for any number of conversations of one app; one item of a conversation is under way at a time."""

    def __init__(self, *, per_conversation: Sequence[Window], per_app: Sequence[Window]) -> None:
        self._windows = tuple(per_conversation)
        self._app = Meter(per_app)
        self._lanes: dict[str, _Lane[T]] = {}
        self._waiting: set[str] = set()
        self._forget_at = _LANES_KEPT
        self._number = 0
        self._called_about: dict[str, None] = {}
        self._first_calls: dict[str, set[str]] = {}

    def put(
        self,
        conversation: str,
        item: T,
        *,
        urgency: Urgency = Urgency.ORDINARY,
        replaces: str | None = None,
        about: str | None = None,
    ) -> T | None:
        """Queue an item. One that waits with the same `replaces` gives up its place to it and is returned.

        More urgent items go before those of other conversations when the app's limit is short; only calls go before
        earlier ones of their own conversation. Of several calls `about` the same, in whichever conversations, the one
        that can be sent first is a first call, and the others are not from then on.
        """
        lane = self._lanes.setdefault(conversation, _Lane(Meter(self._windows)))
        for waiting in lane.queue:
            if replaces is not None and waiting.replaces == replaces:
                earlier, waiting.item = waiting.item, item
                waiting.urgency = min(waiting.urgency, urgency)
                return earlier
        self._number += 1
        if urgency is Urgency.CALL and about is not None and about not in self._called_about:
            urgency = Urgency.FIRST_CALL
            self._first_calls.setdefault(about, set()).add(conversation)
        lane.add(_Waiting(item, self._number, urgency, replaces, about))
        if lane.sending is None:
            self._waiting.add(conversation)
        return None

    def take(self, at: float) -> list[tuple[str, T]]:
        """What may be sent at this moment, counted as sent; each has to be reported `done` or `again`."""
        due: list[tuple[str, T]] = []
        while self._app.ready_at(at) <= at and (conversation := self._next(at)) is not None:
            lane = self._lanes[conversation]
            lane.sending = lane.queue.popleft()
            self._waiting.discard(conversation)
            lane.meter.count(at)
            self._app.count(at)
            due.append((conversation, lane.sending.item))
            if lane.sending.urgency is Urgency.FIRST_CALL and lane.sending.about is not None:
                self._called(lane.sending.about)
        return due

    def _next(self, at: float) -> str | None:
        """The conversation whose turn it is."""
        ready = (
            (lane.queue[0].urgency, lane.queue[0].number, conversation)
            for conversation, lane in self._waiting_lanes()
            if lane.ready_at(at) <= at
        )
        return min(ready, default=(0, 0, None))[2]

    def _called(self, about: str) -> None:
        """Somebody is being called about this: what else waits about it is no first call any more."""
        self._called_about[about] = None
        if len(self._called_about) > _TOPICS_KEPT:
            del self._called_about[next(iter(self._called_about))]
        for conversation in self._first_calls.pop(about, ()):
            lane = self._lanes.get(conversation)
            for waiting in lane.queue if lane is not None else ():
                if waiting.about == about and waiting.urgency is Urgency.FIRST_CALL:
                    waiting.urgency = Urgency.CALL
            if lane is not None:
                lane.put_in_order()

    def done(self, conversation: str, at: float) -> None:
        """What was under way in the conversation is over, well or badly."""
        lane = self._lanes[conversation]
        lane.sending = None
        if lane.queue:
            self._waiting.add(conversation)
        if len(self._lanes) > self._forget_at:
            self._forget_idle(at)

    def again(self, conversation: str, not_before: float) -> None:
        """What was under way has to be sent once more, before anything else of the conversation."""
        lane = self._lanes[conversation]
        if lane.sending is not None:
            lane.queue.appendleft(lane.sending)
        lane.sending = None
        if lane.queue:
            self._waiting.add(conversation)
        lane.held_until = max(lane.held_until, not_before)

    def next_at(self, at: float) -> float | None:
        """When `take` is worth calling next, None when nothing waits that time alone will free."""
        moments = [lane.ready_at(at) for _, lane in self._waiting_lanes()]
        return max(min(moments), self._app.ready_at(at)) if moments else None

    def _waiting_lanes(self) -> list[tuple[str, _Lane[T]]]:
        return [(name, self._lanes[name]) for name in self._waiting]

    def _forget_idle(self, at: float) -> None:
        for name, lane in list(self._lanes.items()):
            if not lane.queue and lane.sending is None and lane.held_until <= at and lane.meter.idle_at(at):
                del self._lanes[name]
        # A conversation counts for an hour: looking at all of them after each send would cost more than sending.
        self._forget_at = max(_LANES_KEPT, 2 * len(self._lanes))
