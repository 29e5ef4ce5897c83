"""An incident is declared and people are called, one step after the other, until one of them takes it."""

from __future__ import annotations

import re

import httpx2
import pytest
from e2e_calls import Calls, call, outcomes
from e2e_plants import PATIENCE, Organization, eventually

from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

MIKKO, TIMO, VEERA, HENNA, MARIA = (
    "Mikko Virtanen",
    "Timo Rantanen",
    "Veera Hiltunen",
    "Henna Koskinen",
    "Maria Lindqvist",
)
MANAGER = "Juhani Korhonen"
SOON = 0.05
"""Minutes: three seconds."""
NEVER = 60.0


@pytest.fixture(scope="module")
def calls(house: RunningHouse, demo: Organization) -> Calls:
    """What is seen of the demo plant's escalations."""
    return Calls.of(house, demo)


async def warehouse(calls: Calls) -> dict[str, object]:
    """Conditions that no other test's incident meets."""
    return {"severity": ["SEV1", "SEV2", "SEV3"], "area_ids": [(await calls.ids("areas"))["Warehouse"]]}


async def test_a_sev1_calls_crew_lead_and_production_manager_at_once_until_one_takes_it(
    calls: Calls, demo: Organization
) -> None:
    crew, leads = await calls.crew_and_lead("Tampere Works")
    assert crew, "the demo plant works around the clock"
    assert leads
    declared = await demo.declare(MIKKO, "Filler 2 jammed, line 1 down sev1 in Line 1")
    people = sorted(crew | leads | {MANAGER})
    cards = {name: await calls.card_of(name, declared.number) for name in people}
    for name, card in cards.items():
        assert card.card is not None
        assert "Filler 2 jammed" in "\n".join(card.card.texts()), name
        assert len(card.card.actions()) == 1, "one button: I've got it"

    taker = people[0]
    (button,) = cards[taker].card.actions()
    outcome = await demo.person(taker).press(cards[taker].id, button)
    assert outcome.kind != "error", outcome.text
    await demo.wait_for_entry(declared.number, lambda entry: entry["type"] == "acknowledgement")
    for name, card in cards.items():
        await demo.until_card_says(card.id, taker)
        assert (await demo.tenant.message(card.id)).card.actions() == [], f"{name}'s card has no button any more"
    runs = await calls.until_runs(declared.number, lambda runs: all(run["state"] == "ended" for run in runs))
    assert runs[0]["end_reason"] == "acknowledged"
    assert set(outcomes(runs[0]).values()) <= {"fired", "cancelled"}
    for name in people:
        assert len(await calls.cards_of(name, declared.number)) == 1, f"{name} was called once"


async def test_the_second_to_press_is_told_who_was_first(calls: Calls, demo: Organization) -> None:
    members = await calls.ids("members")
    both = [call(members[TIMO], members[VEERA])]
    async with calls.policy(name="Two at once", conditions=await warehouse(calls), steps=both):
        declared = await demo.declare(MIKKO, "Stretch wrapper 1 stands sev2 in Warehouse")
        cards = [await calls.card_of(name, declared.number) for name in (TIMO, VEERA)]
        (button,) = cards[0].card.actions()
        await demo.person(TIMO).press(cards[0].id, button)
        await demo.until_card_says(cards[1].id, TIMO)
        late = await demo.person(VEERA).command(declared.channel, "/ack")
        told = await demo.tenant.wait_for_message(
            declared.channel, lambda m: m.by_bot and m.created_at >= late.created_at and m.seen_by, PATIENCE
        )
        assert TIMO in told.text + " ".join(told.card.texts() if told.card else [])


async def test_when_nobody_answers_the_next_step_goes_out_and_the_channel_says_so(
    calls: Calls, demo: Organization
) -> None:
    members = await calls.ids("members")
    steps = [call(members[TIMO]), call(members[VEERA], after=SOON), call(members[MARIA], after=NEVER)]
    async with calls.policy(name="Three steps", conditions=await warehouse(calls), steps=steps):
        declared = await demo.declare(MIKKO, "Stacker crane 1 does not move sev2 in Warehouse")
        await calls.card_of(TIMO, declared.number)
        card = await calls.card_of(VEERA, declared.number)
        told = await demo.tenant.wait_for_message(
            declared.channel, lambda message: message.by_bot and VEERA in message.text, PATIENCE
        )
        assert told.mentions, "who is called is mentioned"
        runs = await calls.runs(declared.number)
        assert outcomes(runs[-1])[1, 1] == "fired"
        assert outcomes(runs[-1])[1, 2] == "fired"
        assert outcomes(runs[-1])[1, 3] == "pending"
        (button,) = card.card.actions()
        await demo.person(VEERA).press(card.id, button)
        runs = await calls.until_runs(declared.number, lambda runs: runs[-1]["state"] == "ended")
        assert outcomes(runs[-1])[1, 3] == "cancelled"
        assert await calls.cards_of(MARIA, declared.number) == []
        kinds = [(entry["type"], entry["source_type"]) for entry in await demo.timeline(declared.number)]
        for name in ("started", "step_fired", "unacked", "ended"):
            assert ("escalation", f"haveri.escalation.{name}.v1") in kinds
        for name in ("delivered", "answered"):
            assert ("notification", f"haveri.escalation.notification_{name}.v1") in kinds


async def test_people_can_be_called_by_hand(calls: Calls, demo: Organization) -> None:
    members = await calls.ids("members")
    async with calls.policy(name="Slow", conditions=await warehouse(calls), steps=[call(members[TIMO])]):
        declared = await demo.declare(MIKKO, "Stacker crane 1 hums sev3 in Warehouse")
        await calls.card_of(TIMO, declared.number)
        await demo.person(MIKKO).say(declared.channel, f"/escalate @{HENNA}")
        await calls.card_of(HENNA, declared.number)
        await demo.person(MIKKO).say(declared.channel, "/escalate Line down")
        await calls.card_of(MANAGER, declared.number)
        runs = await calls.until_runs(declared.number, lambda runs: len(runs) == 3)
        assert runs[0]["end_reason"] is None, "what runs is not taken back"


async def test_a_mail_answers_after_a_page_that_scanners_may_open(calls: Calls, demo: Organization) -> None:
    members = await calls.ids("members")
    prefers = {"contact_prefs": {"ways": [{"via": "email", "after_minutes": 0.01}]}}
    (await demo.api.patch(f"/members/{members[TIMO]}", json=prefers)).raise_for_status()
    async with calls.policy(name="By mail", conditions=await warehouse(calls), steps=[call(members[TIMO])]):
        declared = await demo.declare(MIKKO, "Stretch wrapper 1 smells sev2 in Warehouse")
        mail = await calls.mail_to(TIMO, declared.number)
        (link,) = re.findall(r"https?://\S+/answer/[\w.\-]+", mail.text)
        async with httpx2.AsyncClient(trust_env=False) as anybody:
            pages = [await anybody.get(link) for _ in range(3)]
            assert {page.status_code for page in pages} == {200}
            assert (await demo.get(f"/incidents/{declared.number}"))["acknowledged_at"] is None
            fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', pages[-1].text))
            origin = re.match(r"https?://[^/]+", link)
            assert origin
            answer = await anybody.post(link, data=fields, headers={"Origin": origin[0]}, follow_redirects=True)
            assert answer.status_code == 200, answer.text
        state = await demo.wait_for_state(declared.number, acknowledged_by=members[TIMO])
        assert state["acknowledged_at"]


async def test_whoever_is_on_shift_is_told_in_chat(calls: Calls, demo: Organization) -> None:
    crew, leads = await calls.crew_and_lead("Tampere Works")
    general = await demo.tenant.channel("General")
    answer = await demo.answer_to(MIKKO, general, "/oncall")
    shown = answer.text + "\n".join(answer.card.texts() if answer.card else [])
    for name in crew | leads:
        assert name in shown


async def test_what_was_taken_and_forgotten_calls_again(calls: Calls, demo: Organization) -> None:
    members = await calls.ids("members")
    policy = {
        "name": "Forgetful",
        "conditions": await warehouse(calls),
        "steps": [call(members[TIMO]), call(members[VEERA], after=NEVER)],
        "acknowledgement_expires_minutes": SOON,
    }
    async with calls.policy(**policy):
        declared = await demo.declare(MIKKO, "Stacker crane 1 creaks sev2 in Warehouse")
        card = await calls.card_of(TIMO, declared.number)
        (button,) = card.card.actions()
        await demo.person(TIMO).press(card.id, button)
        await demo.wait_for_entry(
            declared.number, lambda e: e["source_type"] == "haveri.incident.acknowledgement_expired.v1"
        )

        async def called_again() -> bool:
            return len(await calls.cards_of(TIMO, declared.number)) == 2

        await eventually(called_again)
        runs = await calls.runs(declared.number)
        assert [run["trigger"] for run in runs] == ["declared", "acknowledgement_expired"]
        await demo.person(MIKKO).say(declared.channel, "/ack")


async def test_a_simulation_says_who_is_called_when(calls: Calls, demo: Organization) -> None:
    facility = (await calls.ids("facilities"))["Tampere Works"]
    members = await calls.ids("members")
    asked = {"severity": "SEV2", "facility_id": facility, "at": "2026-03-14T01:10:00Z"}
    answer = (await demo.api.post("/escalation-policies/simulate", json=asked)).raise_for_status().json()
    assert answer["why"]
    first, second = answer["calls"][:2]
    assert first["at"] == "2026-03-14T01:10:00Z"
    assert second["at"] == "2026-03-14T01:25:00Z"
    night = {members[name] for name in ("Olli Tuominen", "Daniel Okafor")}
    assert set(first["member_ids"]) == night, "Saturday 03:10 at the plant: the night shift"
    assert second["member_ids"] == [members["Satu Mäkelä"]], "its lead after 15 minutes"
    assert set(first["via"]) == {"chat"}


async def test_a_plant_without_a_policy_is_reported_and_somebody_is_called_all_the_same(
    house: RunningHouse, borealis: Organization
) -> None:
    calls = Calls.of(house, borealis)
    who = next(user.name for user in borealis.seed.users if user.email != borealis.administrator[0])
    boss = next(user.name for user in borealis.seed.users if user.email == borealis.administrator[0])
    declared = await borealis.declare(who, "The saw stands sev1")
    await borealis.wait_for_entry(declared.number, lambda e: e["source_type"] == "haveri.escalation.policy_missing.v1")
    await calls.card_of(boss, declared.number)


async def test_a_monitoring_system_sees_the_engine_breathe(house: RunningHouse) -> None:
    async with httpx2.AsyncClient(base_url=house.endpoints["web"], trust_env=False) as monitoring:

        async def beats() -> bool:
            answer = await monitoring.get("/heartbeat")
            return answer.status_code == 200 and answer.json()["alive"]

        await eventually(beats, 60.0)


async def test_a_step_that_comes_due_while_the_engine_is_dead_is_fired_once_when_it_is_back(
    house: RunningHouse, calls: Calls, demo: Organization
) -> None:
    members = await calls.ids("members")
    steps = [call(members[TIMO]), call(members[VEERA], after=SOON)]
    async with calls.policy(name="Through death", conditions=await warehouse(calls), steps=steps):
        declared = await demo.declare(MIKKO, "Stacker crane 1 is lost sev2 in Warehouse")
        await calls.card_of(TIMO, declared.number)
        house.kill("escalation")
        await calls.card_of(VEERA, declared.number)
        await calls.until_runs(declared.number, lambda runs: outcomes(runs[-1])[1, 2] == "fired", 40.0)
        fired = [
            (entry["payload"]["round"], entry["payload"]["step"])
            for entry in await demo.timeline(declared.number)
            if entry["source_type"] == "haveri.escalation.step_fired.v1"
        ]
        assert sorted(fired) == [(1, 1), (1, 2)]
        assert len(await calls.cards_of(VEERA, declared.number)) == 1
