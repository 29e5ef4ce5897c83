"""Declaring every stream and consumer of the contracts, in one step that is safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import nats
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from haveri_contracts.streams import CONSUMERS, STREAMS, Consumer, Stream, signals_stream


async def provision_bus(
    url: str,
    *,
    replicas: int = 1,
    organizations: Iterable[str] = (),
    consumers: Sequence[Consumer] = CONSUMERS,
) -> list[str]:
    """Create or update every stream and consumer, and a signal stream for each organisation; say what changed.

    Raises what nats-py raises when the bus is away or refuses; nothing is ever deleted.
    """
    client = await nats.connect(url, connect_timeout=5, max_reconnect_attempts=3)
    try:
        js = client.jetstream(timeout=10)
        wanted = (*STREAMS, *(signals_stream(organization) for organization in sorted(set(organizations))))
        changes = [await _declare_stream(js, stream, replicas) for stream in wanted]
        changes += [await _declare_consumer(js, consumer) for consumer in consumers]
        return [change for change in changes if change]
    finally:
        await client.close()


async def _declare_stream(js: JetStreamContext, stream: Stream, replicas: int) -> str | None:
    wanted = StreamConfig(
        name=stream.name,
        description=stream.summary,
        subjects=list(stream.subjects),
        retention=RetentionPolicy(stream.retention.value),
        storage=StorageType.FILE,
        max_age=stream.max_age.total_seconds() if stream.max_age else 0,
        duplicate_window=stream.duplicate_window.total_seconds(),
        num_replicas=replicas,
        allow_direct=True,
    )
    try:
        found = (await js.stream_info(stream.name)).config
    except NotFoundError:
        await js.add_stream(wanted)
        return f"stream {stream.name} created"
    changed = _differences(wanted, found)
    if not changed:
        return None
    await js.update_stream(wanted)
    return f"stream {stream.name} updated: {', '.join(changed)}"


async def _declare_consumer(js: JetStreamContext, consumer: Consumer) -> str | None:
    wanted = ConsumerConfig(
        name=consumer.name,
        durable_name=consumer.name,
        description=consumer.summary,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=consumer.ack_wait.total_seconds(),
        max_deliver=consumer.max_deliver,
        filter_subjects=list(consumer.subjects) if len(consumer.subjects) > 1 else None,
        filter_subject=consumer.subjects[0] if len(consumer.subjects) == 1 else None,
        max_ack_pending=consumer.max_ack_pending,
    )
    try:
        found = (await js.consumer_info(consumer.stream.name, consumer.name)).config
    except NotFoundError:
        await js.add_consumer(consumer.stream.name, wanted)
        return f"consumer {consumer.name} created"
    changed = _differences(wanted, found)
    if not changed:
        return None
    # The server keeps a drifted configuration silently unless it is told: adding again updates.
    await js.add_consumer(consumer.stream.name, wanted)
    return f"consumer {consumer.name} updated: {', '.join(changed)}"


def _differences(wanted: Any, found: Any) -> list[str]:
    have = asdict(found)
    return sorted(
        name for name, value in asdict(wanted).items() if _plain(value) is not None and not _same(value, have.get(name))
    )


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, float) or isinstance(found, float):
        return abs(float(wanted or 0) - float(found or 0)) < 1e-6
    return bool(_plain(wanted) == _plain(found))


def _plain(value: Any) -> Any:
    """Enumerations as their values; what the client leaves unset is left to the server."""
    return getattr(value, "value", value)
