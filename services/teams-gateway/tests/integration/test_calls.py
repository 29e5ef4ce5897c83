"""Somebody is called: a card in their own chat, one press, and everybody sees who has it."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from escalation_rig import FakeEscalation
from gateway_rig import NAMES, Gateway, Rig, Scene, Works, opened

from haveri_contracts.escalation.commands import AnswerCall
from haveri_contracts.escalation.models import EndReason, PlacedCall, Purpose
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Role
from haveri_teams_gateway.store.calls import Calls
from haveri_teams_gateway.store.jobs import Jobs
from haveri_teams_gateway.store.notices import Notices

ANNA, MIKKO, VESA = NAMES
CHANNEL = "inc-1-filler-2-jammed"


async def declared(rig: Rig, works: Works) -> tuple[Scene, Incident]:
    """An incident that stands in chat and knows it."""
    scene = await opened(works, CHANNEL, say="/incident Filler 2 jammed sev1")
    await rig.until(lambda: rig.neighbours.sent(works, commands.LinkChat))
    ((_, incident),) = [(k, i) for k, i in rig.neighbours.incidents.items() if k[0] == works.organization]
    return scene, incident


async def card_of(rig: Rig, works: Works, name: str, text: str = "", timeout: float = 15.0) -> Any:
    """The card in somebody's own chat, as soon as it says this."""
    chat = await works.own_chat(name, rig.app_id)
    return await works.handle.wait_for_message(
        chat, lambda m: m.card is not None and text in " ".join(m.card.texts()), timeout
    )


def buttons(message: Any) -> list[str]:
    """What can be pressed on a card."""
    return [verb for verb in ("take", "join") if f'"verb": "{verb}"' in str(message.card.json).replace("'", '"')]


async def test_a_called_member_gets_a_card_with_one_button_and_the_channel_hears_of_it(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    scene, incident = await declared(rig, works)
    calls = await escalation.call(works, incident, [ANNA, MIKKO], missing=["nobody of Crew B is on shift"])
    for name in (ANNA, MIKKO):
        card = await card_of(rig, works, name)
        said = " ".join(card.card.texts())
        assert "INC-1 Filler 2 jammed" in said
        assert "You are on shift in Shift A, early" in said
        assert scene.channel.id.split(":")[1].split("@")[0] in str(card.card.json)
        assert buttons(card) == ["take"]
    told = await works.handle.wait_for_message(scene.channel, lambda m: MIKKO in m.mentions and ANNA in m.mentions)
    assert "Nobody of Crew B is on shift." in told.text
    delivered = await rig.until(lambda: len(escalation.reports(works, "delivered")) == 2 and escalation.reports(works))
    assert {report.call_id for report in delivered} == set(calls.values())


async def test_one_press_takes_the_incident_and_every_card_says_who_has_it(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    await escalation.call(works, incident, [ANNA, MIKKO])
    card = await card_of(rig, works, MIKKO)
    await card_of(rig, works, ANNA)
    outcome = await works.user(MIKKO).press(card, "take")
    assert outcome.kind == "card"
    assert f"Taken by {MIKKO} at" in " ".join(outcome.card.texts())
    (actor,) = [
        a for o, a, c, _ in rig.neighbours.commands if o == works.organization and isinstance(c, commands.Acknowledge)
    ]
    assert actor == f"member:{works.members[MIKKO].id}"
    for name in (ANNA, MIKKO):
        ended = await card_of(rig, works, name, f"Taken by {MIKKO} at")
        assert buttons(ended) == []


async def test_who_presses_second_is_told_who_was_first_and_pressing_twice_is_one_command(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    await escalation.call(works, incident, [ANNA, MIKKO])
    annas, mikkos = await card_of(rig, works, ANNA), await card_of(rig, works, MIKKO)
    await works.user(ANNA).press(annas, "take")
    for name in (ANNA, MIKKO):
        await card_of(rig, works, name, "Taken by")
    again = await works.user(ANNA).press(annas, "take", seen=0)
    assert f"Taken by {ANNA} at" in " ".join(again.card.texts())
    late = await works.user(MIKKO).press(mikkos, "take", seen=0)
    assert f"Taken by {ANNA} at" in " ".join(late.card.texts())
    assert len({sent.incident_id for sent in rig.neighbours.sent(works, commands.Acknowledge)}) == 1


async def test_a_typed_ack_too_late_names_who_has_it(rig: Rig, gateway: Gateway, escalation: FakeEscalation) -> None:
    works = await rig.works(gateway)
    scene, _ = await declared(rig, works)
    await works.user(ANNA).say(scene.channel, "/ack")
    await rig.until(lambda: rig.neighbours.sent(works, commands.Acknowledge))
    await works.user(MIKKO).say(scene.channel, "/ack")
    await works.handle.wait_for_message(
        scene.channel, lambda m: m.seen_by is not None and f"{ANNA} took INC-1 at" in m.text
    )


async def test_a_viewer_who_presses_is_told_so_and_the_call_stays_open(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    await escalation.call(works, incident, [VESA, ANNA])
    card = await card_of(rig, works, VESA)
    outcome = await works.user(VESA).press(card, "take")
    assert outcome.kind == "error"
    assert "role responder" in outcome.text
    assert rig.neighbours.sent(works, commands.Acknowledge) == []
    assert works.members[VESA].role is Role.VIEWER
    assert buttons(await card_of(rig, works, ANNA)) == ["take"]
    works.members[VESA] = works.members[VESA].model_copy(update={"role": Role.RESPONDER})
    await rig.neighbours.tell_settings(works)  # news of the directory: the gateway looks at it again
    await asyncio.sleep(0.5)
    assert (await works.user(VESA).press(card, "take")).kind == "card"


async def test_a_press_on_a_resolved_incident_says_that_it_is_over(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    scene, incident = await declared(rig, works)
    await escalation.call(works, incident, [ANNA])
    card = await card_of(rig, works, ANNA)
    form = await works.user(MIKKO).open_form(scene.message, "resolve")
    await works.user(MIKKO).submit_form(form, {"what_happened": "belt replaced"})
    await card_of(rig, works, ANNA, "Resolved at")
    late = await works.user(ANNA).press(card, "take", seen=0)
    assert "Resolved at" in " ".join(late.card.texts())


async def test_coming_to_help_is_said_to_the_escalation_service_and_in_the_channel(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    scene, incident = await declared(rig, works)
    await works.user(ANNA).press(scene.message, "ack")
    calls = await escalation.call(works, incident, [MIKKO], purpose=Purpose.JOIN)
    card = await card_of(rig, works, MIKKO)
    assert buttons(card) == ["join"]
    assert ANNA in " ".join(card.card.texts())
    outcome = await works.user(MIKKO).press(card, "join")
    assert f"{MIKKO} is coming" in " ".join(outcome.card.texts())
    answers = [(a, c) for o, a, c, _ in escalation.commands if o == works.organization and isinstance(c, AnswerCall)]
    assert [(actor, answer.call_id) for actor, answer in answers] == [
        (f"member:{works.members[MIKKO].id}", calls[MIKKO])
    ]
    assert buttons(await card_of(rig, works, MIKKO, "is coming")) == []
    await works.handle.wait_for_message(scene.channel, lambda m: f"{MIKKO} is coming." in m.text)


async def test_without_a_channel_yet_the_call_goes_out_at_once_and_the_rest_follows(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    await rig.client.outage("graph")
    await works.user().say("General", "/incident Filler 2 jammed sev1")
    await rig.until(lambda: rig.neighbours.sent(works, commands.DeclareIncident))
    ((_, incident),) = [(k, i) for k, i in rig.neighbours.incidents.items() if k[0] == works.organization]
    await escalation.call(works, incident, [MIKKO], unanswered=15)
    card = await card_of(rig, works, MIKKO)
    assert "Go to the incident" not in str(card.card.json)
    await rig.client.outage()
    scene = await opened(works, CHANNEL, timeout=40)
    told = await works.handle.wait_for_message(
        scene.channel, lambda m: "Nobody has taken INC-1 for 15 min" in m.text, 40
    )
    assert told.mentions == (MIKKO,)
    linked = await card_of(rig, works, MIKKO, "Go to the incident", 40)
    assert linked.id == card.id
    assert buttons(linked) == ["take"]


async def test_nobody_is_called_for_what_is_taken_already(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    scene, incident = await declared(rig, works)
    await works.user(ANNA).press(scene.message, "ack")
    await escalation.call(works, incident, [MIKKO])
    (report,) = await rig.until(lambda: escalation.reports(works))
    assert report.outcome == "unneeded"
    assert await works.handle.messages(await works.own_chat(MIKKO, rig.app_id)) == []


async def test_withdrawn_calls_lose_their_button(rig: Rig, gateway: Gateway, escalation: FakeEscalation) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    calls = await escalation.call(works, incident, [ANNA, MIKKO])
    for name in calls:
        await card_of(rig, works, name)
    await escalation.withdraw(works, incident, [calls[ANNA]], EndReason.REPLACED, None)
    assert buttons(await card_of(rig, works, ANNA, "Not needed any more.")) == []
    assert buttons(await card_of(rig, works, MIKKO)) == ["take"]


async def test_somebody_whom_teams_does_not_know_is_reported_in_words(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    stranger = PlacedCall(call_id=uuid.uuid4(), member_id=uuid.uuid4())
    await escalation.request(works, incident, stranger)
    (report,) = await rig.until(lambda: escalation.reports(works))
    assert (report.outcome, report.call_id) == ("failed", stranger.call_id)
    assert report.cause is not None and report.cause.code == ReasonCode.NO_ACCOUNT


async def test_a_reason_of_a_newer_engine_holds_no_call_up(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    for cause in (Reason("in_team", {"team_id": "zz"}), Reason("in_team"), Reason("by_name", {"key": "x"})):
        one = PlacedCall(call_id=uuid.uuid4(), member_id=works.members[MIKKO].id, cause=cause)
        await escalation.request(works, incident, one)
        reports = await rig.until(lambda call=one: [r for r in escalation.reports(works) if r.call_id == call.call_id])
        assert [report.outcome for report in reports] == ["delivered"]
    assert "in team" in " ".join((await card_of(rig, works, MIKKO)).card.texts())


@pytest.mark.parametrize("how", ["not-installed", "gone"])
async def test_somebody_who_cannot_be_written_to_is_reported_at_once(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation, how: str
) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    pattern = "/v3/conversations$" if how == "not-installed" else "/activities$"
    await rig.client.fail("connector", method="POST", path_pattern=pattern, status=403, times=None)
    await escalation.request(works, incident, PlacedCall(call_id=uuid.uuid4(), member_id=works.members[MIKKO].id))
    (report,) = await rig.until(lambda: escalation.reports(works))
    assert report.outcome == "failed"
    assert report.cause is not None and report.cause.code == ReasonCode.NOT_WRITABLE
    assert report.cause.params["name"] == MIKKO
    assert "403" in report.cause.params["detail"]


async def test_while_teams_is_away_the_next_way_follows_soon_and_the_card_comes_later(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    await rig.client.outage("connector")
    await escalation.call(works, incident, [MIKKO])
    (failed,) = await rig.until(lambda: escalation.reports(works), 30)
    assert failed.outcome == "failed"
    await rig.client.outage()
    await rig.until(lambda: escalation.reports(works, "delivered"), 40)
    chat = await works.own_chat(MIKKO, rig.app_id)
    assert len(await works.handle.messages(chat)) == 1


async def test_an_organisation_without_teams_reports_that_it_cannot_call(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    nowhere = await rig.works(gateway, mapped=False)
    await escalation.request(nowhere, incident, PlacedCall(call_id=uuid.uuid4(), member_id=nowhere.members[ANNA].id))
    (report,) = await rig.until(lambda: escalation.reports(nowhere))
    assert (report.outcome, report.cause) == ("failed", Reason.of(ReasonCode.WAY_NOT_SET_UP))


async def test_a_policy_is_escalated_to_by_its_name(rig: Rig, gateway: Gateway, escalation: FakeEscalation) -> None:
    works = await rig.works(gateway)
    policy = await escalation.has_policy(works, "Filling line, SEV1")
    scene, _ = await declared(rig, works)
    await works.user().say(scene.channel, "/escalate filling")
    (sent,) = await rig.until(lambda: rig.neighbours.sent(works, commands.Escalate))
    assert sent.policy_id == policy.id
    await works.user().say(scene.channel, "/escalate fitters")
    await works.handle.wait_for_message(
        scene.channel, lambda m: m.seen_by is not None and "no policy, team or person called fitters" in m.text
    )


async def test_of_two_who_press_at_once_one_has_it_and_both_are_told_who(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation
) -> None:
    works = await rig.works(gateway)
    _, incident = await declared(rig, works)
    await escalation.call(works, incident, [ANNA, MIKKO])
    cards = {name: await card_of(rig, works, name) for name in (ANNA, MIKKO)}
    outcomes = await asyncio.gather(*(works.user(name).press(card, "take") for name, card in cards.items()))
    holder = rig.neighbours.incidents[works.organization, incident.id].acknowledged_by
    (winner,) = [name for name, member in works.members.items() if member.id == holder]
    assert [f"Taken by {winner} at" in " ".join(outcome.card.texts()) for outcome in outcomes] == [True, True]


async def test_two_replicas_call_everybody_once(rig: Rig, gateway: Gateway, escalation: FakeEscalation) -> None:
    works = await rig.works(gateway)
    async with rig.gateway():
        incidents = []
        for number in range(1, 7):
            await works.user().say("General", f"/incident Filler 2 jammed again {number} sev1")
            await rig.until(lambda wanted=number: len(rig.neighbours.sent(works, commands.LinkChat)) == wanted)
        incidents = [i for (owner, _), i in rig.neighbours.incidents.items() if owner == works.organization]
        for incident in incidents:
            await escalation.call(works, incident, [MIKKO])
        await rig.until(lambda: len(escalation.reports(works, "delivered")) == len(incidents), 30)
        messages = await works.handle.messages(await works.own_chat(MIKKO, rig.app_id))
        assert len(messages) == len(incidents)

        async def told() -> dict[str, int]:
            return {
                channel.name: sum("calling" in message.text for message in await works.handle.messages(channel))
                for channel in await works.handle.channels()
            }

        async def all_told() -> bool:
            return sum((await told()).values()) >= len(incidents)

        # A notice that the other replica has in hand is looked at again a moment later.
        await rig.until(all_told, 30)
        for channel, count in (await told()).items():
            assert count == (1 if channel.startswith("inc-") else 0), channel


@pytest.mark.parametrize(
    "moment", ["Calls.open", "Calls.settle", "Jobs.put", "Jobs.end", "Jobs.organizations", "Notices.unposted"]
)
async def test_a_database_that_fails_for_a_moment_loses_no_call(
    rig: Rig, gateway: Gateway, escalation: FakeEscalation, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    works = await rig.works(gateway)
    scene, incident = await declared(rig, works)
    owner, _, method = moment.partition(".")
    store = {"Calls": Calls, "Jobs": Jobs, "Notices": Notices}[owner]
    original, failures = getattr(store, method), iter([True])

    async def flaky(*values: Any, **named: Any) -> Any:
        if next(failures, False):
            raise OSError("the database went away")
        return await original(*values, **named)

    monkeypatch.setattr(store, method, flaky)
    await escalation.call(works, incident, [MIKKO], missing=["nobody of Crew B is on shift"])
    await rig.until(lambda: escalation.reports(works, "delivered"), 30)
    await works.handle.wait_for_message(scene.channel, lambda m: "Nobody of Crew B" in m.text, 30)
    assert len(await works.handle.messages(await works.own_chat(MIKKO, rig.app_id))) == 1
