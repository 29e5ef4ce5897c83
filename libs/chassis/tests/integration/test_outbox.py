"""What a service says is kept with the state that made it true."""

from __future__ import annotations

import asyncpg
import pytest

from haveri_chassis.messages import MessageTooLarge
from haveri_chassis.outbox import emit, outbox_channel
from haveri_contracts.envelope import UnknownMessage
from haveri_contracts.subjects import parse_subject


async def rows(database, organization: str, table: str) -> list[asyncpg.Record]:
    async with database.transaction(organization) as connection:
        return await connection.fetch(f"SELECT * FROM {table} ORDER BY position")


async def test_messages_are_kept_in_order_with_the_state_they_tell_of(sample_database, fresh_organization, make_event):
    organization = fresh_organization()
    messages = [make_event(organization) for _ in range(20)]
    async with sample_database.transaction(organization) as connection:
        await emit(connection, messages)
    for table in ("outbox", "event_log"):
        kept = await rows(sample_database, organization, table)
        assert [row["id"] for row in kept] == [message.id for message in messages]
        assert [row["body"] for row in kept] == [message.encode() for message in messages]
        assert {str(parse_subject(row["subject"])) for row in kept} == {
            f"haveri.{organization}.event.incident.status_updated.v1"
        }
    assert [row["key"] for row in await rows(sample_database, organization, "outbox")] == [
        message.subject for message in messages
    ]


async def test_nothing_is_said_when_the_transaction_fails(sample_database, fresh_organization, make_event):
    organization = fresh_organization()
    with pytest.raises(RuntimeError):
        async with sample_database.transaction(organization) as connection:
            await emit(connection, [make_event(organization)])
            raise RuntimeError("the handler failed")
    assert await rows(sample_database, organization, "outbox") == []
    assert await rows(sample_database, organization, "event_log") == []


async def test_a_service_with_a_log_of_its_own_leaves_the_event_log_out(
    sample_database, fresh_organization, make_event
):
    organization = fresh_organization()
    async with sample_database.transaction(organization) as connection:
        await emit(connection, [make_event(organization)], log=False)
        await emit(connection, [])
    assert len(await rows(sample_database, organization, "outbox")) == 1
    assert await rows(sample_database, organization, "event_log") == []


async def test_a_service_cannot_speak_for_another_organization(sample_database, fresh_organization, make_event):
    ours, theirs = fresh_organization(), fresh_organization()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with sample_database.transaction(ours) as connection:
            await emit(connection, [make_event(ours), make_event(theirs)])
    assert await rows(sample_database, theirs, "outbox") == []


async def test_what_the_bus_would_never_take_is_refused_while_the_caller_can_still_answer(
    sample_database, fresh_organization, make_event
):
    organization = fresh_organization()
    message = make_event(organization)
    async with sample_database.transaction(organization) as connection:
        with pytest.raises(UnknownMessage):
            await emit(connection, [message.model_copy(update={"type": "haveri.incident.unheard_of.v1"})])
        with pytest.raises(MessageTooLarge):
            await emit(connection, [message.model_copy(update={"data": {"note": "x" * 1_000_001}})])


async def test_the_log_of_events_can_be_read_for_replay_but_never_changed(
    sample_database, fresh_organization, make_event
):
    organization = fresh_organization()
    async with sample_database.transaction(organization) as connection:
        await emit(connection, [make_event(organization)])
    for statement in ("UPDATE event_log SET subject = 'x'", "DELETE FROM event_log", "TRUNCATE event_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with sample_database.transaction(organization) as connection:
                await connection.execute(statement)
    async with sample_database.across_organizations() as connection:
        read = "SELECT count(*) FROM event_log WHERE organization_id = $1"
        assert await connection.fetchval(read, organization) == 1


async def test_writers_call_only_while_nobody_is_awake(sample_house, sample_database, fresh_organization, make_event):
    organization = fresh_organization()
    channel = outbox_channel("sample")
    calls: list[str] = []
    relay = await sample_database.dedicated_connection()
    await relay.add_listener(channel, lambda *_: calls.append(channel))
    lock = f"hashtextextended('{channel}', 0)"
    try:
        for asleep, expected in ((False, 0), (True, 1)):
            if asleep:
                assert await relay.fetchval(f"SELECT pg_try_advisory_lock({lock})")
            async with sample_database.transaction(organization) as connection:
                await emit(connection, [make_event(organization)])
                if not asleep:
                    assert not await relay.fetchval(f"SELECT pg_try_advisory_lock({lock})"), (
                        "a relay could fall asleep between a writer's statement and its commit"
                    )
            await relay.fetchval("SELECT 1")
            assert len(calls) == expected
    finally:
        await relay.close()
