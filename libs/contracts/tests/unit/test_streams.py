"""Every message has a stream that keeps it and consumers that get it once."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations, pairwise

import pytest

from haveri_contracts.catalogue import all_messages
from haveri_contracts.message import Event, Message
from haveri_contracts.streams import (
    COMMANDS,
    CONSUMERS,
    DEAD_LETTERS,
    EVENTS,
    STREAMS,
    TIMELINE_ENTRIES,
    Consumer,
    Retention,
    readers_of,
    signals_stream,
    stream_of,
)
from haveri_contracts.subjects import (
    Kind,
    dead_letter_subject,
    includes,
    outcome_subject,
    parse_subject,
    signal_subject,
)
from haveri_contracts.types import actor_member_id, member_actor

ALL_STREAMS = (*STREAMS, signals_stream("demo"), signals_stream("tampere-works"))
each_message = pytest.mark.parametrize("message", all_messages(), ids=lambda message: message.message_type())
each_consumer = pytest.mark.parametrize("consumer", CONSUMERS, ids=lambda consumer: consumer.name)


def overlap(one: str, other: str) -> bool:
    """True when some subject matches both patterns."""
    left, right = one.split("."), other.split(".")
    for mine, theirs in zip(left, right, strict=False):
        if ">" in (mine, theirs):
            return True
        if "*" not in (mine, theirs) and mine != theirs:
            return False
    return len(left) == len(right)


@each_message
def test_a_command_or_event_is_kept_by_its_stream_and_a_query_by_none(message: type[Message]) -> None:
    kept = {Kind.COMMAND: COMMANDS, Kind.EVENT: EVENTS, Kind.QUERY: None}
    assert stream_of(message.subject("demo")) is kept[message.kind]


@each_message
def test_a_command_is_carried_out_by_its_owner_and_by_nobody_else(message: type[Message]) -> None:
    readers = readers_of(message.subject("demo"))
    if message.kind is Kind.COMMAND:
        assert (
            [reader.service for reader in readers] == [message.owner] == [parse_subject(message.subject("demo")).owner]
        )
    if message.kind is Kind.QUERY:
        assert readers == ()


@each_message
def test_an_event_with_a_timeline_entry_says_which_incident_and_reaches_the_timeline(message: type[Message]) -> None:
    if issubclass(message, Event) and message.entry is not None:
        assert "incident_id" in message.model_fields
        assert TIMELINE_ENTRIES in readers_of(message.subject("demo"))


def test_no_two_streams_or_consumers_have_one_name() -> None:
    assert len({stream.name for stream in ALL_STREAMS}) == len(ALL_STREAMS)
    assert len({consumer.name for consumer in CONSUMERS}) == len(CONSUMERS)


def test_no_subject_is_kept_twice() -> None:
    for one, other in combinations(ALL_STREAMS, 2):
        assert not [(mine, theirs) for mine in one.subjects for theirs in other.subjects if overlap(mine, theirs)]


@each_consumer
def test_a_consumer_asks_only_for_what_its_stream_keeps(consumer: Consumer) -> None:
    for subject in consumer.subjects:
        assert any(includes(kept, subject) for kept in consumer.stream.subjects)


@each_consumer
def test_a_consumers_own_subjects_do_not_overlap(consumer: Consumer) -> None:
    assert not [pair for pair in combinations(consumer.subjects, 2) if overlap(*pair)]


def test_consumers_of_a_work_queue_do_not_overlap() -> None:
    queued = [consumer for consumer in CONSUMERS if consumer.stream.retention is Retention.WORK_QUEUE]
    for one, other in combinations(queued, 2):
        assert not [(mine, theirs) for mine in one.subjects for theirs in other.subjects if overlap(mine, theirs)]


@each_consumer
def test_retries_wait_longer_and_longer_and_end(consumer: Consumer) -> None:
    delays = consumer.retry_after
    assert all(timedelta(0) < earlier <= later for earlier, later in pairwise(delays))
    assert consumer.max_deliver == len(delays) + 1
    assert sum(delays, timedelta()) < (consumer.stream.max_age or timedelta(days=36500))


@each_consumer
def test_what_a_consumer_cannot_handle_is_kept_with_the_dead_letters(consumer: Consumer) -> None:
    assert stream_of(dead_letter_subject(consumer.name)) is DEAD_LETTERS


def test_signals_of_an_organisation_have_a_stream_of_their_own() -> None:
    subject = signal_subject("tampere-works", "plc-7", "temperature")
    kept = [stream.name for stream in ALL_STREAMS if any(includes(wanted, subject) for wanted in stream.subjects)]
    assert kept == ["SIGNALS_TAMPERE_WORKS"]


def test_outcomes_are_not_kept_on_the_bus() -> None:
    member = actor_member_id("member:0198c3a2-0001-7001-8a5e-2f1c00001eef")
    assert member is not None
    assert stream_of(outcome_subject("demo", member)) is None
    assert actor_member_id(member_actor(member)) == member
    assert actor_member_id("system:timeline") is None
