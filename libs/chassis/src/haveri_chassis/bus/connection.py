"""The one connection of a process to the bus: opened in the background, never given up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from faststream.middlewares import AckPolicy
from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import UnexpectedEOF
from nats.js.errors import APIError, NotFoundError

from haveri_chassis.bus.errors import BusUnavailable
from haveri_chassis.bus.pull import StandingPull, StandingPullContext
from haveri_chassis.logs import get_logger
from haveri_chassis.messages import MessageTooLarge
from haveri_chassis.metrics import CONNECTED
from haveri_chassis.tasks import cancel
from haveri_contracts.streams import Consumer

_RETRY_SECONDS = 0.25
_PROVISION_RETRY_SECONDS = 0.5
_CLOSE_SECONDS = 1.0
GRACEFUL_SECONDS = 3.0
PUBLISH_SECONDS = 5.0
_HEADERS_BYTES = 4096
# What nats-py raises while the server is away, restarts, or has no quorum.
LOST: tuple[type[Exception], ...] = (NatsError, OSError, asyncio.TimeoutError)
UNSENT: tuple[type[Exception], ...] = (BusUnavailable, *LOST)

log = get_logger(__name__)


class Connection:
    """FastStream's broker and its NATS client. Subscribers are registered before `start`."""

    def __init__(self, url: str, service: str) -> None:
        self._service = service
        self._consumers: list[Consumer] = []
        self._capacities: dict[str, tuple[int, float]] = {}
        self._after_connect: list[Callable[[Client], Awaitable[None]]] = []
        self._after_reconnect: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._context: StandingPullContext | None = None
        self._client: Client | None = None
        self._problem: str | None = "the bus has not been started"
        self._ready = asyncio.Event()
        self._limits: set[asyncio.Timeout] = set()
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
            drain_timeout=1,
            graceful_timeout=GRACEFUL_SECONDS,
            ack_policy=AckPolicy.MANUAL,
            apply_types=False,
            logger=None,
        )

    def expect(self, consumer: Consumer, capacity: int) -> None:
        """Announce a durable consumer that FastStream will read, fetching up to `capacity` messages ahead."""
        self.refuse_when_started()
        self._consumers.append(consumer)
        self._capacities[consumer.name] = (capacity, consumer.ack_wait.total_seconds())

    def after_connect(self, hook: Callable[[Client], Awaitable[None]]) -> None:
        """Have `hook` called once when the first connection stands."""
        self.refuse_when_started()
        self._after_connect.append(hook)

    def after_reconnect(self, hook: Callable[[], None]) -> None:
        """Have `hook` called whenever a lost connection is back: what was published meanwhile was not received."""
        self._after_reconnect.append(hook)

    def refuse_when_started(self) -> None:
        """Raise RuntimeError after `start`."""
        if self._task is not None:
            raise RuntimeError("subscribers are registered before the bus is started")

    async def start(self) -> None:
        """Begin to connect; returns at once, whether or not the bus is there."""
        self._problem = "NATS is not connected yet"
        CONNECTED.labels(self._service).set(0)
        self._task = asyncio.create_task(self._open(), name="bus-connection")

    async def stop_subscribers(self) -> None:
        """Take no more messages; FastStream waits a moment for the handlers that it called."""
        await cancel(self._task)
        results = await asyncio.gather(*(sub.stop() for sub in self.broker.subscribers), return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, LOST):
                log.warning("a subscriber did not stop cleanly", error=repr(result))

    async def close(self) -> None:
        """Give back what was not finished, send what is still to be sent, and close."""
        self._problem = "the bus has been stopped"
        self._ready.clear()
        client, self._client = self._client, None
        if client is None:
            return
        for pull in self._pulls():
            with contextlib.suppress(*LOST):
                await pull.close()
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
        return next((pull.problem for pull in self._pulls() if pull.problem), None)

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

        Raises BusUnavailable when nothing confirmed it in time (it may be stored or not, the id makes a repeat safe)
        and MessageTooLarge when it never will be.
        """
        jetstream = self.jetstream
        if len(body) > self.client.max_payload - _HEADERS_BYTES:
            raise MessageTooLarge(f"{len(body)} bytes on {subject}")
        stamped = {**(headers or {}), "Nats-Msg-Id": message_id}
        try:
            async with self.while_connected(PUBLISH_SECONDS):
                ack = await jetstream.publish(subject, body, timeout=PUBLISH_SECONDS, headers=stamped)
        except LOST as error:
            raise BusUnavailable(f"{subject} could not be stored: {words(error)}") from error
        return not ack.duplicate

    @contextlib.asynccontextmanager
    async def while_connected(self, seconds: float) -> AsyncIterator[None]:
        """Give the block at most `seconds`, and end it at once when the connection is lost; raises TimeoutError."""
        async with asyncio.timeout(seconds) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    async def publish_soon(self, subject: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Publish now or, while a lost connection is being restored, right afterwards; raises what UNSENT names."""
        if self._client is None:
            raise BusUnavailable(self.problem() or "NATS is not connected")
        await self._client.publish(subject, body, headers=dict(headers))

    async def _open(self) -> None:
        client = await self._connect()
        self._context = StandingPullContext(client, self._capacities)
        # FastStream's seam for the driver: its subscribers take JetStream from here.
        self.broker.config.broker_config.connection_state.connect(client, self._context)
        # FastStream's own callback raises what it thinks is final ("maximum connections exceeded", "stale connection")
        # into nats-py's reconnecting task, and ends it: from now on we would never be connected again.
        client._error_cb = self._on_error
        self._client = client
        for hook in self._after_connect:
            await self._until_done(hook, client)
        for consumer in self._consumers:
            await self._until_done(self._require, consumer)
        await self._until_done(self.broker.start)
        # The server knows our subscriptions only when it has answered once more.
        await self._until_done(client.flush)
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
                self._say(f"NATS refuses the connection: {words(error)}")
                await asyncio.sleep(4 * _RETRY_SECONDS)

    async def _until_done(self, step: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
        while True:
            try:
                await step(*arguments)
            except NotFoundError as error:
                self._say(f"the bus is not provisioned: {error.description}; run `haveri provision`")
            except UNSENT as error:
                self._say(f"NATS does not answer: {words(error)}")
            else:
                return
            await asyncio.sleep(_PROVISION_RETRY_SECONDS)

    async def _require(self, consumer: Consumer) -> None:
        try:
            await self.jetstream.consumer_info(consumer.stream.name, consumer.name)
        except NotFoundError as error:
            missing = f"consumer {consumer.name} of stream {consumer.stream.name} is missing"
            raise NotFoundError(code=error.code, description=missing) from None

    def _pulls(self) -> Sequence[StandingPull]:
        return self._context.pulls if self._context else ()

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            log.warning("the bus is not ready", problem=problem)
        self._problem = problem

    async def _on_error(self, error: Exception) -> None:
        # nats-py reports here, and nowhere else, a forbidden publish and every failed attempt to connect.
        if self._client is None:
            self._say(f"NATS cannot be reached: {words(error)}")
        elif self._client.is_connected and not isinstance(error, UnexpectedEOF):
            log.error("the bus reports an error", error=words(error))
        else:
            log.debug("the bus is still away", error=words(error))

    async def _on_disconnected(self) -> None:
        if self._client is not None:
            CONNECTED.labels(self._service).set(0)
            log.warning("the bus is disconnected")
            for limit in self._limits:
                # Their answers went to the lost connection.
                limit.reschedule(asyncio.get_running_loop().time())

    async def _on_reconnected(self) -> None:
        CONNECTED.labels(self._service).set(1)
        log.info("the bus is connected again")
        for pull in self._pulls():
            pull.ask_again()
        for hook in self._after_reconnect:
            hook()


def words(error: Exception) -> str:
    """An error in words, for logs and problems."""
    if isinstance(error, APIError):
        return error.description or str(error)
    return str(error) or type(error).__name__
