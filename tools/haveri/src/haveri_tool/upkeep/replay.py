"""Publishing events again, so that readers rebuild what they keep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

from haveri_chassis.bus import Bus
from haveri_tool.upkeep.published import SOURCES, PublishedEvent, published_events

_AT_ONCE = 100


async def replay(
    database_url: str,
    bus: Bus,
    *,
    organization: str | None = None,
    sources: Sequence[str] = SOURCES,
    progress: Callable[[int], None],
) -> int:
    """Publish every event of these services once more, oldest first; gives how many there were.

    The events are the same, with their ids, so readers pass over what they know. `progress` is given the count so
    far. Raises BusUnavailable when the bus is lost: running it again is safe.
    """
    run = bus.sender.ids.new()
    count = 0
    batch: list[PublishedEvent] = []
    async for event in published_events(database_url, organization, sources):
        batch.append(event)
        # The first goes alone: it sets up what the others then share, so that all leave in their order.
        if len(batch) == _AT_ONCE or count == 0:
            count += await _publish(bus, run, batch)
            progress(count)
            batch = []
    count += await _publish(bus, run, batch)
    progress(count)
    return count


async def _publish(bus: Bus, run: UUID, events: Sequence[PublishedEvent]) -> int:
    # A message id of this run: under the event's own the stream would take it for a duplicate and drop it.
    await asyncio.gather(
        *(bus.publish_durable(event.subject, event.body, f"replay:{run}:{event.id}") for event in events)
    )
    return len(events)
