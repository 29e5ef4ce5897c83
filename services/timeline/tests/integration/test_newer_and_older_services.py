"""A rolling upgrade in any order: an old timeline reads new events, a new one old events, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from haveri_chassis.bus import Bus
from haveri_chassis.bus.dead_letters import DeadLetter, DeadLetters
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_contracts.envelope import Envelope
from haveri_contracts.incident.events import EventAdded, LeadAssigned
from haveri_contracts.message import Event
from haveri_contracts.plain import EntryType
from haveri_contracts.streams import TIMELINE_ENTRIES
from haveri_contracts.timeline.models import TimelineEntry
from haveri_contracts.timeline.queries import ListTimeline, TimelinePage, VerifyTimeline
from haveri_contracts.types import LARGEST_INTEGER
from haveri_devservers.testing.clock import ManualClock
from haveri_timeline.entrypoints.bus import attach

NEWER_CHANGE = {"approver": {"badge": 7}, "reason": "a pump is new", "cost": 12.5}


class Line:
    """The timeline service on a bus, and whoever publishes beside it."""

    def __init__(self, bus: Bus, reads: Any, sender: Sender, organization: str) -> None:
        self.bus, self.reads, self.sender, self.organization = bus, reads, sender, organization
        self.letters = DeadLetters(bus)

    async def publish(self, event: Event, **changes: Any) -> Envelope:
        """An event as its owner sends it, or as a newer or older owner would, by what `changes` in the envelope."""
        envelope = self.sender.event(event, organization=self.organization, actor="system:test", cause=None)
        envelope = envelope.model_copy(update=changes)
        _, owner, name, version = envelope.type.split(".")
        subject = f"haveri.{self.organization}.event.{owner}.{name}.{version}"
        await self.bus.publish_durable(subject, envelope.encode(), str(envelope.id))
        return envelope

    async def dead_letters(self) -> list[DeadLetter]:
        """What this timeline could not read of this organisation; others test on the same bus."""
        letters = await self.letters.list()
        return [it for it in letters if it.consumer == TIMELINE_ENTRIES.name and self.organization in it.subject]

    async def entries(self, incident: UUID, count: int) -> list[TimelineEntry]:
        """The timeline, once it is so long."""
        async with asyncio.timeout(10):
            while True:
                answer = await self.reads.page(self.organization, ListTimeline(incident_id=incident))
                found = TimelinePage.model_validate_json(answer).items
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.01)


@pytest.fixture
async def line(house, store, reads, organization, clock: ManualClock) -> AsyncIterator[Line]:
    """The timeline service as it is here, which is the old one for what is newer."""
    ids = SystemIds()
    bus, sender = Bus(house.nats_url, service="timeline", clock=clock, ids=ids), Sender("timeline", clock, ids)
    attach(bus, store, reads, sender)
    await bus.start()
    await asyncio.wait_for(bus.wait_ready(), 10)
    yield Line(bus, reads, sender, organization)
    await bus.stop()


def lead(incident: UUID) -> LeadAssigned:
    return LeadAssigned(incident_id=incident, member_id=uuid4())


async def test_an_old_timeline_keeps_new_events_as_they_came(line: Line) -> None:
    incident = uuid4()
    newer = {"incident_id": str(incident), **NEWER_CHANGE}
    sent = [
        # A kind of entry that only the newer service knows, from an owner that is not known here either.
        await line.publish(lead(incident), type="haveri.workshop.handover.v1", data=newer, timelineentry="handover"),
        # Nothing said about the kind: by somebody who writes events without this package.
        await line.publish(lead(incident), type="haveri.workshop.repaired.v1", data=newer, timelineentry=None),
        # A newer version of a known event, whose data the known version would refuse.
        await line.publish(lead(incident), type="haveri.incident.lead_assigned.v2", data=newer),
    ]
    grown = await line.publish(known := lead(incident))
    await line.publish(known, data={**grown.data, "since": "yesterday"})

    entries = await line.entries(incident, 5)

    assert [entry.type for entry in entries] == ["handover", "other", "assignment", "assignment", "assignment"]
    assert [entry.payload for entry in entries[:3]] == [newer, newer, newer]
    assert [entry.event_id for entry in entries[:3]] == [envelope.id for envelope in sent]
    assert [entry.source_type for entry in entries[:3]] == [envelope.type for envelope in sent]
    assert entries[4].payload["since"] == "yesterday"
    assert (await line.reads.verify(line.organization, VerifyTimeline(incident_id=incident))).intact
    answer = await line.reads.page(line.organization, ListTimeline(incident_id=incident, types=["handover"]))
    assert [entry.seq for entry in TimelinePage.model_validate_json(answer).items] == [1]
    assert await line.dead_letters() == []


async def test_a_new_timeline_reads_events_of_old_services_which_say_no_kind(line: Line) -> None:
    incident = uuid4()
    await line.publish(lead(incident), timelineentry=None)
    await line.publish(EventAdded(incident_id=incident, type=EntryType.ACTION_TAKEN, text="x"), timelineentry=None)
    assert [entry.type for entry in await line.entries(incident, 2)] == ["assignment", "action_taken"]


async def test_whatever_the_envelope_allows_is_kept(line: Line) -> None:
    incident = uuid4()
    await line.publish(lead(incident), sequence=LARGEST_INTEGER)
    await line.publish(lead(incident), timelineentry="<b>no kind</b>", type="haveri.workshop.opened.v1")
    entries = await line.entries(incident, 2)
    assert [(entry.type, entry.source_version) for entry in entries] == [
        ("assignment", LARGEST_INTEGER),
        ("other", None),
    ]
    assert (await line.reads.verify(line.organization, VerifyTimeline(incident_id=incident))).intact


async def test_an_event_about_no_incident_holds_up_nobody_whether_known_or_not(line: Line) -> None:
    incident = uuid4()
    for data in ({}, {"incident_id": "INC-42"}, {"incident_id": None}, {"incident_id": 7}):
        await line.publish(lead(incident), type="haveri.workshop.opened.v1", data=data)
    await line.publish(lead(incident))
    assert [entry.type for entry in await line.entries(incident, 1)] == ["assignment"]
    assert await line.dead_letters() == []


async def test_an_event_of_a_known_type_that_cannot_be_read_is_still_a_dead_letter(line: Line) -> None:
    incident = uuid4()
    broken = await line.publish(lead(incident), data={"incident_id": str(incident)})
    await line.publish(lead(incident))
    await line.entries(incident, 1)
    # The broken one stands before the other in the stream, and is settled before the other is kept.
    letters = await line.dead_letters()
    assert [(letter.reason, str(broken.id).encode() in (letter.body or b"")) for letter in letters] == [
        ("invalid-data", True)
    ]
    await line.letters.discard(letters[0].sequence)
