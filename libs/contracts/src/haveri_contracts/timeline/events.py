"""Events of the timeline service."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from haveri_contracts.message import Event, Visibility
from haveri_contracts.types import LARGEST_INTEGER, EntryKind


class EntriesRecorded(Event):
    """Entries were added to one incident's timeline: a hint for live views, which read on from `first_seq`."""

    owner = "timeline"
    name = "entries_recorded"
    visibility = Visibility.INTERNAL
    incident_id: UUID
    first_seq: int = Field(ge=1, le=LARGEST_INTEGER)
    last_seq: int = Field(ge=1, le=LARGEST_INTEGER)
    types: list[EntryKind]

    def aggregate_id(self) -> UUID:
        """The incident."""
        return self.incident_id
