"""The two seams of FastStream that the bus leans on: a release that moved one would stop every reader in silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from faststream.middlewares import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from nats.errors import TimeoutError as NoMessages


class Pull:
    """What a reader fetches from: two messages, then nothing."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.waiting = [["first"], ["second"]]
        self.drained = asyncio.Event()

    async def fetch(self, **how: Any) -> list[Any]:
        self.asked.append(how)
        if self.waiting:
            return self.waiting.pop(0)
        self.drained.set()
        await asyncio.sleep(0)
        raise NoMessages

    async def unsubscribe(self) -> None:
        """Nothing to give back."""


class JetStream:
    """In the place of nats-py's."""

    def __init__(self) -> None:
        self.pull = Pull()
        self.subscribed: list[dict[str, Any]] = []

    async def pull_subscribe(self, **how: Any) -> Pull:
        self.subscribed.append(how)
        return self.pull


@pytest.fixture
async def broker(nats_url: str) -> AsyncIterator[NatsBroker]:
    """A broker as `Connection` makes it, connected and not started."""
    broker = NatsBroker(nats_url, apply_types=False, logger=None, ack_policy=AckPolicy.MANUAL)
    await broker.connect()
    yield broker
    await broker.stop()


async def read(broker: NatsBroker, jetstream: JetStream) -> None:
    """Let a reader as `pull` makes it take from `jetstream` until nothing is left."""
    broker.subscriber(
        "sample.subject",
        stream=JStream("SAMPLE", declare=False),
        durable="sample-reader",
        pull_sub=PullSub(batch_size=5, timeout=6.0, batch=True),
        no_reply=True,
    )(print)
    broker.config.broker_config.connection_state.connect(broker._connection, jetstream)
    await broker.start()
    await asyncio.wait_for(jetstream.pull.drained.wait(), 10)


async def test_subscribers_take_jetstream_from_the_connection_state_that_we_put_it_into(broker: NatsBroker) -> None:
    jetstream = JetStream()
    await read(broker, jetstream)
    (how,) = jetstream.subscribed
    assert (how["subject"], how["durable"], how["stream"]) == ("sample.subject", "sample-reader", "SAMPLE")


async def test_a_batch_is_fetched_by_its_size_and_topped_up_by_a_smaller_second_call(broker: NatsBroker) -> None:
    """The second call is the one that a standing pull never lets wait."""
    jetstream = JetStream()
    await read(broker, jetstream)
    first, second, third = jetstream.pull.asked[:3]
    assert first == {"batch": 5, "timeout": pytest.approx(6.0, abs=1)}
    assert (second["batch"], third["batch"]) == (4, 3)
    assert second["timeout"] <= 6.0
