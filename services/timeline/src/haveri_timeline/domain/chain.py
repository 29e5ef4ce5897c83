"""The hash chain: each entry carries the hash of the one before, so that nothing can be changed or left out unseen.

An entry's hash is the SHA-256 of a JSON array without spaces, in UTF-8: `[previous_hash, seq, event_id, type,
occurred_at, recorded_at, actor, source_type, source_version, payload]`; times are ISO 8601 in UTC with six digits and
`Z`; `payload` is itself a string: the event's data as JSON with sorted keys and without spaces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from haveri_timeline.domain.entries import Entry, Happening

BEGINNING = "0" * 64
"""What the first entry carries as the hash before it."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Head:
    """Where a timeline ends: its last number, hash and time of recording."""

    seq: int = 0
    hash: str = BEGINNING
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold."""

    seq: int
    reason: str


def canonical(payload: object) -> str:
    """JSON with sorted keys and without spaces: the same text for the same data."""
    return _encode_sorted(payload)


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def entry_hash(previous_hash: str, seq: int, happening: Happening, recorded_at: datetime) -> str:
    """The hash of an entry in its place."""
    fields = [
        previous_hash,
        seq,
        str(happening.event_id),
        str(happening.kind),
        timestamp(happening.occurred_at),
        timestamp(recorded_at),
        happening.actor,
        happening.source_type,
        happening.source_version,
        happening.payload,
    ]
    return sha256(_encode(fields).encode()).hexdigest()


def extend(head: Head, happenings: Sequence[Happening], now: datetime) -> list[Entry]:
    """The entries that follow `head`, numbered without a gap.

    The time of recording never goes back along a chain, even when a clock does: what was known at a moment is
    always a beginning of the chain.
    """
    recorded_at = max(now, head.recorded_at) if head.recorded_at else now
    entries: list[Entry] = []
    seq, previous = head.seq, head.hash
    for happening in happenings:
        seq += 1
        digest = entry_hash(previous, seq, happening, recorded_at)
        entries.append(Entry(seq, happening, recorded_at, previous, digest))
        previous = digest
    return entries


def follow(head: Head, entries: Iterable[Entry]) -> tuple[Head, Break | None]:
    """Check the entries that follow `head`; `Head()` stands before the first.

    Gives the last one that holds, and the first place after it that does not, None when all of them do.
    """
    for entry in entries:
        found = _break_at(head, entry)
        if found is not None:
            return head, found
        head = Head(entry.seq, entry.hash, entry.recorded_at)
    return head, None


def missing_end(head: Head, last_seq: int) -> Break | None:
    """What is missing when a timeline, intact up to `head`, once had `last_seq` entries."""
    if head.seq >= last_seq:
        return None
    return Break(head.seq + 1, f"entry {head.seq + 1} and what followed it are missing")


def _break_at(head: Head, entry: Entry) -> Break | None:
    if entry.seq != head.seq + 1:
        return Break(head.seq + 1, f"entry {head.seq + 1} is missing")
    if entry.previous_hash != head.hash:
        return Break(entry.seq, f"entry {entry.seq} does not follow the one before it")
    if entry_hash(head.hash, entry.seq, entry.happening, entry.recorded_at) != entry.hash:
        return Break(entry.seq, f"entry {entry.seq} was changed after it was written")
    if head.recorded_at is not None and entry.recorded_at < head.recorded_at:
        return Break(entry.seq, f"entry {entry.seq} claims to be older than the one before it")
    return None
