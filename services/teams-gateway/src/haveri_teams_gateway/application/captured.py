"""What an activity means for its incident, ready to be written in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from haveri_contracts.envelope import Envelope


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that has still to be fetched; `author` is the author of the event that will tell of it."""

    id: UUID
    incident_id: UUID
    source: str
    url: str
    name: str
    content_type: str
    channel: str
    thread: str | None
    group_id: str | None
    message_id: str
    author: dict[str, Any]
    shared_at: datetime


@dataclass(frozen=True, slots=True)
class Captured:
    """What an activity means for its incident."""

    envelopes: Sequence[Envelope] = ()
    files: Sequence[NewFile] = ()


Capture = Callable[[UUID, str | None], Captured]
"""Makes what is captured, given the incident and the team (group id) of its channel."""

Reading = Callable[[dict[str, Any], UUID], tuple[str | None, Capture]]
"""Reads a stored activity (its JSON and id): the thread it stands in, and what to make of it."""
