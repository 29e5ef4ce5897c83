"""One incident lives its whole life: declared in chat, captured, resolved, seen through the API."""

from __future__ import annotations

from datetime import datetime

import pytest

pytestmark = pytest.mark.e2e

ANNA, BOSS = "Mikko Virtanen", "Henna Koskinen"


async def test_an_incident_is_declared_worked_on_resolved_and_closed_in_chat(demo, house) -> None:
    before = {channel.id for channel in await demo.tenant.channels()}
    declared = await demo.declare(ANNA, "Filler 2 jammed, line 1 down sev1")
    number, channel = declared.number, declared.channel
    assert channel.name == f"{number.lower()}-filler-2-jammed"
    assert channel.id not in before
    shown = await demo.text_of_card(declared.card.id)
    for word in ("Filler 2 jammed, line 1 down", "Tampere Works", "SEV1", ANNA):
        assert word in shown
    assert number in await demo.text_of_card(declared.global_card.id)

    said = await demo.person(ANNA).say(channel, "The infeed sensor hangs <b>loose</b> & the belt is torn 🛠 **really**")
    await demo.wait_for_entry(number, lambda e: e["type"] == "message" and "torn 🛠" in e["payload"]["text"])
    await demo.person(ANNA).edit(said, "The infeed sensor hangs loose")
    await demo.wait_for_entry(number, lambda e: e["type"] == "message_edited")
    await demo.person(ANNA).delete(said)
    await demo.wait_for_entry(number, lambda e: e["type"] == "message_deleted")

    await demo.person(ANNA).command(channel, "/status investigating")
    for card in (declared.card, declared.global_card):
        await demo.until_card_says(card.id, "investigating")
    await demo.person(ANNA).command(channel, f"/lead @{BOSS}")
    for card in (declared.card, declared.global_card):
        await demo.until_card_says(card.id, BOSS)
    await demo.person(ANNA).command(channel, "/sev 2")
    for card in (declared.card, declared.global_card):
        await demo.until_card_says(card.id, "SEV2")
    await demo.person(ANNA).command(channel, "/did swapped the infeed sensor")
    await demo.wait_for_entry(number, lambda e: e["type"] == "action_taken")
    await demo.person(ANNA).command(channel, "/note belt ordered")
    await demo.wait_for_entry(number, lambda e: e["type"] == "annotation")

    incident = await demo.get(f"/incidents/{number}")
    assert (incident["status"], incident["severity"]) == ("INVESTIGATING", "SEV2")
    assert incident["chat_channel_ref"].startswith(channel.id)

    await demo.fill_in(ANNA, declared.card, "resolve", what_happened="The infeed sensor had come loose")
    await demo.until_card_says(declared.card.id, "resolved")
    await demo.fill_in(ANNA, declared.card, "close", follow_up_1_what="Order a spare sensor")
    await demo.until_card_says(declared.global_card.id, "closed")

    closed = await demo.get(f"/incidents/{number}")
    assert closed["status"] == "CLOSED"
    assert closed["summary"]["what_happened"] == "The infeed sensor had come loose"
    entries = await demo.timeline(number)
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0]["type"] == "declared"
    middle = next(entry for entry in entries if entry["type"] == "severity_change")
    earlier = await demo.get(f"/incidents/{number}", as_of=incident["declared_at"])
    assert earlier["status"] == "DECLARED"
    known = await demo.get(f"/incidents/{number}/timeline", as_of=middle["recorded_at"], limit=1000)
    assert {entry["seq"] for entry in known["items"]} == {
        e["seq"]
        for e in entries
        if datetime.fromisoformat(e["recorded_at"]) <= datetime.fromisoformat(middle["recorded_at"])
    }
    assert house.haveri("verify").returncode == 0


async def test_a_command_by_mention_and_in_plain_words_works_like_the_slash(demo) -> None:
    declared = await demo.declare(ANNA, "Labeller 1 prints nothing sev3")
    channel = declared.channel
    await demo.person(ANNA).say(channel, "@Haveri /status investigating")
    await demo.until_card_says(declared.card.id, "investigating")
    await demo.person(ANNA).say(channel, "@Haveri sev 1")
    await demo.until_card_says(declared.card.id, "SEV1")


async def test_an_unknown_command_is_answered_to_the_person_alone_and_changes_nothing(demo) -> None:
    declared = await demo.declare(ANNA, "Packer 1 stands sev3")
    before = await demo.get(f"/incidents/{declared.number}")
    for text in ("@Haveri stauts mitigated", "@Haveri sev 9", "@Haveri status fixedd", "@Haveri lead Nobody Known"):
        await demo.answer_to(ANNA, declared.channel, text)
    after = await demo.get(f"/incidents/{declared.number}")
    assert (after["status"], after["severity"], after["assigned_to"]) == (
        before["status"],
        before["severity"],
        before["assigned_to"],
    )


async def test_buttons_do_what_the_commands_do_and_pressing_twice_has_one_effect(demo) -> None:
    declared = await demo.declare(ANNA, "Compressor 1 too hot sev2")
    card = await demo.tenant.message(declared.card.id)
    first = await demo.person(ANNA).press(card, "ack")
    assert first.kind != "error", first.text
    await demo.person(BOSS).press(card, "ack", seen=0)
    await demo.wait_for_entry(declared.number, lambda e: e["type"] == "acknowledgement")
    await demo.tenant.wait_until_delivered()
    entries = await demo.timeline(declared.number)
    assert len([entry for entry in entries if entry["type"] == "acknowledgement"]) == 1


async def test_a_redelivered_activity_changes_nothing_twice(demo) -> None:
    declared = await demo.declare(ANNA, "Chiller 1 alarm sev2")
    said = await demo.person(ANNA).say(declared.channel, "ammonia alarm reset")
    await demo.wait_for_entry(declared.number, lambda e: e["type"] == "message" and "ammonia" in e["payload"]["text"])
    channels = len(await demo.tenant.channels())
    assert await demo.tenant.redeliver(said.id) < 300
    assert await demo.tenant.redeliver() < 300
    await demo.person(ANNA).say(declared.channel, "afterwards")
    await demo.wait_for_entry(
        declared.number, lambda e: e["type"] == "message" and e["payload"]["text"] == "afterwards"
    )
    texts = [e["payload"]["text"] for e in await demo.timeline(declared.number) if e["type"] == "message"]
    assert texts.count("ammonia alarm reset") == 1
    assert len(await demo.tenant.channels()) == channels
