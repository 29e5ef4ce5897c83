"""The bus of one service: what it reads, carries out, answers and says."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from nats.aio.msg import Msg

from haveri_chassis import logs
from haveri_chassis.bus.commands import CommandSubscriber
from haveri_chassis.bus.connection import UNSENT, Connection
from haveri_chassis.bus.intake import listen, pull
from haveri_chassis.bus.queries import QueryHandler, QueryResponder
from haveri_chassis.bus.received import BatchHandler, CommandHandler, EventHandler, HintHandler, Received
from haveri_chassis.bus.subscribers import BatchSubscriber, EventSubscriber, aggregate_of, drain_all, known
from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.ids import Ids
from haveri_chassis.messages import Sender
from haveri_contracts.envelope import CONTENT_TYPE, Envelope, UnknownMessage, UnreadableMessage, open_envelope
from haveri_contracts.message import Command, Message, Query, find
from haveri_contracts.streams import Consumer
from haveri_contracts.subjects import ANY

_DRAIN_SECONDS = 3.0
_QUERIES_AT_ONCE = 32

Q = TypeVar("Q", bound=Query)
log = logs.get_logger(__name__)


class Bus:
    """A Component. Subscriptions are made before `start`, which returns at once whether or not NATS is there."""

    name = "bus"

    def __init__(self, url: str, *, service: str, clock: Clock, ids: Ids) -> None:
        self.service = service
        self.clock = clock
        self.sender = Sender(service, clock, ids)
        self.connection = Connection(url, service)
        self._subscribers: list[EventSubscriber | BatchSubscriber | CommandSubscriber] = []

    def on_event(
        self,
        consumer: Consumer,
        handler: EventHandler,
        *,
        workers: int = 1,
        partition_of: Callable[[Received[Any]], Hashable] = aggregate_of,
    ) -> None:
        """Handle each event of a durable consumer: serially within a partition, up to `workers` at once across
        partitions.

        A partition is an aggregate unless `partition_of` says otherwise. A handler that raises gets the message again
        after the consumer's delays, then it is a dead letter. An event of a type that is not known here is counted and
        done.
        """
        subscriber = EventSubscriber(self.connection, consumer, handler, workers, partition_of)
        pull(self.connection, consumer, subscriber.take, batch=max(16, 2 * workers))
        self._subscribers.append(subscriber)

    def on_events(
        self,
        consumer: Consumer,
        handler: BatchHandler,
        *,
        batch: int = 500,
        wanted: Callable[[type[Message] | None], bool] = known,
    ) -> None:
        """Handle events in batches of 1 to `batch`, in the stream's order; the next batch is fetched meanwhile.

        Those whose class is not `wanted` are done without being read; it is asked about None for the events of types
        that are not known here.
        """
        subscriber = BatchSubscriber(self.connection, consumer, handler, self.clock, wanted)
        pull(self.connection, consumer, subscriber.take, batch=batch)
        self._subscribers.append(subscriber)

    def on_command(
        self,
        consumer: Consumer,
        database: Database,
        handlers: Mapping[type[Command], CommandHandler],
        *,
        workers: int = 16,
    ) -> None:
        """Carry out commands as their owner. A handler records the accepted outcome in its own transaction
        (`haveri_chassis.outcomes.record_outcome`) and returns its result; a Refusal is recorded and answered here.
        """
        subscriber = CommandSubscriber(self.connection, consumer, database, handlers, workers, self.sender)
        pull(self.connection, consumer, subscriber.take, batch=2 * workers)
        self._subscribers.append(subscriber)

    def on_query(self, query: type[Q], handler: QueryHandler) -> None:
        """Answer a query as its owner, with a model or with JSON bytes; a Refusal becomes the answer's problem."""
        responder = QueryResponder(self.connection, query, handler, self.sender)
        listen(self.connection, query.subject(ANY), responder.take, queue=query.owner, workers=_QUERIES_AT_ONCE)

    def on_hint(self, subject: str, handler: HintHandler) -> None:
        """Receive every message on `subject` (wildcards allowed) in every replica, best effort: nothing is repeated.

        Events of JetStream streams are received here too. What came while the bus was away is not.
        """

        async def take(message: Msg) -> None:
            try:
                envelope = open_envelope(message.data)
            except UnreadableMessage:
                return
            if envelope.organization != _organization_of(message.subject):
                return
            try:
                await handler(envelope)
            except Exception as error:
                log.exception("a hint's handler failed", subject=message.subject, error=repr(error))

        listen(self.connection, subject, take)

    async def publish_hint(self, envelope: Envelope) -> None:
        """Say an event, on its own subject, to whoever listens now, without waiting for anything.

        Silently nothing when the bus is away; raises UnknownMessage for a type that contracts do not know.
        """
        message = find(envelope.type)
        if message is None:
            raise UnknownMessage(f"{envelope.type} is not known here; see the catalogue of messages")
        subject = message.subject(envelope.organization)
        headers = {"Content-Type": CONTENT_TYPE, "Nats-Msg-Id": str(envelope.id)}
        try:
            await self.connection.client.publish(subject, envelope.encode(), headers=headers)
        except UNSENT as error:
            log.debug("a hint was not sent", subject=subject, error=repr(error))

    async def publish_durable(
        self, subject: str, body: bytes, message_id: str, headers: Mapping[str, str] | None = None
    ) -> bool:
        """Store a message in its stream; False when the stream had `message_id` already. Raises BusUnavailable."""
        return await self.connection.publish_durable(
            subject, body, message_id, {"Content-Type": CONTENT_TYPE, **(headers or {})}
        )

    async def start(self) -> None:
        """Begin to connect and subscribe, in the background."""
        await self.connection.start()

    async def wait_ready(self) -> None:
        """Return when connected and subscribed; waits for as long as it takes."""
        await self.connection.wait_ready()

    async def stop(self) -> None:
        """Take nothing more, finish and settle what is being handled, then close."""
        await self.connection.stop_subscribers()
        if not await drain_all(self._subscribers, _DRAIN_SECONDS):
            log.warning("some handlers did not finish in time; their messages come again")
        await self.connection.close()

    def problem(self) -> str | None:
        """What keeps the bus from working, None when it works."""
        return self.connection.problem()


def _organization_of(subject: str) -> str:
    parts = subject.split(".", 2)
    return parts[1] if len(parts) > 1 else ""
