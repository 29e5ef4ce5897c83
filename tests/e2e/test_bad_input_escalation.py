"""What is wrong about policies, shifts and acknowledgements gets one clear answer, and no call is lost by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from e2e_calls import Calls, added, calendar, call, doors_of, outcomes, somebody
from e2e_plants import Organization
from e2e_promises import Json, assert_refused, uuid7

from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

TIMO, VEERA, VIEWER = "Timo Rantanen", "Veera Hiltunen", "Pekka Ahonen"
NEVER = 60.0
AREA = "Syrup room"
ONE_DAY = {"starts_at": "2031-05-02T04:00:00Z", "ends_at": "2031-05-02T12:00:00Z"}


@pytest.fixture(scope="module")
def calls(house: RunningHouse, demo: Organization) -> Calls:
    """What is seen of the demo plant's escalations."""
    return Calls.of(house, demo)


@pytest.fixture(scope="module")
async def place(calls: Calls) -> Json:
    """A plant and an area in it whose incidents no other test's policy calls for."""
    return {
        "facility_id": (await calls.ids("facilities"))["Tampere Works"],
        "area_id": (await calls.ids("areas"))[AREA],
    }


def conditions(place: Json) -> Json:
    """When the policies of this file apply."""
    return {"severity": ["SEV2"], "area_ids": [place["area_id"]]}


async def declared(demo: Organization, place: Json, title: str) -> str:
    """Declare through the API; gives the number."""
    answer = await demo.api.post("/incidents", json={"title": title, "severity": "SEV2", **place})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


@pytest.mark.parametrize(
    ("wrong", "status", "refusal", "words"),
    [
        ({"steps": []}, 422, "policy-without-steps", "step"),
        ({"steps": [{"notify": {}}]}, 422, "step-names-nobody", "step 1"),
        ({"steps": ["timo", {"after_minutes": -5}]}, 422, "delay-negative", "step 2"),
        ({"steps": [{"notify": {"member_ids": [uuid7()]}}]}, 422, "member-unknown", "step 1"),
        ({"steps": [{"notify": {"team_ids": [uuid7()]}}]}, 422, "team-unknown", "step 1"),
        ({"steps": [{"notify": {"shift_roles": ["admiral"]}}]}, 422, "shift-role-unknown", "admiral"),
        ({"steps": ["viewer"]}, 422, "member-may-not-respond", VIEWER),
        ({"repeat": {"times": 3, "every_minutes": 0}}, 422, "repeat-too-fast", ""),
        ({"acknowledgement_expires_minutes": 0}, 422, "clock-not-positive", ""),
        ({"conditions": {"time_of_day": [{"from": "22:00"}]}}, 422, "time-of-day-incomplete", ""),
        ({"conditions": {"area_ids": [uuid7()]}}, 422, "area-unknown", ""),
        ({"facility_id": uuid7()}, 422, "facility-unknown", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value else None,
)  # fmt: skip
async def test_a_policy_that_could_not_call_anybody_is_refused_by_name(
    calls: Calls, demo: Organization, place: Json, wrong: Json, status: int, refusal: str, words: str
) -> None:
    members = await calls.ids("members")
    named = {"timo": call(members[TIMO]), "viewer": call(members[VIEWER])}
    steps = [
        named[step] if isinstance(step, str) else {"notify": {"member_ids": [members[TIMO]]}, **step}
        for step in wrong.get("steps", ["timo"])
    ]
    body = {
        "name": "Wrong",
        "facility_id": place["facility_id"],
        **wrong,
        "conditions": {**conditions(place), **wrong.get("conditions", {})},
        "steps": steps,
    }
    answer = await demo.api.post("/escalation-policies", json=body)
    assert_refused(answer, status, refusal)
    assert words.lower() in answer.text.lower()
    assert "Wrong" not in [policy["name"] for policy in (await demo.get("/escalation-policies"))["items"]]


async def test_when_everybody_of_a_step_has_left_the_last_resort_is_called_at_once(
    calls: Calls, demo: Organization, place: Json
) -> None:
    members, left = await calls.ids("members"), f"All gone {uuid7()[-8:]}"
    async with AsyncExitStack() as stack:
        leaver = await stack.enter_async_context(added(demo, "members", **somebody()))
        last = await stack.enter_async_context(added(demo, "members", **somebody()))
        crew = await stack.enter_async_context(
            added(demo, "teams", name=left, facility_id=place["facility_id"], member_ids=[last["id"]])
        )
        empty = await demo.api.post(
            "/escalation-policies",
            json={
                "name": "Nobody in it", "facility_id": place["facility_id"], "conditions": conditions(place),
                "steps": [{"notify": {"team_ids": [(await new_team(stack, demo, place))["id"]]}}],
            },
        )  # fmt: skip
        assert_refused(empty, 422, "team-empty")
        assert "Nobody yet" in empty.json()["detail"]
        steps = [call(leaver["id"]), {"notify": {"team_ids": [crew["id"]]}, "after_minutes": 0}]
        resort = {"notify": {"member_ids": [members[TIMO]]}, "after_minutes": NEVER}
        async with calls.policy(name="Of leavers", conditions=conditions(place), steps=steps, last_resort=resort):
            for gone in (leaver, last):
                assert (await demo.api.delete(f"/members/{gone['id']}")).status_code == 204
            number = await declared(demo, place, "Mixer 1 foams over")
            await calls.card_of(TIMO, number)
            (run,) = await calls.runs(number)
            assert set(outcomes(run).values()) == {"fired"}
            assert {it["member_id"] for it in run["calls"]} == {members[TIMO]}
            fired = await demo.wait_for_entry(
                number,
                lambda e: e["source_type"] == "haveri.escalation.step_fired.v1" and crew["id"] in str(e["payload"]),
            )
            assert fired["payload"]["in_vain"]
            assert len(await calls.cards_of(TIMO, number)) == 1
            (await demo.api.post(f"/incidents/{number}/acknowledge", json={})).raise_for_status()


async def new_team(stack: AsyncExitStack, demo: Organization, place: Json) -> Json:
    """A team without anybody in it."""
    return await stack.enter_async_context(
        added(demo, "teams", name=f"Nobody yet {uuid7()[-8:]}", facility_id=place["facility_id"])
    )


async def test_an_acknowledgement_that_does_not_count_stops_no_call(
    calls: Calls, demo: Organization, borealis: Organization, place: Json, house: RunningHouse
) -> None:
    members = await calls.ids("members")
    steps = [call(members[TIMO]), call(members[VEERA], after=NEVER)]
    async with (
        calls.policy(name="Who may", conditions=conditions(place), steps=steps),
        doors_of(house, demo, VIEWER, TIMO, VEERA) as (viewer, timo, veera),
    ):
        number = await declared(demo, place, "Mixer 1 hums")
        card = await calls.card_of(TIMO, number)
        incident = await demo.get(f"/incidents/{number}")
        take = f"/incidents/{incident['id']}/acknowledge"
        assert_refused(await viewer.post(take, json={}), 403, "role-not-sufficient")
        assert_refused(await borealis.api.post(take, json={}), 404, "incident-unknown")
        assert (await demo.get(f"/incidents/{number}"))["acknowledged_at"] is None
        assert (await calls.runs(number))[0]["state"] == "running"

        answers = await asyncio.gather(timo.post(take, json={}), veera.post(take, json={}))
        first, second = sorted(answers, key=lambda answer: answer.status_code)
        assert first.status_code == 200, first.text
        assert_refused(second, 409, "already-acknowledged")
        winner = TIMO if answers[0] is first else VEERA
        assert winner in second.json()["detail"], "the other is told who was first"
        assert first.json()["acknowledged_by"] == members[winner]
        again = await (timo if winner == TIMO else veera).post(take, json={})
        assert_refused(again, 409, "already-acknowledged")
        await demo.until_card_says(card.id, winner)
        (run,) = await calls.until_runs(number, lambda runs: runs[0]["state"] == "ended")
        assert run["end_reason"] == "acknowledged"
        summary = {"summary": {"what_happened": "A loose belt."}}
        (await demo.api.post(f"/incidents/{number}/resolve", json=summary)).raise_for_status()
        (await demo.api.post(f"/incidents/{number}/close", json={})).raise_for_status()
        assert_refused(await timo.post(take, json={}), 409, "incident-already-closed")


async def test_a_viewer_who_presses_is_told_so_and_the_call_goes_on(
    calls: Calls, demo: Organization, place: Json
) -> None:
    members = await calls.ids("members")
    async with calls.policy(name="Only looking", conditions=conditions(place), steps=[call(members[TIMO])]):
        incident = await demo.declare(TIMO, f"Sugar screw 1 squeals sev2 in {AREA}")
        card = await calls.card_of(TIMO, incident.number)
        told = await demo.answer_to(VIEWER, incident.channel, "/ack")
        assert told.text or told.card
        assert (await demo.get(f"/incidents/{incident.number}"))["acknowledged_at"] is None
        assert card.card is not None
        (button,) = card.card.actions()
        await demo.person(TIMO).press(card.id, button)
        await demo.wait_for_state(incident.number, acknowledged_by=members[TIMO])


@pytest.fixture(scope="module")
async def shifts(demo: Organization) -> AsyncIterator[Json]:
    """A plant of its own with one team of three, in which shifts can be spoilt."""
    async with AsyncExitStack() as stack:
        facility = await stack.enter_async_context(
            added(demo, "facilities", name="Shift bench", timezone="Europe/Helsinki")
        )
        members = [await stack.enter_async_context(added(demo, "members", **somebody())) for _ in range(3)]
        ids = [member["id"] for member in members]
        team = await stack.enter_async_context(
            added(demo, "teams", name="Bench crew", facility_id=facility["id"], member_ids=ids)
        )
        yield {"facility": facility["id"], "team": team["id"], "ids": ids, "emails": [it["email"] for it in members]}
        (await demo.api.patch(f"/teams/{team['id']}", json={"member_ids": []})).raise_for_status()
        for change in (await demo.get("/shift-changes", team_id=team["id"]))["items"]:
            assert (await demo.api.delete(f"/shift-changes/{change['id']}")).status_code == 204


async def test_shifts_that_would_go_round_in_a_circle_are_refused_by_name(demo: Organization, shifts: Json) -> None:
    people = shifts["ids"]
    swaps = [(people[0], people[1]), (people[1], people[2]), (people[2], people[0])]
    bodies = [
        {"team_id": shifts["team"], "kind": "swap", "member_id": giver, "substitute_id": taker, **ONE_DAY}
        for giver, taker in swaps
    ]
    answers = [await demo.api.post("/shift-changes", json=body) for body in bodies]
    assert [answer.status_code for answer in answers[:2]] == [201, 201]
    assert_refused(answers[2], 409, "swap-cycle")
    assert all(name in answers[2].json()["detail"] for name in await names_of(demo, people))
    assert len((await demo.get("/shift-changes", team_id=shifts["team"]))["items"]) == 2


async def names_of(demo: Organization, ids: list[str]) -> list[str]:
    """Members' names."""
    return [item["name"] for item in (await demo.get("/members", limit=200))["items"] if item["id"] in ids]


async def test_a_calendar_with_a_fault_is_refused_by_name_and_nothing_of_it_is_there(
    demo: Organization, shifts: Json
) -> None:
    who = shifts["emails"][0]
    before = (await demo.get("/shift-changes", team_id=shifts["team"]))["items"]
    for document, status, refusal, words in (
        (calendar(who, "20310601T060000", "20310601T100000"), 422, "shifts-overlap", "Early"),
        (calendar(who, "20310601T060000", zone="Europe/Atlantis"), 422, "time-zone-unknown", "Atlantis"),
        (calendar("nobody@new.example", "20310601T060000"), 422, "import-invalid", "nobody@new.example"),
        ("no calendar at all", 422, "import-invalid", ""),
    ):
        answer = await demo.api.post(
            "/shifts/import",
            params={"team_id": shifts["team"]},
            content=document.encode(),
            headers={"Content-Type": "text/calendar"},
        )
        assert_refused(answer, status, refusal)
        assert words in answer.text
    assert (await demo.get("/shift-changes", team_id=shifts["team"]))["items"] == before


async def test_a_time_zone_or_a_telephone_number_that_is_none_is_refused_at_its_field(demo: Organization) -> None:
    before = await demo.get("/facilities")
    answer = await demo.api.post("/facilities", json={"name": "Atlantis", "timezone": "Europe/Atlantis"})
    assert_refused(answer, 422, "invalid-data")
    assert "timezone" in answer.text
    assert await demo.get("/facilities") == before
    for number in ("call me maybe", "12", "+0000000000"):
        refused = await demo.api.post("/members", json=somebody(contact_prefs={"phone": number}))
        assert refused.status_code == 422, refused.text
        assert refused.json()["type"] in ("phone-unusable", "invalid-data")
        assert "phone" in refused.text
