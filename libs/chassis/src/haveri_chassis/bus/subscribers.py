"""Readers of events: one message at a time, or in batches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from nats.aio.msg import Msg
from opentelemetry.trace import Span, SpanKind

from haveri_chassis import logs, telemetry
from haveri_chassis.bus.connection import Connection
from haveri_chassis.bus.delivery import Delivery, count_unknown
from haveri_chassis.bus.partitions import Partitions
from haveri_chassis.bus.received import BatchHandler, EventHandler, Received
from haveri_chassis.clock import Clock
from haveri_chassis.metrics import HANDLING
from haveri_contracts.envelope import UnknownEvent, UnreadableMessage, decode
from haveri_contracts.message import Message, find
from haveri_contracts.streams import Consumer
from haveri_contracts.subjects import UnknownSubjectError, parse_subject

_FAILURES_IN_A_ROW = 3
_TRIED_EACH_AFTER = 3


def handling(consumer: Consumer, received: Received[Any]) -> AbstractContextManager[Span]:
    """The span of one message's handler, a child of whatever sent the message."""
    return telemetry.span(
        f"{consumer.name} {received.envelope.type}",
        received.envelope.traceparent,
        kind=SpanKind.CONSUMER,
        organization=received.organization,
        message_id=str(received.envelope.id),
    )


def known(message: type[Message] | None) -> bool:
    """What most readers want: every event whose class is known here."""
    return message is not None


def _class_on(subject: str) -> type[Message] | None:
    try:
        return find(parse_subject(subject).message_type)
    except UnknownSubjectError:
        return None


def aggregate_of(received: Received[Any]) -> tuple[str, str]:
    """What a message is about: messages about the same are handled one after another."""
    return received.organization, received.envelope.subject or str(received.envelope.id)


class EventSubscriber:
    """Hands events to a handler, serially within a partition (an aggregate) and up to `workers` at once across
    partitions.

    The order holds within this process and for messages that succeed: one that failed comes again after newer ones.
    """

    def __init__(
        self,
        connection: Connection,
        consumer: Consumer,
        handler: EventHandler,
        workers: int,
        partition_of: Callable[[Received[Any]], Hashable] = aggregate_of,
    ) -> None:
        self._connection = connection
        self._consumer = consumer
        self._handler = handler
        self._partition_of = partition_of
        self._partitions = Partitions(workers, 4 * workers)

    async def take(self, messages: list[Msg]) -> None:
        """Take messages in, waiting while too many are being handled."""
        for message in messages:
            delivery = Delivery(self._connection, self._consumer, message)
            try:
                envelope, content = decode(message.data, message.subject)
            except UnknownEvent as newer:
                count_unknown(self._consumer.name, newer.envelope.type)
                await delivery.done()
                continue
            except UnreadableMessage as refusal:
                await delivery.bury(refusal.type, refusal.detail)
                continue
            received = Received(envelope, content, delivery.deliveries)
            await self._partitions.submit(self._partition_of(received), self._job(delivery, received))

    async def drain(self, seconds: float) -> bool:
        """Wait for the handlers that run."""
        return await self._partitions.drain(seconds)

    def _job(self, delivery: Delivery, received: Received[Any]) -> Callable[[], Any]:
        async def job() -> None:
            with (
                handling(self._consumer, received),
                logs.bound(organization=received.organization, message_id=str(received.envelope.id)),
            ):
                await self._handle(delivery, received)

        return job

    async def _handle(self, delivery: Delivery, received: Received[Any]) -> None:
        try:
            with HANDLING.labels(self._consumer.name).time():
                await self._handler(received)
        except Exception as error:  # noqa: BLE001 - whatever it is, the message must not be lost
            await delivery.again(error)
        else:
            await delivery.done()


class BatchSubscriber:
    """Hands events to a handler in batches, in the order of the stream.

    A batch that fails is tried once more message by message, so that one poisonous message holds up no others.
    """

    def __init__(
        self,
        connection: Connection,
        consumer: Consumer,
        handler: BatchHandler,
        clock: Clock,
        wanted: Callable[[type[Message] | None], bool],
    ) -> None:
        self._connection = connection
        self._consumer = consumer
        self._handler = handler
        self._clock = clock
        self._wanted = wanted

    async def take(self, messages: list[Msg]) -> None:
        """Handle one batch and settle every message of it; the next one is fetched meanwhile."""
        readable: list[tuple[Delivery, Received[Any]]] = []
        for message in messages:
            delivery = Delivery(self._connection, self._consumer, message)
            kind = _class_on(message.subject)
            if kind is not None and not self._wanted(kind):
                await delivery.done()
                continue
            try:
                envelope, content = decode(message.data, message.subject)
            except UnknownEvent as newer:
                count_unknown(self._consumer.name, newer.envelope.type)
                if self._wanted(None):
                    readable.append((delivery, Received(newer.envelope, None, delivery.deliveries)))
                else:
                    await delivery.done()
            except UnreadableMessage as refusal:
                await delivery.bury(refusal.type, refusal.detail)
            else:
                readable.append((delivery, Received(envelope, content, delivery.deliveries)))
        if readable:
            await self._handle(readable)

    async def drain(self, seconds: float) -> bool:
        """Nothing to do: FastStream waits for the batch that runs."""
        return True

    async def _handle(self, batch: Sequence[tuple[Delivery, Received[Any]]]) -> None:
        try:
            await self._call([received for _, received in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, no message must be lost
            if len(batch) == 1:
                await batch[0][0].again(error)
            else:
                await self._one_by_one(batch)
        else:
            for delivery, _ in batch:
                await delivery.done()

    async def _one_by_one(self, batch: Sequence[tuple[Delivery, Received[Any]]]) -> None:
        failures = 0
        last: Exception | None = None
        for delivery, received in batch:
            if last is not None and failures >= _FAILURES_IN_A_ROW and delivery.deliveries <= _TRIED_EACH_AFTER:
                # Not these messages are at fault but what the handler needs; spare it the rest for a moment.
                await delivery.again(last, tried=False)
                continue
            try:
                await self._call([received])
            except Exception as error:  # noqa: BLE001
                failures, last = failures + 1, error
                await delivery.again(error)
            else:
                failures = 0
                await delivery.done()

    async def _call(self, received: Sequence[Received[Any]]) -> None:
        first, begun, started = received[0], time.perf_counter(), self._clock.now()
        alone = len(received) == 1
        with (
            handling(self._consumer, first)
            if alone
            else telemetry.span(f"{self._consumer.name} batch", size=len(received)),
            logs.bound(organization=first.organization if alone else None, messages=len(received)),
        ):
            await self._handler(received)
        HANDLING.labels(self._consumer.name).observe(time.perf_counter() - begun)
        if not alone and telemetry.exporting():
            self._trace_each(received, started)

    def _trace_each(self, received: Sequence[Received[Any]], started: Any) -> None:
        ended = self._clock.now()
        for one in received:
            if one.envelope.traceparent:
                telemetry.record_span(
                    f"{self._consumer.name} {one.envelope.type}",
                    one.envelope.traceparent,
                    started,
                    ended,
                    organization=one.organization,
                    batch=len(received),
                )


async def drain_all(subscribers: Sequence[EventSubscriber | BatchSubscriber | Any], seconds: float) -> bool:
    """Wait for all handlers that run, at most `seconds`; tells whether all finished."""
    return all(await asyncio.gather(*(subscriber.drain(seconds) for subscriber in subscribers)))
