"""A copy of somebody else's list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from haveri_chassis.bus import OwnerUnavailable
from haveri_chassis.messages import Sender
from haveri_chassis.replica import Replica, all_pages
from haveri_contracts.directory.queries import ListTeams, TeamList
from haveri_contracts.envelope import Envelope
from haveri_contracts.incident.events import LeadAssigned
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.ids import SequentialIds

CLOCK_START = datetime(2026, 11, 23, 12, tzinfo=UTC)


class FakeBus:
    """Remembers who listens, and lets a test speak."""

    def __init__(self) -> None:
        self.handlers: list[Any] = []
        self.reconnected: list[Any] = []
        self.connection = self

    def on_hint(self, subject: str, handler: Any) -> None:
        """As the bus does."""
        self.handlers.append(handler)

    def after_reconnect(self, hook: Any) -> None:
        """As the connection does."""
        self.reconnected.append(hook)

    async def say(self, organization: str) -> None:
        """Something has changed in an organisation."""
        for handler in self.handlers:
            await handler(change(organization))


class Owner:
    """The owner of the list: counts how often it is asked, and can be away."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False
        self.gate: asyncio.Event | None = None

    async def load(self, organization: str) -> list[str]:
        """The list, different each time."""
        self.asked.append(organization)
        if self.gate:
            await self.gate.wait()
        if self.away:
            raise OwnerUnavailable("away")
        return [f"{organization} {len(self.asked)}"]


def change(organization: str) -> Envelope:
    """Any event of an organisation."""
    ids = SequentialIds()
    return Sender("directory", ManualClock(CLOCK_START), ids).event(
        LeadAssigned(incident_id=ids.new(), member_id=ids.new()),
        organization=organization,
        actor="system:test",
        cause=None,
    )


@pytest.fixture
async def parts() -> AsyncIterator[tuple[Replica[list[str]], FakeBus, Owner, ManualClock]]:
    """A replica, its bus, its owner, and the time."""
    bus, owner, clock = FakeBus(), Owner(), ManualClock(CLOCK_START)
    subjects = ["haveri.*.event.directory.>"]
    replica = Replica(owner.load, bus, clock=clock, name="directory", invalidated_by=subjects, ttl=60)  # type: ignore[arg-type]
    yield replica, bus, owner, clock


Parts = tuple[Replica[list[str]], FakeBus, Owner, ManualClock]


async def test_the_owner_is_asked_once_while_nothing_changes(parts: Parts) -> None:
    """For each organisation on its own."""
    replica, _, owner, _ = parts

    assert await replica.get("demo") == ["demo 1"]
    assert await replica.get("demo") == ["demo 1"]
    assert await replica.get("other") == ["other 2"]
    assert owner.asked == ["demo", "other"]


async def test_a_change_is_seen_at_the_next_use_and_only_where_it_happened(parts: Parts) -> None:
    """Another organisation's copy stays."""
    replica, bus, _, _ = parts
    await replica.get("demo")
    await replica.get("other")

    await bus.say("demo")

    assert await replica.get("demo") == ["demo 3"]
    assert await replica.get("other") == ["other 2"]


async def test_a_change_during_the_load_is_not_missed(parts: Parts) -> None:
    """What was loaded may be from before it."""
    replica, bus, owner, _ = parts
    owner.gate = asyncio.Event()
    first = asyncio.create_task(replica.get("demo"))
    await asyncio.sleep(0)
    await bus.say("demo")
    owner.gate.set()
    await first

    assert await replica.get("demo") == ["demo 2"]


async def test_everything_is_loaded_again_after_the_bus_was_away(parts: Parts) -> None:
    """Who knows what was said meanwhile."""
    replica, bus, _, _ = parts
    await replica.get("demo")

    for hook in bus.reconnected:
        hook()

    assert await replica.get("demo") == ["demo 2"]


async def test_a_copy_does_not_live_for_ever(parts: Parts) -> None:
    """In case a change was not heard."""
    replica, _, _, clock = parts
    await replica.get("demo")

    clock.advance(timedelta(seconds=61))

    assert await replica.get("demo") == ["demo 2"]


async def test_the_old_copy_serves_while_the_owner_is_away(parts: Parts) -> None:
    """And the owner is asked again a second later, not on every use."""
    replica, bus, owner, clock = parts
    await replica.get("demo")
    owner.away = True
    await bus.say("demo")

    assert await replica.get("demo") == ["demo 1"]
    assert await replica.get("demo") == ["demo 1"]
    assert len(owner.asked) == 2

    owner.away = False
    clock.advance(timedelta(seconds=2))
    assert await replica.get("demo") == ["demo 3"]


async def test_without_any_copy_an_absent_owner_is_said_to_be_absent(parts: Parts) -> None:
    """And is asked again next time."""
    replica, _, owner, _ = parts
    owner.away = True
    with pytest.raises(OwnerUnavailable):
        await replica.get("demo")

    owner.away = False
    assert await replica.get("demo") == ["demo 2"]


async def test_many_at_once_ask_the_owner_once(parts: Parts) -> None:
    """A burst after a change is one question."""
    replica, _, owner, _ = parts

    answers = await asyncio.gather(*(replica.get("demo") for _ in range(20)))

    assert answers == [["demo 1"]] * 20
    assert len(owner.asked) == 1


async def test_many_who_wait_for_an_owner_that_is_away_wait_for_one_question(parts: Parts) -> None:
    replica, _, owner, _ = parts
    owner.away, owner.gate = True, asyncio.Event()
    asking = asyncio.gather(*(replica.get("demo") for _ in range(20)), return_exceptions=True)
    await asyncio.sleep(0)  # all twenty have begun
    owner.gate.set()
    answers = await asking
    assert [type(answer) for answer in answers] == [OwnerUnavailable] * 20
    assert len(owner.asked) == 1


class PagedOwner:
    """Answers in three pages."""

    async def ask(self, query: ListTeams, *, organization: str, actor: str) -> TeamList:
        """One page; the cursor is its number."""
        number = int(query.page.cursor or 0)
        return TeamList.model_construct(items=[number], next_cursor=str(number + 1) if number < 2 else None)  # type: ignore[list-item]


async def test_all_pages_of_a_list_are_read_in_their_order() -> None:
    """Until there is no next cursor."""
    assert await all_pages(PagedOwner(), ListTeams(), "demo", "system:test") == [0, 1, 2]  # type: ignore[arg-type]
