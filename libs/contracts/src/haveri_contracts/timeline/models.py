"""Timeline entries as readers see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_contracts.types import Actor, EntryKind, Frozen, Timestamp


class TimelineEntry(Frozen):
    """One thing that happened to an incident.

    `seq` is gap-free per incident in the order of recording; `occurred_at` is when it happened, `recorded_at` when
    Haveri learnt of it. `hash` is the SHA-256 of the entry and of `previous_hash`, hexadecimal. `source_type`,
    `source_version` and `payload` repeat the event that made the entry, so that folding entries gives the state.
    Kinds and events that a reader does not know are to be expected: they come from newer services.
    """

    seq: int
    event_id: UUID
    type: EntryKind
    occurred_at: Timestamp
    recorded_at: Timestamp
    actor: Actor
    source_type: str
    source_version: int | None = None
    payload: dict[str, Any]
    hash: str
    previous_hash: str


class RecentEntry(TimelineEntry):
    """An entry in the activity of a whole organisation."""

    incident_id: UUID
