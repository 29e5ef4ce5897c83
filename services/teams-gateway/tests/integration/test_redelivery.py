"""Teams delivers at least once, sometimes under another id, sometimes in another order."""

from __future__ import annotations

import asyncio

from gateway_rig import Gateway, Rig, opened, updated

from haveri_contracts.incident import commands


async def test_a_command_delivered_again_is_one_incident(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    said = await works.user().say("General", "/incident Filler 2 jammed")
    await opened(works, "inc-1-filler-2-jammed")
    for new_id in (False, True, True):
        assert await works.handle.redeliver(said.id, new_id=new_id) == 200
    await works.user().say("General", "/incident Second one")
    await opened(works, "inc-2-second-one")
    assert len(rig.neighbours.sent(works, commands.DeclareIncident)) == 2


async def test_a_message_delivered_again_is_one_entry(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    said = await works.user().say(scene.channel, "belt torn")
    await works.handle.wait_until_delivered()
    await works.handle.redeliver(said.id)
    await works.handle.redeliver(said.id, new_id=True)
    await works.user().say(scene.channel, "belt torn")
    await rig.until(lambda: len(rig.neighbours.said(works)) == 2)


async def test_messages_out_of_order_keep_the_times_at_which_they_were_said(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    await works.handle.wait_until_delivered()
    await works.handle.hold_deliveries()
    texts = ["one", "two", "three"]
    for text in texts:
        await works.user().say(scene.channel, text)
    await works.handle.release_deliveries("reversed")
    await rig.until(lambda: len(rig.neighbours.said(works)) == 3)
    by_time = sorted(rig.neighbours.said(works), key=lambda m: m.posted_at)
    assert [m.text for m in by_time] == texts


async def test_an_invoke_repeated_under_a_new_id_is_one_command_with_one_answer(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    # The first answers come too late for Teams, which asks again: twice under the same id, then under a new one.
    await rig.client.patience(0.001)
    try:
        await works.user().press(scene.message, "ack")
    finally:
        await rig.client.patience(15)
    await updated(works, scene.channel, scene.message)
    outcome = await works.user().press(scene.message, "ack", seen=0)
    assert outcome.kind == "card"
    assert len(rig.neighbours.sent(works, commands.Acknowledge)) == 1


async def test_commands_of_one_conversation_are_carried_out_in_their_order(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    for number in range(6):
        await works.user().say(scene.channel, f"@Haveri did step {number}")
    await rig.until(lambda: len(rig.neighbours.sent(works, commands.AddEvent)) == 6)
    assert [c.text for c in rig.neighbours.sent(works, commands.AddEvent)] == [f"step {n}" for n in range(6)]


async def test_thirty_two_at_once_lose_none(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    await asyncio.gather(*(works.user().say("General", f"/incident Pump {n} leaks") for n in range(32)))
    await works.handle.wait_for(
        lambda: _cards(works, 32),
        timeout=30,
    )
    channels = [c for c in await works.handle.channels() if c.name.startswith("inc-")]
    assert len(channels) == 32


async def _cards(works: object, count: int) -> bool:
    messages = await works.handle.messages(works.global_channel)  # type: ignore[attr-defined]
    return len([m for m in messages if m.card is not None]) >= count
