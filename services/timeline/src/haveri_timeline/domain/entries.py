"""What happened to an incident, before and after it has its place on the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to an incident and is not on its timeline yet. `payload` is canonical JSON.

    `kind` is an EntryType, or another word when a newer service says so.
    """

    incident_id: UUID
    event_id: UUID
    kind: str
    occurred_at: datetime
    actor: str
    source_type: str
    source_version: int | None
    payload: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A happening in its place on the timeline. Hashes are SHA-256, hexadecimal."""

    seq: int
    happening: Happening
    recorded_at: datetime
    previous_hash: str
    hash: str
