"""Services and servers die in the middle of incidents: nothing is lost and nothing happens twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import httpx2
import pytest
from e2e_plants import (
    Declared,
    Organization,
    demo_plant,
    eventually,
    incident_channels,
    is_about,
    number_of,
)

from haveri_devservers.testing.embedded_source import server_home
from haveri_teams_tenant.client import TenantClient, TenantRefused
from haveri_teams_tenant.client.models import Message, Place
from haveri_tool.services import SERVICES
from haveri_tool.testing import RunningHouse, running_house

pytestmark = pytest.mark.e2e

VICTIMS = (*(service.name for service in SERVICES), "postgres", "nats", "s3", "teams_tenant")
PEOPLE = ("Mikko Virtanen", "Henna Koskinen", "Jari Heikkinen", "Eero Laine")
RECOVERY = 60.0
"""Seconds within which everything has been caught up with, on a busy machine."""
BACK = 20.0


@pytest.fixture(scope="module")
async def mortal() -> AsyncIterator[tuple[RunningHouse, Organization]]:
    """A house of its own, with everything as durable as people have it."""
    with server_home() as home, running_house(home / "house") as house:
        async with TenantClient(house.endpoints["teams_tenant"]) as tenants, demo_plant(house, tenants) as demo:
            yield house, demo


@dataclass
class Story:
    """One incident, told by several people who do not notice that something dies."""

    demo: Organization
    name: str
    earlier: frozenset[str]
    said: list[str] = field(default_factory=list)
    under_way: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def title(self) -> str:
        """What is declared."""
        return f"Labeller 1 slips, {self.name}"

    async def tell(self) -> None:
        """Declare, talk, work on it."""
        await self._insist(lambda: self.demo.person(PEOPLE[0]).command("General", f"/incident {self.title} sev3"))
        channel = await self.channel()
        for number, who in enumerate(PEOPLE):
            await self._say(channel, who, number)
        self.under_way.set()
        await self._order(channel, "/status investigating", status="INVESTIGATING")
        for number, who in enumerate(PEOPLE, len(PEOPLE)):
            await self._say(channel, who, number)
        await self._order(channel, "/sev 1", severity="SEV1")
        await self._order(channel, "/status mitigated", status="MITIGATED")

    async def channel(self) -> Place:
        """Its channel, as soon as the title can be read on its card."""

        async def look() -> Place | None:
            for channel in incident_channels(await self.demo.tenant.channels()):
                if channel.id in self.earlier:
                    continue
                if any(m.card and self.title in m.card for m in await self.demo.tenant.messages(channel)):
                    return channel
            return None

        found: Place = await eventually(look, RECOVERY)
        return found

    async def _say(self, channel: Place, who: str, number: int) -> None:
        text = f"{self.name}: observation {number}"
        await self._insist(lambda: self.demo.person(who).say(channel, text, plain=True))
        self.said.append(text)

    async def _order(self, channel: Place, command: str, **state: str) -> None:
        await self._insist(lambda: self.demo.person(PEOPLE[1]).command(channel, command))
        await self.demo.wait_for_state(number_of(channel), RECOVERY, **state)

    async def _insist(self, act: Callable[[], Awaitable[Message]]) -> None:
        """Do something in chat, again when chat itself was away."""
        async with asyncio.timeout(RECOVERY):
            while True:
                try:
                    await act()
                except (httpx2.HTTPError, TenantRefused):
                    await asyncio.sleep(0.1)
                else:
                    return


@pytest.mark.parametrize("victim", VICTIMS)
async def test_nothing_is_lost_and_nothing_happens_twice_when_it_is_killed(mortal, victim: str) -> None:
    house, demo = mortal
    earlier = frozenset(channel.id for channel in incident_channels(await demo.tenant.channels()))
    stories = [Story(demo, f"{victim.replace('_', ' ')} {number}", earlier) for number in range(3)]

    early = [asyncio.create_task(story.tell()) for story in stories[:1]]
    await asyncio.wait_for(stories[0].under_way.wait(), RECOVERY)
    late = [asyncio.create_task(stories[1].tell())]
    pid, killed = house.kill(victim), time.monotonic()
    late.append(asyncio.create_task(stories[2].tell()))
    await asyncio.to_thread(house.until_back, victim, pid, BACK)
    assert time.monotonic() - killed < BACK
    assert house.pids()[victim] != pid
    await asyncio.gather(*early, *late)

    channels = incident_channels(await demo.tenant.channels())
    assert len(channels) == len(earlier) + len(stories)
    assert sorted(int(number_of(channel).removeprefix("INC-")) for channel in channels) == [
        *range(1, len(channels) + 1)
    ]
    for story in stories:
        await expect_whole(demo, story)


async def test_afterwards_every_history_holds_and_nothing_is_left_over(mortal) -> None:
    house, demo = mortal
    verified = await asyncio.to_thread(house.haveri, "verify", check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    letters = await asyncio.to_thread(house.haveri, "dead-letters", "list")
    assert "There are no dead letters." in letters.stdout, letters.stdout
    await demo.tenant.wait_until_delivered(RECOVERY)


async def expect_whole(demo: Organization, story: Story) -> None:
    """Both cards once and up to date, every message that chat shows on the timeline once, the state as ordered."""
    declared = await demo.cards_of(await story.channel())
    incident = await demo.get(f"/incidents/{declared.number}")
    assert (incident["title"], incident["status"], incident["severity"]) == (story.title, "MITIGATED", "SEV1")
    for card in (declared.card, declared.global_card):
        await demo.until_card_says(card.id, "Mitigated", "SEV1", timeout=RECOVERY)
    shown = await people_said(demo, declared)
    assert set(story.said) <= set(shown)
    recorded = await recorded_messages(demo, declared, len(shown))
    assert recorded == Counter(shown)
    assert len(await cards_in(demo, declared.channel.id, declared.number)) == 1
    assert len(await cards_in(demo, demo.global_channel, declared.number)) == 1


async def people_said(demo: Organization, declared: Declared) -> list[str]:
    """What people wrote for all to see in the incident's channel."""
    messages = await demo.tenant.messages(declared.channel)
    return [message.text for message in messages if not message.by_bot and message.seen_by is None]


async def recorded_messages(demo: Organization, declared: Declared, at_least: int) -> Counter[str]:
    """The messages on the timeline, once there are as many as chat shows."""

    async def look() -> list[str] | None:
        entries = [e for e in await demo.timeline(declared.number) if e["type"] == "message"]
        return [e["payload"]["text"] for e in entries] if len(entries) >= at_least else None

    return Counter(await eventually(look, RECOVERY))


async def cards_in(demo: Organization, place: str, number: str) -> list[Message]:
    """The cards about an incident in a place."""
    messages = await demo.tenant.messages(place)
    return [m for m in messages if m.by_bot and m.card is not None and m.deleted_at is None and is_about(m, number)]
