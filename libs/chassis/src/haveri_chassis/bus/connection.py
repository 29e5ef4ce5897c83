"""The one connection of a process to the bus: opened in the background, never given up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from faststream.middlewares import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import APIError, NotFoundError

from haveri_chassis.bus.errors import BusUnavailable
from haveri_chassis.bus.pull import EXPIRES_SECONDS, StandingPullContext
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import CONNECTED
from haveri_contracts.streams import Consumer

_RETRY_SECONDS = 0.25
_PROVISION_RETRY_SECONDS = 0.5
_CLOSE_SECONDS = 2.0
PUBLISH_SECONDS = 5.0
# What nats-py raises while the server is away, restarts, or has no quorum.
LOST: tuple[type[Exception], ...] = (NatsError, OSError, asyncio.TimeoutError)
UNSENT: tuple[type[Exception], ...] = (BusUnavailable, *LOST)

log = get_logger(__name__)

TakeMessages = Callable[[list[Msg]], Awaitable[None]]


class Connection:
    """FastStream's broker and its NATS client; the subscribers are registered before `start`."""

    def __init__(self, url: str, service: str) -> None:
        self._service = service
        self._capacities: dict[str, tuple[int, float]] = {}
        self._consumers: list[Consumer] = []
        self._after_connect: list[Callable[[Client], Awaitable[None]]] = []
        self._after_reconnect: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._context: StandingPullContext | None = None
        self._client: Client | None = None
        self._problem: str | None = "the bus has not been started"
        self._ready = asyncio.Event()
        self.broker = NatsBroker(
            url,
            name=f"haveri-{service}",
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnected,
            reconnected_cb=self._on_reconnected,
            max_reconnect_attempts=-1,
            reconnect_time_wait=_RETRY_SECONDS,  # type: ignore[arg-type]  # seconds, and a fraction works
            connect_timeout=2,
            ping_interval=10,
            max_outstanding_pings=2,
            drain_timeout=2,
            graceful_timeout=8.0,
            ack_policy=AckPolicy.MANUAL,
            apply_types=False,
            logger=None,
        )

    # -- before start ------------------------------------------------------------------------------------------------

    def pull(self, consumer: Consumer, take: TakeMessages, *, batch: int) -> None:
        """Have `take` called with 1 to `batch` messages of a durable consumer, the next call after the last returned.

        Acknowledging is the caller's business: FastStream's own policies reject or redeliver at once.
        """
        self._refuse_when_started()
        batch = min(batch, consumer.max_ack_pending)
        self._consumers.append(consumer)
        self._capacities[consumer.name] = (batch, consumer.ack_wait.total_seconds())
        subscriber = self.broker.subscriber(
            consumer.subjects[0],
            stream=JStream(consumer.stream.name, declare=False),
            durable=consumer.name,
            pull_sub=PullSub(batch_size=batch, timeout=float(EXPIRES_SECONDS), batch=True),
            ack_policy=AckPolicy.MANUAL,
            decoder=_raw,
            no_reply=True,
            include_in_schema=False,
        )
        subscriber(take)

    def listen(
        self, subject: str, take: Callable[[Msg], Awaitable[None]], *, queue: str = "", workers: int = 1
    ) -> None:
        """Have `take` called with each core message on `subject`, up to `workers` at once; one of a `queue` gets it."""
        self._refuse_when_started()
        subscriber = self.broker.subscriber(
            subject,
            queue,
            max_workers=workers,
            decoder=_raw,
            no_reply=True,
            include_in_schema=False,
        )
        subscriber(take)

    def after_connect(self, hook: Callable[[Client], Awaitable[None]]) -> None:
        """Have `hook` called once when the first connection stands."""
        self._after_connect.append(hook)

    def after_reconnect(self, hook: Callable[[], None]) -> None:
        """Have `hook` called whenever a lost connection is back: what was published meanwhile was not heard."""
        self._after_reconnect.append(hook)

    # -- life --------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to connect; returns at once, whether or not the bus is there."""
        self._problem = "NATS is not connected yet"
        CONNECTED.labels(self._service).set(0)
        self._task = asyncio.create_task(self._open(), name="bus-connection")

    async def stop_subscribers(self) -> None:
        """Take no more messages; FastStream waits for the handlers that run."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        results = await asyncio.gather(*(sub.stop() for sub in self.broker.subscribers), return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, LOST):
                log.warning("a subscriber did not stop cleanly", error=repr(result))

    async def close(self) -> None:
        """Send what is still to be sent and close."""
        self._problem = "the bus has been stopped"
        self._ready.clear()
        client, self._client = self._client, None
        if client is None:
            return
        with contextlib.suppress(*LOST):
            await asyncio.wait_for(self.broker.stop(), _CLOSE_SECONDS)
        if not client.is_closed:
            with contextlib.suppress(*LOST):
                await asyncio.wait_for(client.close(), _CLOSE_SECONDS)
        CONNECTED.labels(self._service).set(0)

    async def wait_ready(self) -> None:
        """Return when connected and subscribed."""
        await self._ready.wait()

    def problem(self) -> str | None:
        """What keeps the bus from working, None when it works."""
        if self._problem:
            return self._problem
        if self._client is None or not self._client.is_connected:
            return "NATS is not connected"
        pulls = self._context.pulls if self._context else []
        return next((pull.problem for pull in pulls if pull.problem), None)

    @property
    def client(self) -> Client:
        """The connected NATS client; raises BusUnavailable at once when there is none."""
        if self._client is None or not self._client.is_connected:
            raise BusUnavailable(self.problem() or "NATS is not connected")
        return self._client

    @property
    def jetstream(self) -> StandingPullContext:
        """JetStream on the connected client; raises BusUnavailable at once when there is none."""
        if self._context is None or not self.client.is_connected:
            raise BusUnavailable("NATS is not connected")
        return self._context

    async def publish_durable(
        self, subject: str, body: bytes, message_id: str, headers: Mapping[str, str] | None = None
    ) -> bool:
        """Store a message in its stream; give False when the stream had that id already.

        Raises BusUnavailable when nothing confirmed it in time: it may be stored or not, the id makes a repeat safe.
        """
        try:
            ack = await self.jetstream.publish(
                subject, body, timeout=PUBLISH_SECONDS, headers={**(headers or {}), "Nats-Msg-Id": message_id}
            )
        except LOST as error:
            raise BusUnavailable(f"{subject} could not be stored: {_words(error)}") from error
        return not ack.duplicate

    async def _open(self) -> None:
        client = await self._connect()
        self._context = StandingPullContext(client, self._capacities)
        # FastStream's seam for the driver: its subscribers take JetStream from here.
        self.broker.config.broker_config.connection_state.connect(client, self._context)
        self._client = client
        for hook in self._after_connect:
            await self._until_done(lambda hook=hook: hook(client))  # type: ignore[misc]
        for consumer in self._consumers:
            await self._until_done(lambda consumer=consumer: self._require(consumer))  # type: ignore[misc]
        await self._until_done(self.broker.start)
        self._problem = None
        self._ready.set()
        CONNECTED.labels(self._service).set(1)
        log.info("the bus is connected", consumers=[consumer.name for consumer in self._consumers])

    async def _connect(self) -> Client:
        while True:
            try:
                # While nobody listens this waits inside nats-py; it raises only when it is refused.
                return await self.broker.connect()
            except LOST as error:
                self._say(f"NATS refuses the connection: {_words(error)}")
                await asyncio.sleep(4 * _RETRY_SECONDS)

    async def _until_done(self, step: Callable[[], Awaitable[Any]]) -> None:
        while True:
            try:
                await step()
            except NotFoundError as error:
                self._say(f"the bus is not provisioned: {error.description}; run `haveri provision`")
            except LOST as error:
                self._say(f"NATS does not answer: {_words(error)}")
            else:
                return
            await asyncio.sleep(_PROVISION_RETRY_SECONDS)

    async def _require(self, consumer: Consumer) -> None:
        try:
            await self.jetstream.consumer_info(consumer.stream.name, consumer.name)
        except NotFoundError as error:
            missing = f"consumer {consumer.name} of stream {consumer.stream.name} is missing"
            raise NotFoundError(code=error.code, description=missing) from None

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            log.warning("the bus is not ready", problem=problem)
        self._problem = problem

    async def _on_error(self, error: Exception) -> None:
        # nats-py reports here, and nowhere else, a forbidden publish and every failed attempt to connect.
        if isinstance(error, OSError) or self._client is None:
            self._say(f"NATS cannot be reached: {_words(error)}") if self._client is None else None
            return
        log.error("the bus reports an error", error=_words(error))

    async def _on_disconnected(self) -> None:
        if self._client is not None:
            CONNECTED.labels(self._service).set(0)
            log.warning("the bus is disconnected")

    async def _on_reconnected(self) -> None:
        CONNECTED.labels(self._service).set(1)
        log.info("the bus is connected again")
        if self._context:
            for pull in self._context.pulls:
                pull.ask_again()
        for hook in self._after_reconnect:
            hook()

    def _refuse_when_started(self) -> None:
        if self._task is not None:
            raise RuntimeError("subscribers are registered before the bus is started")


async def _raw(message: Any) -> Any:
    """FastStream's decoder: we open envelopes ourselves, in one place."""
    return message.raw_message


def _words(error: Exception) -> str:
    if isinstance(error, APIError):
        return error.description or str(error)
    return str(error) or type(error).__name__
