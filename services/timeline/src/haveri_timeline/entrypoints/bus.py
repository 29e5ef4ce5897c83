"""From the bus to the timelines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from haveri_chassis.bus import Bus, Received
from haveri_chassis.messages import Sender
from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Event, Message
from haveri_contracts.plain import EntryType
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

    async def record(batch: Sequence[Received[Any]]) -> None:
        async for recorded in record_happenings(timelines, [*filter(None, map(happening_of, batch))]):
            await publish_hints(bus, sender, recorded)

    async def page(query: ListTimeline, envelope: Envelope) -> Any:
        return await reads.page(envelope.organization, query)

    async def recent(query: ListRecentActivity, envelope: Envelope) -> Any:
        return await reads.recent(envelope.organization, query)

    async def verify(query: VerifyTimeline, envelope: Envelope) -> Any:
        return await reads.verify(envelope.organization, query)

    bus.on_events(TIMELINE_ENTRIES, record, wanted=stands_on_a_timeline)
    bus.on_query(ListTimeline, page)
    bus.on_query(ListRecentActivity, recent)
    bus.on_query(VerifyTimeline, verify)


def stands_on_a_timeline(event: type[Message] | None) -> bool:
    """True for every event that may; only the event itself can say it of a type that is not known here."""
    return event is None or (issubclass(event, Event) and event.entry is not None)


def happening_of(received: Received[Any]) -> tuple[str, Happening] | None:
    """The organisation and the happening in an event, None when it is about no incident.

    Of an event that is newer than this timeline, its envelope says the kind of entry.
    """
    event, envelope = received.message, received.envelope
    kind = event.timeline_entry() if event is not None else envelope.timelineentry or EntryType.OTHER
    incident_id = _uuid(envelope.data.get("incident_id"))
    if incident_id is None:
        return None
    happening = Happening(
        incident_id=incident_id,
        event_id=envelope.id,
        kind=kind,
        occurred_at=envelope.time,
        actor=envelope.actor,
        source_type=envelope.type,
        source_version=envelope.sequence,
        payload=canonical(envelope.data),
    )
    return envelope.organization, happening


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None


async def publish_hints(bus: Bus, sender: Sender, recorded: Recorded) -> None:
    """Hint to live views that there is more to read; a lost hint costs nothing but a moment."""
    for incident_id, entries in recorded.entries.items():
        event = EntriesRecorded(
            incident_id=incident_id,
            first_seq=entries[0].seq,
            last_seq=entries[-1].seq,
            types=sorted({entry.happening.kind for entry in entries}),
        )
        await bus.publish_hint(sender.event(event, organization=recorded.organization, actor=ACTOR, cause=None))
