"""From the bus to the timelines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from haveri_chassis.bus import Bus, Received
from haveri_chassis.messages import Sender
from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Event
from haveri_contracts.streams import TIMELINE_ENTRIES
from haveri_contracts.timeline.events import EntriesRecorded
from haveri_contracts.timeline.queries import ListRecentActivity, ListTimeline, VerifyTimeline
from haveri_timeline.adapters.reads import TimelineReads
from haveri_timeline.application.record_happenings import Recorded, Timelines, record_happenings
from haveri_timeline.domain.chain import canonical
from haveri_timeline.domain.entries import Happening

ACTOR = "system:timeline"


def attach(bus: Bus, timelines: Timelines, reads: TimelineReads, sender: Sender) -> None:
    """Subscribe everything the timeline service listens to."""

    async def record(batch: Sequence[Received[Event]]) -> None:
        async for recorded in record_happenings(timelines, [*filter(None, map(happening_of, batch))]):
            await tell(bus, sender, recorded)

    async def page(query: ListTimeline, envelope: Envelope) -> Any:
        return await reads.page(envelope.organization, query)

    async def recent(query: ListRecentActivity, envelope: Envelope) -> Any:
        return await reads.recent(envelope.organization, query)

    async def verify(query: VerifyTimeline, envelope: Envelope) -> Any:
        return await reads.verify(envelope.organization, query)

    bus.on_events(TIMELINE_ENTRIES, record)
    bus.on_query(ListTimeline, page)
    bus.on_query(ListRecentActivity, recent)
    bus.on_query(VerifyTimeline, verify)


def happening_of(received: Received[Event]) -> tuple[str, Happening] | None:
    """The organisation and the happening in an event, None when it stands on no timeline."""
    kind, envelope = received.message.timeline_entry(), received.envelope
    if kind is None:
        return None
    happening = Happening(
        incident_id=UUID(envelope.data["incident_id"]),
        event_id=envelope.id,
        kind=kind,
        occurred_at=envelope.time,
        actor=envelope.actor,
        source_type=envelope.type,
        source_version=envelope.sequence,
        payload=canonical(envelope.data),
    )
    return envelope.organization, happening


async def tell(bus: Bus, sender: Sender, recorded: Recorded) -> None:
    """Hint to live views that there is more to read; a lost hint costs nothing but a moment."""
    for incident_id, entries in recorded.entries.items():
        news = EntriesRecorded(
            incident_id=incident_id,
            first_seq=entries[0].seq,
            last_seq=entries[-1].seq,
            types=sorted({entry.happening.kind for entry in entries}),
        )
        await bus.publish_hint(sender.event(news, organization=recorded.organization, actor=ACTOR, cause=None))
