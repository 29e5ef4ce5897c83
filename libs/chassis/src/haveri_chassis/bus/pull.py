"""A pull subscription that always has requests standing at the server.

FastStream drives it through `fetch`, as it drives nats-py's own. That one asks for a batch and then waits until the
batch is full or the time is over, so one is either slow when idle or asks many times a second for nothing. This one
gives what is there at once, and fetches the next messages while the handler still has the last ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from datetime import timedelta
from typing import Any

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError
from nats.js import JetStreamContext

from haveri_chassis.clock import SystemClock
from haveri_chassis.logs import get_logger
from haveri_chassis.periodic import Periodic

# Short: while anybody listens to all subjects, the server thinks that a dead reader's requests are still wanted, and
# a message given to one of them comes again only after `ack_wait`.
EXPIRES_SECONDS = 6
HEARTBEAT_SECONDS = 2
_SILENCE_SECONDS = 2.2 * HEARTBEAT_SECONDS
_PAUSE_SECONDS = 0.5
_ACK_PREFIX = "$JS.ACK."
_PENDING = "Nats-Pending-Messages"

log = get_logger(__name__)


class StandingPull:
    """Messages of one durable consumer, up to `capacity` of them fetched ahead."""

    def __init__(self, client: Client, stream: str, consumer: str, capacity: int, ack_wait: float) -> None:
        self._client = client
        self.consumer = consumer
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._capacity = capacity
        self._inbox = client.new_inbox()
        self._buffer: deque[Msg] = deque()
        self._held: list[Msg] = []
        self._credit = 0
        self._wake = asyncio.Event()
        self._received_at = 0.0
        self._paused_until = 0.0
        self._subscription: Any = None
        self._keeper = Periodic(f"keep-{consumer}", timedelta(seconds=ack_wait / 3), self._keep_held, SystemClock())
        self.problem: str | None = None

    async def open(self) -> None:
        """Start to listen; the first `fetch` asks for messages."""
        self._subscription = await self._client.subscribe(self._inbox, cb=self._receive)
        await self._keeper.start()

    async def fetch(self, batch: int, timeout: float | None = None) -> list[Msg]:
        """Give 1 to `batch` messages, waiting up to `timeout` seconds for the first; raises nats' TimeoutError.

        FastStream tops up an incomplete batch with a second call for less than the capacity: that never waits.
        """
        deadline = time.monotonic() + (EXPIRES_SECONDS if timeout is None else timeout)
        if not self._buffer and batch < self._capacity:
            raise TimeoutError
        if self._client.is_closed:
            # FastStream asks again at once, and would keep the event loop for itself.
            await asyncio.sleep(_PAUSE_SECONDS)
            raise TimeoutError
        while not self._buffer:
            await self._ask()
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            await self._wait(min(remaining, HEARTBEAT_SECONDS if self._credit else _PAUSE_SECONDS))
        taken = [self._buffer.popleft() for _ in range(min(batch, len(self._buffer)))]
        self._hold(taken)
        await self._ask()
        return taken

    def ask_again(self) -> None:
        """Forget the requests that a lost connection took with it."""
        self._credit = 0
        self._paused_until = 0.0
        self._wake.set()

    async def unsubscribe(self) -> None:
        """Stop listening and give back at once what nobody has begun to handle."""
        if self._subscription is not None and not self._client.is_closed:
            await self._subscription.unsubscribe()
        await self._give_back(self._buffer)

    async def close(self) -> None:
        """Give back what handlers did not finish, so that another replica gets it without waiting for `ack_wait`."""
        await self._keeper.stop()
        await self._give_back(self._held)

    async def _give_back(self, messages: deque[Msg] | list[Msg]) -> None:
        for message in messages:
            if not message.is_acked and self._client.is_connected:
                await message.nak()
        messages.clear()

    async def _ask(self) -> None:
        now = time.monotonic()
        if self._credit and now - self._received_at > _SILENCE_SECONDS:
            self._credit = 0
        wanted = self._capacity - len(self._buffer) - self._credit
        if wanted * 2 < self._capacity or now < self._paused_until or not self._client.is_connected:
            return
        self._credit += wanted
        self._received_at = now
        body = {"batch": wanted, "expires": EXPIRES_SECONDS * 10**9, "idle_heartbeat": HEARTBEAT_SECONDS * 10**9}
        await self._client.publish(self._next, orjson.dumps(body), self._inbox)

    async def _wait(self, seconds: float) -> None:
        self._wake.clear()
        loop = asyncio.get_running_loop()
        timer = loop.call_later(seconds, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()

    async def _receive(self, message: Msg) -> None:
        self._received_at = time.monotonic()
        # A status has no reply subject; a header called Status does not make a stored message one.
        if message.reply.startswith(_ACK_PREFIX):
            self._credit = max(0, self._credit - 1)
            self._buffer.append(message)
            self.problem = None
        else:
            self._receive_status(message.headers or {})
        self._wake.set()

    def _receive_status(self, headers: dict[str, str]) -> None:
        status, description = headers.get("Status", ""), headers.get("Description", "")
        if status == "100":
            self.problem = None
            return
        left = headers.get(_PENDING)
        self._credit = max(0, self._credit - int(left)) if left and left.isdigit() else 0
        if status == "408" or description.startswith("Batch Completed"):
            return
        self._paused_until = time.monotonic() + _PAUSE_SECONDS
        if status == "404":
            return
        why = "it is not declared; run `haveri provision`" if status == "503" else f"{status} {description}"
        problem = f"the consumer {self.consumer} gives nothing: {why}"
        if problem != self.problem:
            log.warning("a consumer gives nothing", consumer=self.consumer, status=status, why=why)
        self.problem = problem

    def _hold(self, taken: list[Msg]) -> None:
        if len(self._held) > 2 * self._capacity:
            self._held = [message for message in self._held if not message.is_acked]
        self._held.extend(taken)

    async def _keep_held(self) -> None:
        """Tell the server that we still work on what we have, so that it does not deliver it again meanwhile."""
        self._held = [message for message in self._held if not message.is_acked]
        for message in (*self._held, *self._buffer):
            if self._client.is_connected and not message.is_acked:
                with contextlib.suppress(NatsError, OSError):
                    await message.in_progress()


class StandingPullContext(JetStreamContext):
    """JetStream as FastStream gets it: pull subscriptions are standing ones, and no consumer is ever created."""

    def __init__(self, client: Client, capacities: dict[str, tuple[int, float]]) -> None:
        super().__init__(client)
        self._capacities = capacities
        self.pulls: list[StandingPull] = []

    async def pull_subscribe(  # type: ignore[override]
        self, subject: str, durable: str | None = None, stream: str | None = None, **_: Any
    ) -> StandingPull:
        """Bind to the durable consumer that `haveri provision` has declared."""
        if durable is None or stream is None:
            raise ValueError(f"only declared consumers are read; {subject} names none")
        capacity, ack_wait = self._capacities[durable]
        pull = StandingPull(self._nc, stream, durable, capacity, ack_wait)
        await pull.open()
        self.pulls.append(pull)
        return pull
