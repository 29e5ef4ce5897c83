"""The keys under which a maintenance window's moments are set."""

from __future__ import annotations

from uuid import UUID


def timer_of(window_id: UUID, edge: str) -> str:
    """The key of a window's timer: `start`, `end`, or `change` for one that is applied again."""
    return f"window:{window_id}:{edge}"
