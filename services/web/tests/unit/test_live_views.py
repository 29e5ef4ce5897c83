"""Live views: who hears what, and how many may listen."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from haveri_chassis.messages import Sender
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.events import EscalationUnacked, TimerDue
from haveri_contracts.message import Event
from haveri_contracts.plain import EntryType
from haveri_contracts.timeline.events import EntriesRecorded
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.ids import SequentialIds
from haveri_web.http.live_views import PER_MEMBER, LiveViews, TooManyLiveViews

AT = datetime(2026, 11, 23, tzinfo=UTC)
MEMBER, OTHER_MEMBER, FIRST, SECOND = (UUID(int=number) for number in range(1, 5))


def event(organization: str, incident_id: UUID) -> Envelope:
    sender = Sender("timeline", ManualClock(datetime(2026, 11, 23, tzinfo=UTC)), SequentialIds())
    grown = EntriesRecorded(incident_id=incident_id, first_seq=1, last_seq=2, types=[EntryType.MESSAGE])
    return sender.event(grown, organization=organization, actor="system:timeline", cause=None)


def _escalation(event: Event) -> Envelope:
    sender = Sender("escalation", ManualClock(AT), SequentialIds())
    return sender.event(event, organization="demo", actor="system:escalation", cause=None)


async def test_views_hear_of_escalations_and_not_of_the_engines_own_timers() -> None:
    views = LiveViews(10)
    run = {"incident_id": FIRST, "run_id": SECOND}
    async with views.watch("demo", MEMBER, FIRST) as one:
        await views.receive(_escalation(TimerDue(**run, timer="step", generation=1, due_at=AT)))
        assert not one.woken.is_set()
        await views.receive(_escalation(EscalationUnacked(**run, round=1, step=1, minutes=15)))
        assert one.take() == {str(FIRST)}


async def test_a_view_hears_its_own_organisation_and_incident_only() -> None:
    views = LiveViews(10)
    async with views.watch("demo", MEMBER, FIRST) as one, views.watch("demo", MEMBER, None) as every:
        await views.receive(event("other", FIRST))
        assert not one.woken.is_set() and not every.woken.is_set()
        await views.receive(event("demo", SECOND))
        assert not one.woken.is_set() and every.take() == {str(SECOND)}
        await views.receive(event("demo", FIRST))
        await views.receive(event("demo", FIRST))
        assert one.take() == {str(FIRST)}
        assert one.take() == set()


async def test_a_member_and_a_replica_have_only_so_many_views() -> None:
    views = LiveViews(PER_MEMBER + 1)
    stack = [views.watch("demo", MEMBER, None) for _ in range(PER_MEMBER)]
    for watch in stack:
        await watch.__aenter__()
    with pytest.raises(TooManyLiveViews):
        views.check("demo", MEMBER)
    async with views.watch("demo", OTHER_MEMBER, None):
        with pytest.raises(TooManyLiveViews):
            views.check("other", OTHER_MEMBER)
    for watch in stack:
        await watch.__aexit__(None, None, None)
    assert views.watching == 0
    views.check("demo", MEMBER)


async def test_every_view_ends_when_the_process_leaves() -> None:
    views = LiveViews(10)
    async with views.watch("demo", MEMBER, None) as view:
        views.leave()
        await asyncio.wait_for(view.woken.wait(), 1)
        assert views.ending
    with pytest.raises(TooManyLiveViews):
        views.check("demo", MEMBER)
