"""What is stored of an activity, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewActivity:
    """What is stored of an activity. `work`: there is more to do than capturing; `refs`: its channel and thread."""

    id: UUID
    identity: str
    fingerprint: str
    conversation: str
    refs: Sequence[str]
    body: dict[str, Any]
    received_at: datetime
    work: bool
    capturable: bool
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of storing it. `fresh`: never seen; `ahead`: other replicas have earlier work of its conversation."""

    id: UUID
    fresh: bool
    ahead: bool = False
    done: bool = False
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Due:
    """An activity to handle; `following`: its command was sent and only its outcome is still to be told."""

    organization: str
    id: UUID
    body: dict[str, Any]
    attempts: int
    following: bool
    traceparent: str | None
    conversation: str
