"""What somebody on the line sees when they declare an incident."""

from __future__ import annotations

import pytest
from gateway_rig import NAMES, Gateway, Rig, opened

from haveri_contracts.incident import commands
from haveri_contracts.plain import Severity

ANNA = NAMES[0]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("@Haveri incident Filler 2 jammed, line 1 down sev1", True),
        ("@Haveri /incident Filler 2 jammed, line 1 down sev1", True),
        ("/incident Filler 2 jammed, line 1 down sev1", False),
        ("/incident Filler 2 jammed, line 1 down sev1", True),
    ],
    ids=["mention", "mention-and-slash", "slash-command", "typed-slash"],
)
async def test_every_spelling_opens_a_channel_with_both_cards(
    rig: Rig, gateway: Gateway, text: str, plain: bool
) -> None:
    works = await rig.works(gateway)
    await works.user().say("General", text, plain=plain)
    scene = await opened(works, "inc-1-filler-2-jammed")
    for card in (scene.card, scene.live):
        assert "Filler 2 jammed, line 1 down" in " ".join(card.texts())
    (declared,) = rig.neighbours.sent(works, commands.DeclareIncident)
    assert declared.severity is Severity.SEV1
    assert declared.asset_ids == [works.asset.id]


async def test_the_lead_is_invited_by_a_mention_and_the_incident_learns_where_it_lives(
    rig: Rig, gateway: Gateway
) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-pump-7-leaks", say="/incident Pump 7 leaks")
    await works.handle.wait_for_message(scene.channel, lambda m: any(name == ANNA for name in m.mentions))
    (link,) = await rig.until(lambda: rig.neighbours.sent(works, commands.LinkChat))
    assert link.chat_channel_ref == scene.channel.id
    assert link.global_channel_ref == works.global_channel
    assert link.global_message_ref == scene.live_message.id


async def test_a_personal_chat_declares_too(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    chat = await works.user().chat_with(rig.app_id)
    await works.user().say(chat, "incident Capper stuck")
    await opened(works, "inc-1-capper-stuck")


async def test_incident_without_words_opens_the_form_privately_and_the_form_declares(
    rig: Rig, gateway: Gateway
) -> None:
    works = await rig.works(gateway)
    await works.user().say("General", "/incident")
    form = await works.handle.wait_for_message(
        works.general, lambda m: m.by_bot and m.card is not None and "what" in m.card.inputs()
    )
    assert form.seen_by is not None
    await works.user().press(form, "submit", {"what": "Labels torn", "severity": "SEV3"})
    await opened(works, "inc-1-labels-torn")


async def test_an_incident_is_declared_from_somebody_elses_message(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    said = await works.user(NAMES[1]).say("General", "Oil under press 3, floor slippery")
    outcome = await works.user().message_action(said)
    assert outcome.dialog is not None, outcome
    sent = await works.user().submit_form(outcome.dialog, {"what": "Oil under press 3", "severity": "SEV2"})
    assert sent.kind in ("closed", "message")
    await opened(works, "inc-1-oil-under-press-3")


async def test_threads_instead_of_channels_when_the_organisation_wants_that(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway, threads=True)
    await works.user().say("General", "/incident Sensor drifts sev3")
    card = await works.handle.wait_for_message(works.global_channel, lambda m: m.card is not None)
    await rig.until(lambda: rig.neighbours.sent(works, commands.LinkChat))
    await works.user().reply(card, "replaced it")
    said = await rig.until(lambda: rig.neighbours.said(works))
    assert said[0].text == "replaced it"
    assert said[0].thread_ref == f"{works.global_channel};messageid={card.id}"


async def test_a_stranger_is_told_whom_to_ask_and_nothing_happens(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    await works.user("Olga Outsider").say("General", "/incident Let me in")
    told = await works.handle.wait_for_message(works.general, lambda m: m.by_bot and m.seen_by is not None)
    olga = next(p for p in (told.seen_by or ()))
    assert olga in told.text
    assert rig.neighbours.sent(works, commands.DeclareIncident) == []


async def test_a_viewer_may_not_declare(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    await works.user(NAMES[2]).say("General", "/incident I only look")
    await works.handle.wait_for_message(works.general, lambda m: m.by_bot and m.seen_by is not None)
    assert rig.neighbours.sent(works, commands.DeclareIncident) == []


@pytest.mark.parametrize("command", ["/help", "/oncall", "/incidents"])
async def test_questions_are_answered_privately(rig: Rig, gateway: Gateway, command: str) -> None:
    works = await rig.works(gateway)
    await works.user().say("General", command)
    told = await works.handle.wait_for_message(works.general, lambda m: m.by_bot and m.card is not None)
    assert told.seen_by is not None


async def test_a_command_that_nobody_knows_is_answered_and_changes_nothing(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    await works.user().say("General", "@Haveri frobnicate the filler")
    told = await works.handle.wait_for_message(works.general, lambda m: m.by_bot)
    assert told.seen_by is not None
    assert told.text
    assert rig.neighbours.sent(works, commands.DeclareIncident) == []


async def test_emoji_and_right_to_left_text_and_html_stay_what_they_are(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    title = "🔥 <b>مضخة</b> **5** [x](http://evil.example) <at>Mikko Korhonen</at>"
    await works.user().say("General", f"/incident {title}", plain=True)
    (declared,) = await rig.until(lambda: rig.neighbours.sent(works, commands.DeclareIncident))
    assert "<b>مضخة</b> **5** [x](http://evil.example)" in declared.title
    live = await works.handle.wait_for_message(works.global_channel, lambda m: m.card is not None)
    assert live.mentions == ()
