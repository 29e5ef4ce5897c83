"""One incident's chat is opened once, whatever dies, and then follows the incident."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memory_platform import Death, Fate, Fates, MemoryChannel, MemoryLinks, MemoryPlatform, MemoryStore

from haveri_chat.cards import Facts
from haveri_chat.plant import Plant
from haveri_chat.ports import Posted
from haveri_chat.workflow.failures import Unfinished
from haveri_chat.workflow.runner import Workflow
from haveri_chat.workflow.surroundings import Setting
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.models import FollowUpDraft, Incident, Summary
from haveri_contracts.plain import Severity, Status

HERE = Setting(home="team", global_channel="global", platform="teams")
THREADS = Setting(home="team", global_channel="global", incident_channel="thread", platform="teams")
LEASE = timedelta(seconds=30)


@dataclass
class World:
    """The outside world, which outlives every process that works on it."""

    incident: Incident
    plant: Plant
    setting: Setting = HERE
    fates: Fates = field(default_factory=Fates)
    now: datetime = datetime(2026, 11, 21, 1, 11, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.platform = MemoryPlatform(self.fates)
        self.store = MemoryStore(self.fates)
        self.links = MemoryLinks(self.fates)

    async def current(self, incident_id: UUID) -> Incident:
        await asyncio.sleep(0)
        return self.incident

    def process(self) -> Workflow:
        return Workflow(self.platform, self.store, self, self.links, now=lambda: self.now, lease=LEASE)

    async def live(self, fates: Mapping[int, Fate] | None = None) -> None:
        """One process works until it is through, dies, or has to come back later."""
        self.fates.revived(fates)
        try:
            await self.process().advance(self.incident.id, self.setting, self.plant)
        except Death:
            self.now += LEASE
        except Unfinished as unfinished:
            assert unfinished.retry_after is not None
            self.now += timedelta(seconds=unfinished.retry_after)

    async def settle(self) -> None:
        """A last process that nothing happens to."""
        self.fates.revived()
        await self.process().advance(self.incident.id, self.setting, self.plant)

    def changed(self, **different: object) -> None:
        self.incident = self.incident.model_copy(update={"version": self.incident.version + 1, **different})

    @property
    def channel(self) -> MemoryChannel:
        (channel,) = self.platform.channels
        return channel

    def card_marker(self, which: str) -> str:
        return f"v1-static:{self.incident.id}:post_{which}_card"

    def shows(self, which: str) -> str:
        (message,) = self.platform.marked(self.card_marker(which))
        assert message.card is not None
        return " ".join(
            f"{label} {value}"
            for block in message.card.blocks
            if isinstance(block, Facts)
            for label, value in block.rows
        )

    def assert_whole(self) -> None:
        """Exactly one of everything, linked, and showing the newest state."""
        assert len(self.platform.channels) == 1
        for which in ("workflow", "global"):
            assert len(self.platform.marked(self.card_marker(which))) == 1
        texts = [message for message in self.platform.messages if message.text]
        assert len({message.marker for message in texts}) == len(texts)
        last = list(self.links.sent.values())[-1]
        (summary,) = self.platform.marked(self.card_marker("global"))
        assert (last.chat_channel_ref, last.global_message_ref) == (self.channel.channel, summary.posted.message)
        assert self.channel.archived == (self.incident.status is Status.CLOSED)


@pytest.fixture
def world(make_incident: Callable[..., Incident], plant: Plant) -> World:
    return World(make_incident(), plant)


async def test_a_declared_incident_gets_its_channel_both_cards_its_lead_and_its_link(world: World) -> None:
    await world.settle()
    world.assert_whole()
    assert world.channel.name == "inc-4-filler-2-jammed"
    assert "Lead Aino Virtanen" in world.shows("workflow")
    invited = [message for message in world.platform.messages if message.people]
    assert [person.user_id for message in invited for person in message.people] == ["user-aino.virtanen"]
    assert invited[0].posted.channel == world.channel.channel


async def test_advancing_again_does_nothing_twice(world: World) -> None:
    await world.settle()
    posted, sent = len(world.platform.messages), dict(world.links.sent)
    await world.settle()
    assert (len(world.platform.messages), world.links.sent) == (posted, sent)
    assert all(not message.versions for message in world.platform.messages)


async def _calls_of_one_life(world: World) -> int:
    await world.settle()
    return world.fates.calls


@pytest.mark.parametrize("fate", list(Fate))
async def test_whatever_call_fails_everything_is_there_exactly_once(
    make_incident: Callable[..., Incident], plant: Plant, fate: Fate
) -> None:
    calls = await _calls_of_one_life(World(make_incident(), plant))
    for number in range(calls):
        world = World(make_incident(), plant)
        await world.live({number: fate})
        await world.settle()
        world.assert_whole()


lives = st.lists(st.dictionaries(st.integers(0, 25), st.sampled_from(list(Fate)), max_size=3), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=lives, changes=st.lists(st.sampled_from(["status", "lead", "close", "reopen", "none"]), max_size=6))
async def test_any_row_of_crashes_and_changes_ends_whole(
    make_incident: Callable[..., Incident],
    plant: Plant,
    known_id: Callable[[str], UUID],
    lives: list[dict[int, Fate]],
    changes: list[str],
) -> None:
    world = World(make_incident(), plant)
    await world.live(lives[0] if lives else None)
    happens: dict[str, dict[str, object]] = {
        "status": {"status": Status.INVESTIGATING, "closed_at": None},
        "lead": {"assigned_to": known_id("Mikko Laine")},
        "close": {"status": Status.CLOSED, "closed_at": world.now, "resolved_at": world.now},
        "reopen": {"status": Status.INVESTIGATING, "closed_at": None},
        "none": {},
    }
    for number in range(max(len(lives), len(changes))):
        if number < len(changes) and changes[number] != "none":
            world.changed(**happens[changes[number]])
        await world.live(lives[number] if number < len(lives) else None)
    if not world.store.records and world.incident.status is Status.CLOSED:
        return
    await world.settle()
    world.assert_whole()
    if world.incident.status is not Status.CLOSED:
        assert f"Status {world.incident.status.capitalize()}" in world.shows("workflow")
    assert f"Status {world.incident.status.capitalize()}" in world.shows("global")


async def test_two_replicas_at_once_open_one_channel(world: World) -> None:
    async def replica() -> None:
        for _ in range(20):
            try:
                await world.process().advance(world.incident.id, world.setting, world.plant)
            except Unfinished:
                await asyncio.sleep(0)
            else:
                return

    await asyncio.gather(*(replica() for _ in range(4)))
    await world.settle()
    world.assert_whole()


async def test_both_cards_follow_every_change(world: World) -> None:
    await world.settle()
    world.changed(status=Status.MITIGATED, severity=Severity.SEV2)
    await world.settle()
    for which in ("workflow", "global"):
        assert "Status Mitigated" in world.shows(which)
        assert "SEV2" in world.shows(which)


async def test_a_card_is_left_alone_when_only_the_link_changed(world: World) -> None:
    await world.settle()
    world.changed(chat_channel_ref=world.channel.channel)
    await world.settle()
    assert all(not message.versions for message in world.platform.messages)


async def test_a_card_never_goes_back_to_an_older_version(world: World) -> None:
    old = world.incident
    world.changed(status=Status.MITIGATED)
    await world.settle()
    world.incident = old
    await world.settle()
    assert "Status Mitigated" in world.shows("workflow")


async def test_many_changes_while_nobody_worked_make_one_update(world: World) -> None:
    await world.settle()
    for status in (Status.INVESTIGATING, Status.MITIGATED, Status.INVESTIGATING):
        world.changed(status=status)
    await world.settle()
    updated = [len(message.versions) for message in world.platform.messages if message.card]
    assert updated == [1, 1]


async def test_a_new_lead_is_called_into_the_channel(world: World, known_id: Callable[[str], UUID]) -> None:
    await world.settle()
    world.changed(assigned_to=known_id("Mikko Laine"), comms_lead=known_id("Jonas Weber"))
    await world.settle()
    people = [person.name for message in world.platform.messages for person in message.people]
    assert people == ["Aino Virtanen", "Mikko Laine", "Jonas Weber"]


async def test_resolving_shows_the_summary_and_closing_archives_the_channel(world: World) -> None:
    await world.settle()
    summary = Summary(what_happened="The infeed sensor failed", root_cause="Worn cable")
    world.changed(status=Status.RESOLVED, resolved_at=world.now, summary=summary)
    await world.settle()
    assert "The infeed sensor failed" in world.shows("workflow")
    assert not world.channel.archived
    left = FollowUpDraft(id=UUID(int=1), description="Order a spare cable")
    world.changed(status=Status.CLOSED, closed_at=world.now, follow_ups=[left])
    await world.settle()
    assert "Order a spare cable" in world.shows("workflow")
    assert world.channel.archived


async def test_reopening_opens_the_channel_and_the_card_again(world: World) -> None:
    await world.settle()
    for status in (Status.CLOSED, Status.INVESTIGATING, Status.CLOSED, Status.INVESTIGATING):
        world.changed(status=status, closed_at=world.now if status is Status.CLOSED else None)
        await world.settle()
        world.assert_whole()
    assert "Status Investigating" in world.shows("workflow")


async def test_a_closed_incident_that_never_had_a_chat_gets_none(world: World) -> None:
    world.changed(status=Status.CLOSED)
    await world.settle()
    assert world.platform.channels == []


async def test_somebody_elses_channel_of_that_name_is_left_to_them(world: World) -> None:
    world.platform.channels.append(MemoryChannel("theirs", "team", "inc-4-filler-2-jammed", None))
    await world.settle()
    names = [channel.name for channel in world.platform.channels]
    assert names == ["inc-4-filler-2-jammed", "inc-4-filler-2-jammed-2"]
    assert all(message.posted.channel != "theirs" for message in world.platform.messages)


async def test_an_incident_can_live_in_a_thread_of_the_global_channel(world: World) -> None:
    world.setting = THREADS
    await world.settle()
    assert world.platform.channels == []
    (card,) = [message for message in world.platform.messages if message.card]
    assert card.posted.channel == "global"
    (link,) = world.links.sent.values()
    assert (link.chat_channel_ref, link.global_message_ref) == (card.posted.thread, card.posted.message)
    assert [message.posted.channel for message in world.platform.messages if message.people] == [card.posted.thread]


async def test_an_incident_stays_where_it_began_when_the_setting_changes(world: World) -> None:
    await world.settle()
    world.setting = THREADS
    world.changed(status=Status.MITIGATED)
    await world.settle()
    world.assert_whole()


async def test_a_team_that_can_have_no_more_channels_gets_a_thread(world: World) -> None:
    world.platform.refusing["create_channel"] = "the team has 200 channels"
    await world.settle()
    (link,) = world.links.sent.values()
    assert link.chat_channel_ref == world.platform.messages[0].posted.thread
    world.platform.refusing.clear()
    await world.settle()
    assert world.platform.channels == []


async def test_without_a_global_channel_there_is_one_card(world: World) -> None:
    world.setting = Setting(home="team", platform="teams")
    await world.settle()
    assert len([message for message in world.platform.messages if message.card]) == 1
    (link,) = world.links.sent.values()
    assert link.global_channel_ref is None


async def test_a_refused_invitation_is_reported_and_stops_nothing_else(world: World) -> None:
    world.platform.refusing["invite"] = "not in the team"
    with pytest.raises(Unfinished) as refused:
        await world.settle()
    assert refused.value.retry_after is None
    assert list(refused.value.refused.values()) == [Reason.of(ReasonCode.PROVIDER_REFUSED, detail="not in the team")]
    world.changed(status=Status.MITIGATED)
    with pytest.raises(Unfinished):
        await world.settle()
    assert "Status Mitigated" in world.shows("global")


def test_a_posted_reference_survives_the_store() -> None:
    posted = Posted("19:abc@thread.tacv2", "17", "19:abc@thread.tacv2;messageid=17")
    assert Posted.decode(posted.encode()) == posted
