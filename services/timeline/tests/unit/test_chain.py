"""The chain shows every change, omission and insertion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from haveri_contracts.plain import EntryType
from haveri_timeline.domain.chain import BEGINNING, Head, canonical, extend, follow
from haveri_timeline.domain.entries import Entry, Happening

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
INCIDENT = UUID(int=9)


def said(number: int, text: str = "the belt is torn") -> Happening:
    return Happening(
        INCIDENT,
        UUID(int=number),
        EntryType.MESSAGE,
        NOW - timedelta(seconds=30),
        "system:teams-gateway",
        "haveri.chat.message_posted.v1",
        None,
        canonical({"text": text, "a": 1}),
    )


def chain_of(batches: list[int]) -> list[Entry]:
    entries: list[Entry] = []
    head = Head()
    for batch_number, size in enumerate(batches):
        happenings = [said(len(entries) + i + 1) for i in range(size)]
        entries += extend(head, happenings, NOW + timedelta(seconds=batch_number))
        if entries:
            head = Head(entries[-1].seq, entries[-1].hash, entries[-1].recorded_at)
    return entries


@given(st.lists(st.integers(0, 6), max_size=6))
def test_a_timeline_written_in_any_batches_is_gap_free_and_intact(batches: list[int]) -> None:
    entries = chain_of(batches)
    assert [entry.seq for entry in entries] == list(range(1, sum(batches) + 1))
    assert follow(Head(), entries)[1] is None
    if entries:
        assert entries[0].previous_hash == BEGINNING


@given(st.integers(0, 9), st.sampled_from(["payload", "actor", "occurred_at", "recorded_at", "kind", "event_id"]))
def test_changing_anything_in_an_entry_is_seen(index: int, what: str) -> None:
    entries = chain_of([4, 6])
    entry = entries[index]
    other = {
        "payload": lambda h: replace(h, payload=canonical({"text": "nothing happened", "a": 1})),
        "actor": lambda h: replace(h, actor="system:somebody"),
        "occurred_at": lambda h: replace(h, occurred_at=NOW + timedelta(hours=1)),
        "kind": lambda h: replace(h, kind=EntryType.ANNOTATION),
        "event_id": lambda h: replace(h, event_id=UUID(int=999)),
    }
    if what == "recorded_at":
        entries[index] = replace(entry, recorded_at=entry.recorded_at + timedelta(microseconds=1))
    else:
        entries[index] = replace(entry, happening=other[what](entry.happening))
    _, found = follow(Head(), entries)
    assert found is not None
    assert found.seq == index + 1


@given(st.integers(0, 8))
def test_leaving_an_entry_out_is_seen(index: int) -> None:
    entries = chain_of([10])
    del entries[index]
    _, found = follow(Head(), entries)
    assert found is not None
    assert found.seq == index + 1


def test_a_clock_that_goes_back_does_not_change_what_was_known_when() -> None:
    first = extend(Head(), [said(1)], NOW)
    second = extend(Head(1, first[0].hash, first[0].recorded_at), [said(2)], NOW - timedelta(minutes=5))
    assert second[0].recorded_at == NOW
    assert second[0].happening.occurred_at == NOW - timedelta(seconds=30)
    assert follow(Head(), [*first, *second])[1] is None


def test_the_hash_of_an_entry_never_changes_between_releases() -> None:
    (entry,) = extend(Head(), [said(1)], NOW)
    assert entry.hash == "30d1cdb55c0c3fe7fecd30f0d1993d302516950d9033a8f38ada4c97cc99823c"
