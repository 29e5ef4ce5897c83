"""How messages come from FastStream to our subscribers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from faststream.middlewares import AckPolicy
from faststream.nats import JStream, PullSub
from nats.aio.msg import Msg

from haveri_chassis.bus.connection import LOST, Connection
from haveri_chassis.bus.delivery import delay_after
from haveri_chassis.bus.pull import EXPIRES_SECONDS
from haveri_chassis.logs import get_logger
from haveri_contracts.streams import Consumer

log = get_logger(__name__)


def pull(
    connection: Connection, consumer: Consumer, take: Callable[[list[Msg]], Awaitable[None]], *, batch: int
) -> None:
    """Have `take` called with 1 to `batch` messages of a durable consumer, the next call after the last returned.

    Settling them is the caller's business: FastStream's own policies reject for good or redeliver at once.
    """
    batch = min(batch, consumer.max_ack_pending)
    connection.expect(consumer, batch)

    async def guarded(messages: list[Msg]) -> None:
        try:
            await take(messages)
        except Exception:
            # FastStream would swallow it, and the messages would be held here for ever.
            log.exception("messages could not be taken in", consumer=consumer.name)
            await _again(consumer, messages)

    connection.broker.subscriber(
        consumer.subjects[0],
        stream=JStream(consumer.stream.name, declare=False),
        durable=consumer.name,
        pull_sub=PullSub(batch_size=batch, timeout=float(EXPIRES_SECONDS), batch=True),
        ack_policy=AckPolicy.MANUAL,
        decoder=_raw,
        no_reply=True,
        include_in_schema=False,
    )(guarded)


def listen(
    connection: Connection, subject: str, take: Callable[[Msg], Awaitable[None]], *, queue: str = "", workers: int = 1
) -> None:
    """Have `take` called with each core message on `subject`, up to `workers` at once; one of a `queue` gets it."""
    connection.refuse_when_started()

    async def guarded(message: Msg) -> None:
        try:
            await take(message)
        except Exception:
            log.exception("a message could not be taken in", subject=subject)

    connection.broker.subscriber(
        subject, queue, max_workers=workers, decoder=_raw, no_reply=True, include_in_schema=False
    )(guarded)


async def _raw(message: Any) -> Any:
    """FastStream's decoder: envelopes are opened by us, in one place."""
    return message.raw_message


async def _again(consumer: Consumer, messages: list[Msg]) -> None:
    for message in messages:
        if not message.is_acked:
            try:
                await message.nak(delay=delay_after(consumer, message.metadata.num_delivered))
            except LOST as error:
                log.warning("a message could not be given back", consumer=consumer.name, error=repr(error))
