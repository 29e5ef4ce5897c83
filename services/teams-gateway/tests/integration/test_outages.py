"""Teams has bad days: nothing is lost on them and nothing appears twice."""

from __future__ import annotations

import pytest
from gateway_rig import Gateway, Rig, Works, opened

from haveri_contracts.chat.events import NotificationFailed
from haveri_contracts.incident import commands


async def once(works: Works, name: str) -> None:
    """One channel, one workflow card, one global card, one invitation."""
    channels = [c for c in await works.handle.channels() if c.name.startswith("inc-")]
    assert [c.name for c in channels] == [name]
    messages = [m for m in await works.handle.messages(channels[0]) if m.by_bot]
    assert len([m for m in messages if m.card is not None]) == 1
    assert len([m for m in messages if m.mentions]) == 1
    assert len([m for m in await works.handle.messages(works.global_channel) if m.card is not None]) == 1


async def complete(rig: Rig, works: Works) -> None:
    """The workflow has come to its end: the incident knows its chat and the lead is invited."""
    await rig.until(lambda: rig.neighbours.sent(works, commands.LinkChat), within=30)
    (channel,) = [c for c in await works.handle.channels() if c.name.startswith("inc-")]
    await works.handle.wait_for_message(channel, lambda m: bool(m.mentions), timeout=30)


FAULTS = [
    {"surface": "graph", "method": "POST", "path_pattern": "/channels$"},
    {"surface": "connector", "method": "POST", "path_pattern": "/v3/conversations$"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=["channel", "card"])
@pytest.mark.parametrize(
    "how",
    [
        {"status": 429, "retry_after": 1},
        {"status": 503, "when": "before"},
        {"status": 503, "when": "after"},
        {"effect": "close", "when": "after"},
        {"status": 502, "times": 3},
    ],
    ids=["throttled", "refused", "answer-lost", "connection-cut", "three-times"],
)
async def test_a_bad_answer_neither_loses_nor_repeats_a_step(
    rig: Rig, gateway: Gateway, fault: dict[str, str], how: dict[str, object]
) -> None:
    works = await rig.works(gateway)
    await rig.client.fail(**{**fault, **how})  # type: ignore[arg-type]
    await works.user().say("General", "/incident Filler 2 jammed")
    await opened(works, "inc-1-filler-2-jammed", timeout=40)
    await complete(rig, works)
    await once(works, "inc-1-filler-2-jammed")


async def test_an_outage_of_everything_is_sat_out(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    await rig.client.outage("connector", "graph")
    await works.user().say("General", "/incident Filler 2 jammed")
    await rig.until(lambda: rig.neighbours.sent(works, commands.DeclareIncident))
    assert [c for c in await works.handle.channels() if c.name.startswith("inc-")] == []
    await rig.client.outage()
    await opened(works, "inc-1-filler-2-jammed", timeout=40)
    await complete(rig, works)
    await once(works, "inc-1-filler-2-jammed")


async def test_an_access_token_that_is_revoked_is_replaced(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    await opened(works, "inc-1-first", say="/incident First")
    await rig.client.rotate_keys("entra", keep_old=False)
    await works.user().say("General", "/incident Second")
    await works.handle.wait_for_channel(lambda place: place.name == "inc-2-second")


async def test_a_full_team_gets_a_thread_instead_of_a_channel(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    await rig.client.fail("graph", method="POST", path_pattern="/channels$", status=400, times=None)
    await works.user().say("General", "/incident No room left")
    card = await works.handle.wait_for_message(works.global_channel, lambda m: m.card is not None)
    (link,) = await rig.until(lambda: rig.neighbours.sent(works, commands.LinkChat))
    assert link.chat_channel_ref == f"{works.global_channel};messageid={card.id}"


async def test_what_teams_refuses_for_good_is_on_the_timeline(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    await rig.client.fail("connector", method="POST", path_pattern="/v3/conversations$", status=403, times=None)
    await works.user().say("General", "/incident Filler 2 jammed")
    failed = await rig.until(lambda: rig.neighbours.said(works, NotificationFailed))
    assert {f.what for f in failed} >= {"post_workflow_card"}
    assert all("403" in f.reason and f.cause and "403" in f.cause.params["detail"] for f in failed)


async def test_a_command_that_its_owner_has_not_answered_is_accepted_for_later_and_told_so(
    rig: Rig, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("haveri_teams_gateway.application.neighbours.WAIT_FOR_OUTCOME", 0.2)
    works = await rig.works(gateway)
    rig.neighbours.paused.clear()
    try:
        await works.user().say("General", "/incident Filler 2 jammed")
        await works.handle.wait_for_message(works.general, lambda m: m.by_bot and m.seen_by is not None)
    finally:
        rig.neighbours.paused.set()
    await opened(works, "inc-1-filler-2-jammed")
    assert len(rig.neighbours.sent(works, commands.DeclareIncident)) == 1
