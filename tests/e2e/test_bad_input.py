"""Bad input and a bad day of the platform: each gets one clear answer, and nothing is lost or changed."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx2
import pytest
from e2e_plants import (
    PATIENCE,
    Declared,
    Organization,
    app_id,
    incident_channels,
    is_about,
    is_incident_number,
    the_app,
)

from haveri_teams_tenant.client import TenantClient
from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

WHO, OTHER, THIRD = "Daniel Okafor", "Maria Lindqvist", "Jari Heikkinen"
PROBLEM = "application/problem+json"


@pytest.fixture(autouse=True)
async def good_weather_afterwards(tenants: TenantClient):
    yield
    await tenants.clear_faults()


async def numbers(demo: Organization) -> list[str]:
    """Every incident there is."""
    return [incident["number"] for incident in (await demo.get("/incidents", limit=200))["items"]]


async def facility(demo: Organization) -> str:
    """The plant of the chat team."""
    found = (await demo.get("/facilities"))["items"]
    return next(item["id"] for item in found if item["name"] == "Tampere Works")


async def declared_by_api(demo: Organization, title: str) -> str:
    """Declare through the REST API, whatever chat is like; gives the number."""
    body = {"title": title, "severity": "SEV3", "facility_id": await facility(demo)}
    answer = await demo.api.post("/incidents", json=body)
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["number"]
    return number


async def member_id(demo: Organization, name: str) -> str:
    """A member's id."""
    return next(member["id"] for member in (await demo.get("/members"))["items"] if member["name"] == name)


def assert_problem(answer: httpx2.Response, status: int, kind: str) -> None:
    """One clear answer: a problem with a name, a title and a detail."""
    assert (answer.status_code, answer.json()["type"]) == (status, kind), answer.text
    assert answer.headers["content-type"].startswith(PROBLEM)
    assert answer.json()["title"]
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/incident Filler 2 jammed sev9", ["sev9", "sev1"]),
        ("@Haveri fly me to the moon", ["fly"]),
        ("/status", []),
    ],
    ids=["no such severity", "no such command", "no incident meant"],
)
async def test_what_cannot_be_understood_in_chat_is_said_to_the_person_alone(
    demo: Organization, text: str, words: list[str]
) -> None:
    before = await numbers(demo)
    answer = await demo.answer_to(WHO, (await general(demo)), text)
    shown = answer.text + (" ".join(answer.card.texts()) if answer.card else "")
    for word in words:
        assert word in shown
    assert await numbers(demo) == before


async def general(demo: Organization) -> str:
    """The id of the team's General channel."""
    found = await demo.tenant.channel("General")
    assert found is not None
    return found.id


async def test_an_empty_incident_asks_with_a_form(demo: Organization) -> None:
    before = await numbers(demo)
    answer = await demo.answer_to(WHO, await general(demo), "/incident")
    assert answer.card is not None
    assert {"what", "severity"} <= set(answer.card.inputs()) or answer.card.actions()
    assert await numbers(demo) == before


async def test_a_title_of_5000_characters_is_cut_where_titles_end_and_kept_whole_in_the_description(
    demo: Organization,
) -> None:
    words = "The conveyor squeals and " * 200
    assert len(words) == 5000
    declared = await demo.declare(WHO, f"{words}stops sev2")
    incident = await demo.get(f"/incidents/{declared.number}")
    assert len(incident["title"]) <= 200
    assert incident["description"].startswith(words)
    assert len(declared.channel.name) <= 50


async def test_an_unknown_machine_does_not_hold_up_an_incident(demo: Organization) -> None:
    where = await general(demo)
    known = {message.id for message in await demo.tenant.messages(where)}
    declared = await demo.declare(WHO, "Smoke on Filer 2 sev1")
    told = await demo.tenant.wait_for_message(where, lambda m: m.by_bot and m.id not in known, PATIENCE)
    assert told.seen_by is not None
    assert "Filler 2" in told.text
    assert (await demo.get(f"/incidents/{declared.number}"))["title"] == "Smoke on Filer 2"


@pytest.mark.parametrize(
    "title",
    [
        "🔥🧯 Füllstand – 100% <b>bold</b> & *stars* _under_ [link](javascript:alert(1))",
        "תקלה במכונת המילוי \u202e2\u202c עצרה",
    ],
    ids=["emoji, HTML, Markdown", "right to left"],
)
async def test_whatever_people_type_stays_as_they_typed_it(demo: Organization, title: str) -> None:
    declared = await demo.declare(WHO, f"{title} sev3")
    kept = (await demo.get(f"/incidents/{declared.number}"))["title"]
    assert kept.replace("\u202e", "").replace("\u202c", "") == title.replace("\u202e", "").replace("\u202c", "")
    for text in (title, "<script>alert(1)</script> **bold** `code` 🛠️ שלום"):
        await demo.person(WHO).say(declared.channel, text, plain=True)
        entry = await demo.wait_for_entry(
            declared.number, lambda e, text=text: e["type"] == "message" and e["payload"]["text"] == text
        )
        assert entry["payload"]["author"]["display_name"] == WHO
    assert len(declared.channel.name) <= 50


async def test_the_api_names_every_field_that_is_wrong(demo: Organization) -> None:
    before = await numbers(demo)
    place = await facility(demo)
    for body, field in (
        ({"title": "x" * 5000, "severity": "SEV1", "facility_id": place}, "title"),
        ({"title": "", "severity": "SEV1", "facility_id": place}, "title"),
        ({"title": "  \n ", "severity": "SEV1", "facility_id": place}, "title"),
        ({"title": "Valve", "severity": "SEV9", "facility_id": place}, "severity"),
        ({"title": "Valve", "severity": "SEV1", "facility_id": "nowhere"}, "facility_id"),
        ({"title": "Valve", "severity": "SEV1", "facility_id": place, "asset_ids": ["Filler 2"]}, "asset_ids"),
        ({"title": "Valve", "severity": "SEV1", "facility_id": place, "colour": "red"}, "colour"),
    ):
        answer = await demo.api.post("/incidents", json=body)
        assert answer.status_code == 422
        assert field in answer.text
    unknown = "01890000-0000-7000-8000-000000000000"
    for body, kind in (
        ({"title": "Valve", "severity": "SEV1", "facility_id": unknown}, "facility-unknown"),
        ({"title": "Valve", "severity": "SEV1", "facility_id": place, "asset_ids": [unknown]}, "asset-unknown"),
        ({"title": "Valve", "severity": "SEV1", "facility_id": place, "area_id": unknown}, "area-unknown"),
    ):
        assert_problem(await demo.api.post("/incidents", json=body), 404, kind)
    for content in (b"{no json", b"", b"\xff\xfe", b"[]"):
        answer = await demo.api.post("/incidents", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"].startswith(PROBLEM)
    assert await numbers(demo) == before


async def test_an_incident_that_is_over_stays_as_it_is(demo: Organization) -> None:
    number = await declared_by_api(demo, "Over and done")
    door = f"/incidents/{number}"
    assert_problem(await demo.api.post(f"{door}/status", json={"status": "DECLARED"}), 409, "status-unchanged")
    assert_problem(await demo.api.post(f"{door}/status", json={"status": "RESOLVED"}), 409, "summary-required")
    assert_problem(await demo.api.post(f"{door}/status", json={"status": "CLOSED"}), 409, "close-required")
    assert_problem(await demo.api.post(f"{door}/close", json={}), 409, "incident-not-resolved")
    assert_problem(await demo.api.post(f"{door}/reopen", json={"reason": "why not"}), 409, "incident-still-open")
    (await demo.api.post(f"{door}/status", json={"status": "INVESTIGATING"})).raise_for_status()
    assert_problem(await demo.api.post(f"{door}/status", json={"status": "DECLARED"}), 409, "status-may-not-follow")
    summary = {"summary": {"what_happened": "A loose plug."}}
    (await demo.api.post(f"{door}/resolve", json=summary)).raise_for_status()
    assert_problem(await demo.api.post(f"{door}/resolve", json=summary), 409, "incident-already-resolved")
    (await demo.api.post(f"{door}/close", json={})).raise_for_status()
    closed = await demo.get(door)
    for what, body in (
        ("resolve", summary),
        ("close", {}),
        ("status", {"status": "MITIGATED"}),
        ("severity", {"severity": "SEV1"}),
        ("acknowledge", {}),
        ("assign", {"member_id": await member_id(demo, OTHER)}),
        ("actions", {"text": "too late"}),
    ):
        assert_problem(await demo.api.post(f"{door}/{what}", json=body), 409, "incident-already-closed")
    told = await demo.answer_to(WHO, await general(demo), f"/resolve {number}")
    assert "closed" in told.text.lower()
    assert await demo.get(door) == closed


async def test_of_two_leads_named_at_once_the_later_leads_and_both_are_on_the_record(demo: Organization) -> None:
    number = await declared_by_api(demo, "Two captains")
    wanted = [await member_id(demo, OTHER), await member_id(demo, THIRD)]
    answers = await asyncio.gather(
        *(demo.api.post(f"/incidents/{number}/assign", json={"member_id": member}) for member in wanted)
    )
    assert [answer.status_code for answer in answers] == [200, 200]

    def named(entry: Any) -> bool:
        return entry["type"] == "assignment"

    incident = await demo.get(f"/incidents/{number}")
    await demo.wait_for_entry(number, lambda e: named(e) and e["payload"]["member_id"] == incident["assigned_to"])
    entries = [entry["payload"]["member_id"] for entry in await demo.timeline(number) if named(entry)]
    assert sorted(entries) == sorted(wanted)
    assert entries[-1] == incident["assigned_to"]


async def test_two_people_in_one_command_are_asked_to_be_named_one_by_one(demo: Organization) -> None:
    declared = await demo.declare(WHO, "Rinser 1 stands sev3")
    before = await demo.get(f"/incidents/{declared.number}")
    told = await demo.answer_to(WHO, declared.channel, f"/lead @{OTHER} @{THIRD}")
    assert OTHER in told.text
    assert (await demo.get(f"/incidents/{declared.number}"))["assigned_to"] == before["assigned_to"]


async def test_a_stale_card_and_a_second_press_change_nothing(demo: Organization) -> None:
    declared = await demo.declare(WHO, "Seamer 1 leaks sev3")
    await demo.person(WHO).press(declared.card.id, "status-INVESTIGATING")
    await demo.until_card_says(declared.card.id, "Investigating")
    await demo.person(WHO).press(declared.card.id, "status-MITIGATED")
    state = await demo.wait_for_state(declared.number, status="MITIGATED")
    # The card as somebody has it who has not looked since it was declared.
    for who in (OTHER, WHO, OTHER):
        outcome = await demo.person(who).press(declared.card.id, "status-MITIGATED", seen=0)
        assert outcome.text or outcome.card
        assert (await demo.get(f"/incidents/{declared.number}"))["version"] == state["version"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"claims": {"exp": 1_700_000_000}}, "expired"),
        ({"omit": ("exp",)}, "exp"),
        ({"forged": True}, ""),
        ({"claims": {"aud": "00000000-0000-4000-8000-000000000000"}}, ""),
        ({"claims": {"iss": "https://somebody.else"}}, ""),
    ],
    ids=["expired", "without exp", "forged", "for another app", "by another issuer"],
)
async def test_a_token_that_is_not_right_opens_nothing(
    demo: Organization, house: RunningHouse, tenants: TenantClient, wrong: dict[str, Any], said: str
) -> None:
    before = await numbers(demo)
    token = await tenants.push_token(app_id(house), **wrong)
    activity = (await demo.tenant.deliveries())[-1].activity if await demo.tenant.deliveries() else {}
    answer = await push(house, token, activity | {"id": str(time.time_ns()), "text": "/incident Forged sev1"})
    assert_problem(answer, 401, "caller-not-authenticated")
    assert said in answer.json()["detail"]
    assert await numbers(demo) == before


async def test_a_body_that_is_no_json_is_refused_although_the_caller_is_right(
    house: RunningHouse, tenants: TenantClient
) -> None:
    token = await tenants.push_token(app_id(house))
    for content in (b"{no json", b"", b"\xff", b"[1]", b'"text"'):
        assert_problem(await push(house, token, content), 400, "body-not-json")
    assert_problem(await push(house, "no-token", b"{}"), 401, "caller-not-authenticated")
    assert_problem(await push(house, token, b"[" * 100_000), 400, "body-not-json")


async def push(house: RunningHouse, token: str, body: Any) -> httpx2.Response:
    """Send an activity to the gateway as if from Teams."""
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with httpx2.AsyncClient(base_url=house.endpoints["teams_gateway"]) as client:
        return await client.post("/api/messages", headers=headers, **content)


async def shown_in_chat(demo: Organization, number: str, seconds: float = 60) -> Declared:
    """The incident in chat, as soon as channel and cards are there; there is one of each."""
    channel = await demo.tenant.wait_for_channel(is_incident_number(number), seconds)
    declared = await demo.cards_of(channel)
    found = [place for place in incident_channels(await demo.tenant.channels()) if is_incident_number(number)(place)]
    assert found == [channel]
    cards = [m for m in await demo.tenant.messages(channel) if m.by_bot and m.card is not None]
    assert [card.id for card in cards] == [declared.card.id]
    return declared


async def test_cards_arrive_after_an_outage_of_the_platform(demo: Organization, tenants: TenantClient) -> None:
    await tenants.outage("connector", "graph", "identity")
    number = await declared_by_api(demo, "Nobody can be told")
    (await demo.api.post(f"/incidents/{number}/severity", json={"severity": "SEV1"})).raise_for_status()
    assert not [c for c in await demo.tenant.channels() if is_incident_number(number)(c)]
    await tenants.clear_faults()
    declared = await shown_in_chat(demo, number)
    for card in (declared.card, declared.global_card):
        await demo.until_card_says(card.id, "SEV1")


async def test_a_platform_that_is_busy_or_stumbles_gets_everything_once(
    demo: Organization, tenants: TenantClient
) -> None:
    await tenants.fail("graph", status=429, retry_after=1, times=1)
    await tenants.fail("connector", status=502, times=2)
    await tenants.fail("connector", status=429, retry_after=1, times=1)
    await shown_in_chat(demo, await declared_by_api(demo, "A busy platform"))
    # Done, but the answer is lost: whoever asks again must not do it twice.
    await tenants.fail("graph", method="POST", effect="close", when="after", times=1)
    await tenants.fail("connector", method="POST", effect="close", when="after", times=2)
    await shown_in_chat(demo, await declared_by_api(demo, "Lost answers"))


async def test_an_incident_goes_on_without_chat_while_the_app_is_removed_and_with_it_afterwards(
    demo: Organization, house: RunningHouse
) -> None:
    await demo.tenant.remove_app(app_id(house))
    try:
        number = await declared_by_api(demo, "The app was removed")
        failed = await demo.wait_for_entry(
            number, lambda e: e["type"] == "notification" and e["source_type"] == "haveri.chat.notification_failed.v1"
        )
        assert failed["payload"]["what"]
        assert failed["payload"]["reason"]
    finally:
        await demo.tenant.install(the_app(house))
    (await demo.api.post(f"/incidents/{number}/acknowledge", json={})).raise_for_status()
    card = await demo.tenant.wait_for_message(
        demo.global_channel, lambda m: m.card is not None and is_about(m, number), PATIENCE
    )
    await demo.until_card_says(card.id, "Acknowledged")
