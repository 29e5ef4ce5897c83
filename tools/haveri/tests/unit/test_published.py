"""An event that is published again is the one that it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from haveri_contracts.envelope import wrap
from haveri_contracts.incident.events import EventAdded
from haveri_contracts.plain import EntryType
from haveri_tool.upkeep.published import envelope_of


def test_a_replayed_event_is_byte_for_byte_what_was_published() -> None:
    incident, event_id, now = UUID(int=1), UUID(int=2), datetime(2026, 3, 14, 5, 42, tzinfo=UTC)
    event = EventAdded(incident_id=incident, type=EntryType.ACTION_TAKEN, text="Belt changed")
    sent = wrap(
        event,
        id=event_id,
        source="incident",
        organization="demo",
        actor="system:test",
        time=now,
        causation_id=UUID(int=3),
    )
    row: Any = {
        "organization_id": "demo", "incident_id": incident, "version": None, "event_id": event_id, "type": sent.type,
        "occurred_at": now, "actor": "system:test", "correlation_id": event_id, "causation_id": UUID(int=3),
        "payload": orjson.dumps(sent.data).decode(),
    }  # fmt: skip
    assert envelope_of(row).encode() == sent.encode()
