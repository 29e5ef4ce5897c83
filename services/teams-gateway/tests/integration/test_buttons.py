"""Cards and forms: pressed, pressed twice, pressed too late."""

from __future__ import annotations

import pytest
from gateway_rig import NAMES, Gateway, Rig, opened, updated

from haveri_contracts.incident import commands
from haveri_contracts.plain import Severity, Status
from haveri_teams_tenant.client import TenantRefused


async def test_acknowledging_changes_the_card_for_who_pressed_and_then_both_cards_for_all(
    rig: Rig, gateway: Gateway
) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    outcome = await works.user(NAMES[1]).press(scene.message, "ack")
    assert outcome.kind == "card"
    assert outcome.card is not None
    assert "ack" not in [action["verb"] for action in _executes(outcome.card.json)]
    await updated(works, scene.channel, scene.message)
    await updated(works, works.global_channel, scene.live_message)


def _executes(node: object) -> list[dict[str, str]]:
    if isinstance(node, dict):
        own = [node] if node.get("type") == "Action.Execute" else []
        return own + [found for value in node.values() for found in _executes(value)]
    return [found for value in node for found in _executes(value)] if isinstance(node, list) else []


async def test_pressing_twice_is_one_command_and_the_same_answer(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    first = await works.user().press(scene.message, "ack")
    await updated(works, scene.channel, scene.message)
    again = await works.user().press(scene.message, "ack", seen=0)
    assert (first.kind, again.kind) == ("card", "card")
    assert len(rig.neighbours.sent(works, commands.Acknowledge)) == 1


async def test_somebody_else_on_a_stale_card_gets_the_reason_why_not(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    await works.user().press(scene.message, "ack")
    await updated(works, scene.channel, scene.message)
    late = await works.user(NAMES[1]).press(scene.message, "ack", seen=0)
    assert late.kind == "error"
    assert late.text


async def test_severity_and_status_are_one_press_each(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    await works.user().press(scene.message, "sev-1")
    await works.user().press(scene.message, f"status-{Status.INVESTIGATING}")
    (severity,) = rig.neighbours.sent(works, commands.ChangeSeverity)
    assert severity.severity is Severity.SEV1
    assert len(rig.neighbours.sent(works, commands.UpdateStatus)) == 1
    await works.handle.wait_for_message(
        works.global_channel, lambda m: m.card is not None and any("SEV1" in text for text in m.card.texts())
    )


async def test_a_note_is_a_small_form_and_two_notes_are_two_notes(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    for text in ("belt torn", "belt torn"):
        form = await works.user().open_form(scene.message, "note")
        sent = await works.user().submit_form(form, {"note_text": text})
        assert sent.kind in ("message", "closed")
    assert [c.text for c in rig.neighbours.sent(works, commands.AddEvent)] == ["belt torn", "belt torn"]


async def test_resolving_asks_what_happened_and_says_what_is_missing(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    form = await works.user().open_form(scene.message, "resolve")
    with pytest.raises(TenantRefused):
        await works.user().submit_form(form, {"what_happened": ""})
    blank = await works.user().submit_form(form, {"what_happened": "   x", "duration_minutes": "12"})
    assert blank.kind in ("closed", "message"), blank
    (resolved,) = rig.neighbours.sent(works, commands.ResolveIncident)
    assert resolved.summary.impact.duration_minutes == 12
    await works.handle.wait_for_message(scene.channel, lambda m: m.id == scene.message.id and bool(m.versions))


async def test_a_typed_resolve_brings_the_form_privately(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    await works.user().say(scene.channel, "/resolve")
    form = await works.handle.wait_for_message(
        scene.channel, lambda m: m.card is not None and "what_happened" in m.card.inputs()
    )
    assert form.seen_by is not None
    outcome = await works.user().press(form, "submit", {"what_happened": "belt replaced"})
    assert outcome.kind == "card"
    assert len(rig.neighbours.sent(works, commands.ResolveIncident)) == 1


async def test_naming_a_lead_by_mention_finds_the_member(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    await works.user().say(scene.channel, f"@Haveri lead @{NAMES[1]}")
    (named,) = await rig.until(lambda: rig.neighbours.sent(works, commands.AssignLead))
    assert named.member_id == works.members[NAMES[1]].id
    await works.handle.wait_for_message(scene.channel, lambda m: NAMES[1] in m.mentions and m.by_bot)


async def test_a_closed_incidents_channel_is_archived_with_its_last_state_on_the_card(
    rig: Rig, gateway: Gateway
) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    form = await works.user().open_form(scene.message, "resolve")
    await works.user().submit_form(form, {"what_happened": "belt replaced"})
    await works.handle.wait_for_message(
        scene.channel, lambda m: m.id == scene.message.id and m.card is not None and "close" in str(m.card.json)
    )
    form = await works.user().open_form(scene.message, "close")
    await works.user().submit_form(form, {})
    await works.handle.wait_for_channel(lambda place: place.id == scene.channel.id and place.archived)
