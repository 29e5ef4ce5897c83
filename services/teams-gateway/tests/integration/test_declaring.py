"""What somebody on the line sees when they declare an incident."""

from __future__ import annotations

from gateway_rig import NAMES, Gateway, Rig

from haveri_contracts.incident import commands as order


async def test_a_typed_command_opens_a_channel_with_both_cards(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    await works.user().say("General", "@Haveri incident Filler 2 jammed, line 1 down sev1")
    channel = await works.handle.wait_for_channel(lambda place: place.name == "inc-1-filler-2-jammed")
    card = await works.handle.wait_for_message(channel, lambda message: message.card is not None)
    live = await works.handle.wait_for_message(works.global_channel, lambda message: message.card is not None)
    assert card.card is not None
    assert "Filler 2 jammed, line 1 down" in " ".join(card.card.texts())
    assert live.card is not None
    assert "Filler 2 jammed, line 1 down" in " ".join(live.card.texts())
    assert len(rig.neighbours.sent(works, order.DeclareIncident)) == 1
    assert NAMES[0]
