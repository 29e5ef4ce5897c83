"""Messages leave a service through its outbox: rows that commit with the state they tell of."""

from __future__ import annotations

from haveri_chassis.outbox.partitions import DurablePublisher
from haveri_chassis.outbox.relay import OutboxRelay
from haveri_chassis.outbox.writing import (
    MAX_BODY_BYTES,
    emit,
    event_subject,
    ordering_key,
    outbox_channel,
    wake_outbox_sql,
)

__all__ = [
    "MAX_BODY_BYTES",
    "DurablePublisher",
    "OutboxRelay",
    "emit",
    "event_subject",
    "ordering_key",
    "outbox_channel",
    "wake_outbox_sql",
]
