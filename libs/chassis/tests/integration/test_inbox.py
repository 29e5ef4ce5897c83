"""A message that comes twice has its effect once."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from haveri_chassis.inbox import first_times


async def test_a_message_is_new_to_each_consumer_and_organization_once(sample_database, fresh_organization):
    ours, theirs, message = fresh_organization(), fresh_organization(), uuid4()
    for organization, consumer, new in (
        (ours, "timeline-entries", True),
        (ours, "timeline-entries", False),
        (ours, "other", True),
        (theirs, "timeline-entries", True),
    ):
        async with sample_database.transaction(organization) as connection:
            assert await first_times(connection, consumer, organization, [message]) == ({message} if new else set())


async def test_a_message_whose_effect_was_rolled_back_is_new_again(sample_database, fresh_organization):
    organization, message = fresh_organization(), uuid4()
    with pytest.raises(RuntimeError):
        async with sample_database.transaction(organization) as connection:
            assert await first_times(connection, "c", organization, [message])
            raise RuntimeError("the handler failed")
    async with sample_database.transaction(organization) as connection:
        assert await first_times(connection, "c", organization, [message])


async def test_a_batch_tells_the_new_messages_from_the_known(sample_database, fresh_organization):
    organization, ids = fresh_organization(), [uuid4() for _ in range(10)]
    async with sample_database.transaction(organization) as connection:
        assert await first_times(connection, "c", organization, ids[:4]) == set(ids[:4])
        assert await first_times(connection, "c", organization, [*ids, ids[9]]) == set(ids[4:])
        assert await first_times(connection, "c", organization, []) == set()


async def test_two_deliveries_at_once_have_one_effect(sample_database, fresh_organization):
    organization, ids = fresh_organization(), [uuid4() for _ in range(50)]

    async def deliver(order: list) -> int:
        async with sample_database.transaction(organization) as connection:
            return len(await first_times(connection, "c", organization, order))

    counts = await asyncio.gather(*(deliver(ids if number % 2 else ids[::-1]) for number in range(8)))
    assert sorted(counts) == [0] * 7 + [50]
