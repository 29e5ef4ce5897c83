"""One delivered message and the three ways in which it ends: done, again later, dead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Final

from nats.aio.msg import Msg
from prometheus_client import Counter, Gauge

from haveri_chassis.bus.connection import LOST, Connection
from haveri_chassis.bus.errors import BusUnavailable
from haveri_chassis.logs import clean_text, get_logger
from haveri_chassis.metrics import MESSAGES, UNKNOWN_EVENTS, WAITING
from haveri_contracts.plain import Refusal
from haveri_contracts.streams import Consumer
from haveri_contracts.subjects import dead_letter_subject

REASON: Final = "Haveri-Reason"
DETAIL: Final = "Haveri-Detail"
CONSUMER: Final = "Haveri-Consumer"
SUBJECT: Final = "Haveri-Subject"
STREAM: Final = "Haveri-Stream"
SEQUENCE: Final = "Haveri-Sequence"
DELIVERIES: Final = "Haveri-Deliveries"
_DETAIL_CHARACTERS = 500
# What a stranger may publish is no label of ours for ever.
_NAMED_UNKNOWN_TYPES = 50

log = get_logger(__name__)


# Looked up once: finding a metric by its labels costs as much as counting ten messages.
@cache
def _waiting(consumer: str) -> Gauge:
    return WAITING.labels(consumer)


@cache
def _ended(consumer: str, end: str) -> Counter:
    return MESSAGES.labels(consumer, end)


_unknown: dict[str, set[str]] = {}


def count_unknown(consumer: str, type: str) -> None:
    """Count an event of a type that is not known here, and say so the first time."""
    named = _unknown.setdefault(consumer, set())
    if type not in named and len(named) < _NAMED_UNKNOWN_TYPES:
        named.add(type)
        log.warning("events of a type that is not known here; is this service older?", consumer=consumer, type=type)
    UNKNOWN_EVENTS.labels(consumer, type if type in named else "others").inc()


def delay_after(consumer: Consumer, deliveries: int) -> float:
    """Seconds until the next delivery, after the `deliveries`-th (from 1) has failed."""
    position = min(max(deliveries, 1), len(consumer.retry_after)) - 1
    return consumer.retry_after[position].total_seconds()


class Delivery:
    """A message of a durable consumer, to be ended exactly once."""

    __slots__ = ("_connection", "consumer", "deliveries", "message", "sequence")

    def __init__(self, connection: Connection, consumer: Consumer, message: Msg) -> None:
        self._connection = connection
        self.consumer = consumer
        self.message = message
        metadata = message.metadata
        self.deliveries: int = metadata.num_delivered
        self.sequence: int = metadata.sequence.stream
        _waiting(consumer.name).set(metadata.num_pending)

    @property
    def last(self) -> bool:
        """True when it will not be delivered again."""
        return self.deliveries >= self.consumer.max_deliver

    async def done(self) -> None:
        """It has been handled."""
        await self._end("handled", self.message.ack)

    async def again(self, error: Exception, *, tried: bool = True) -> None:
        """It could not be handled now: once more after the consumer's delay, or dead after the last time.

        Not `tried` spares the log: the same error has been logged for another message of the batch.
        """
        if self.last:
            await self.bury(type(error).__name__, str(error))
            return
        delay = delay_after(self.consumer, self.deliveries)
        if tried:
            log.warning(
                "a message failed and comes again",
                consumer=self.consumer.name,
                deliveries=self.deliveries,
                seconds=delay,
                error=repr(error),
                exc_info=None if isinstance(error, Refusal) else error,
            )
        await self._end("failed", lambda: self.message.nak(delay=delay))

    async def bury(self, reason: str, detail: str) -> None:
        """Lay it down in the dead letters, and only when it is stored there end it for good."""
        try:
            await self._store(reason, detail)
        except BusUnavailable as error:
            log.error("a dead letter could not be stored", consumer=self.consumer.name, error=str(error))
            delay = delay_after(self.consumer, self.deliveries)
            await self._end("failed", lambda: self.message.nak(delay=delay))
            return
        log.error("a message is dead", consumer=self.consumer.name, reason=reason, detail=detail)
        await self._end("dead", self.message.term)

    async def _store(self, reason: str, detail: str) -> None:
        headers = {
            REASON: reason,
            DETAIL: " ".join(clean_text(detail).split())[:_DETAIL_CHARACTERS],
            CONSUMER: self.consumer.name,
            SUBJECT: self.message.subject,
            STREAM: self.consumer.stream.name,
            SEQUENCE: str(self.sequence),
            DELIVERIES: str(self.deliveries),
        }
        await self._connection.publish_durable(
            dead_letter_subject(self.consumer.name),
            self.message.data,
            f"dead:{self.consumer.name}:{self.consumer.stream.name}:{self.sequence}:{self.message.metadata.timestamp}",
            headers,
        )

    async def _end(self, end: str, settle: Callable[[], Awaitable[None]]) -> None:
        _ended(self.consumer.name, end).inc()
        try:
            await settle()
        except LOST as error:
            # It will be delivered once more after ack_wait; every handler expects that.
            log.warning("a message could not be settled", consumer=self.consumer.name, error=repr(error))
