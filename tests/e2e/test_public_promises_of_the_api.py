"""The REST API as its contract words it: exactly these fields, pages, problems and statuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from e2e_plants import Organization, eventually
from e2e_promises import Json, uuid7

from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

INCIDENT = (
    "id number title description status severity declared_by declared_at facility_id area_id asset_ids assigned_to "
    "comms_lead acknowledged_at acknowledged_by resolved_at closed_at tags chat_channel_ref global_channel_ref "
    "global_message_ref summary version"
)
MEMBER = "id name email role team_ids chat_identities contact_prefs locale"
ENTRY = "seq type occurred_at recorded_at actor payload hash previous_hash"
AS_JSON = {"Content-Type": "application/json"}
SUMMARY = {
    "what_happened": "The infeed sensor came loose",
    "root_cause": "Vibration",
    "root_cause_category": "mechanical",
    "resolution": "Swapped",
    "resolution_type": "replaced",
    "impact": {"duration_minutes": 25, "lines_affected": 1, "units_lost": 4000},
}


def has(thing: Json, fields: str) -> bool:
    """Whether all these fields are there, be they null."""
    missing = set(fields.split()) - thing.keys()
    assert not missing, missing
    return True


def assert_problem(answer: httpx2.Response, status: int, refusal: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (refusal, status)
    assert problem["title"]
    assert problem["detail"]


@pytest.fixture(scope="module")
async def place(demo: Organization) -> Json:
    """Where it happens: a facility, an area in it, an asset there, and a responder."""
    area = next(area for area in (await demo.get("/areas"))["items"] if area["name"] == "Line 1")
    asset = (await demo.get("/assets", area_id=area["id"]))["items"][0]
    members = (await demo.get("/members"))["items"]
    responder = next(member for member in members if member["role"] == "responder")
    return {"facility": area["facility_id"], "area": area["id"], "asset": asset["id"], "responder": responder["id"]}


async def declared(demo: Organization, place: Json, **more: Any) -> Json:
    body = {"title": "Rinser 1 stands", "severity": "SEV2", "facility_id": place["facility"], **more}
    answer = await demo.api.post("/incidents", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    assert answer.headers["location"] == f"/api/v1/incidents/{made['id']}"
    return made


async def test_an_incident_has_every_promised_field_under_its_uuid_and_its_number(
    demo: Organization, place: Json
) -> None:
    more = {"area_id": place["area"], "asset_ids": [place["asset"]], "description": "Loud", "tags": ["night"]}
    made = await declared(demo, place, **more)
    assert has(made, INCIDENT)
    assert {name: made[name] for name in more} == more
    assert (made["status"], made["declared_by"]) == ("DECLARED", f"member:{made['assigned_to']}")
    by_id, by_number = [await demo.get(f"/incidents/{name}") for name in (made["id"], made["number"])]
    assert by_id["id"] == by_number["id"] == made["id"]


async def test_a_whole_life_through_the_api_each_call_giving_the_new_state(demo: Organization, place: Json) -> None:
    made = await declared(demo, place)

    async def post(verb: str, body: Json | None = None, **expected: Any) -> Json:
        answer = await demo.api.post(f"/incidents/{made['number']}/{verb}", json=body)
        assert answer.status_code == 200, f"{verb}: {answer.text}"
        state: Json = answer.json()
        assert has(state, INCIDENT)
        assert {name: state[name] for name in expected} == expected
        return state

    me = made["assigned_to"]
    await post("acknowledge", acknowledged_by=me)
    await post("status", {"status": "INVESTIGATING", "note": "looking"}, status="INVESTIGATING")
    await post("severity", {"severity": "SEV1", "reason": "line down"}, severity="SEV1")
    await post("assign", {"member_id": place["responder"]}, assigned_to=place["responder"])
    await post("assign-comms", {"member_id": me}, comms_lead=me)
    await post("actions", {"text": "swapped the sensor"})
    await post("annotations", {"text": "heard it before", "occurred_at": made["declared_at"]})
    await post("escalate", {"member_ids": [place["responder"]]})
    await post("escalate")
    before = await post("resolve", {"summary": SUMMARY}, status="RESOLVED")
    assert before["resolved_at"]
    cost = {**SUMMARY, "impact": {**SUMMARY["impact"], "cost": 1200.5}}  # type: ignore[dict-item]
    assert (await demo.api.put(f"/incidents/{made['id']}/summary", json=cost)).status_code == 200
    kept = await demo.get(f"/incidents/{made['id']}/summary")
    assert float(kept["impact"].pop("cost")) == 1200.5
    assert kept == SUMMARY
    await post("close", {"follow_ups": [{"description": "Order a spare"}]}, status="CLOSED")
    await post("reopen", {"reason": "it came back"}, status="INVESTIGATING")
    assert (await demo.get(f"/incidents/{made['id']}", as_of=before["resolved_at"]))["status"] == "RESOLVED"


async def test_a_timeline_is_read_in_order_by_type_and_as_of_a_moment(demo: Organization, place: Json) -> None:
    made = await declared(demo, place)
    await demo.api.post(f"/incidents/{made['id']}/actions", json={"text": "reset it"})
    action = await demo.wait_for_entry(made["number"], lambda entry: entry["type"] == "action_taken")
    entries = await demo.timeline(made["number"])
    assert all(has(entry, ENTRY) for entry in entries)
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry["previous_hash"] for entry in entries[1:]] == [entry["hash"] for entry in entries[:-1]]
    only = await demo.get(f"/incidents/{made['id']}/timeline", type="action_taken")
    assert [entry["seq"] for entry in only["items"]] == [action["seq"]]
    then = await demo.get(f"/incidents/{made['id']}/timeline", as_of=entries[0]["recorded_at"])
    assert action["seq"] not in [entry["seq"] for entry in then["items"]]
    assert_problem(await demo.api.get(f"/incidents/{made['id']}/timeline?limit=1001"), 422, "invalid-data")
    for form, kind in (("json", "application/json"), ("md", "text/markdown")):
        record = await demo.api.get(f"/incidents/{made['id']}/export", params={"format": form})
        assert (record.status_code, record.headers["content-type"].partition(";")[0]) == (200, kind)
        # The gateway may still be writing: the record ends with whatever was last when it was made.
        assert any(entry["hash"] in record.text for entry in await demo.timeline(made["number"]))


async def test_lists_come_in_pages_that_miss_nothing_and_repeat_nothing(demo: Organization, place: Json) -> None:
    await asyncio.gather(*(declared(demo, place, title=f"Paged {number}") for number in range(5)))
    for path, query in (("/incidents", {"q": "Paged"}), ("/members", {}), ("/assets", {})):
        whole = (await demo.get(path, limit=200, **query))["items"]
        seen, cursor = [], None
        while True:
            page = await demo.get(path, limit=2, cursor=cursor, **query)
            assert page.keys() == {"items", "next_cursor"}
            assert len(page["items"]) <= 2
            seen += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert [thing["id"] for thing in seen] == [thing["id"] for thing in whole]
        assert_problem(await demo.api.get(path, params={"limit": 201}), 422, "invalid-data")
        assert_problem(await demo.api.get(path, params={"cursor": "elsewhere"}), 422, "cursor-unreadable")


async def test_the_list_is_filtered_by_status_severity_facility_and_words(demo: Organization, place: Json) -> None:
    made = await declared(demo, place, title="Only this word: quokka", severity="SEV3")
    fits = {"status": "DECLARED", "severity": "SEV3", "facility_id": place["facility"], "q": "quokka"}
    assert [found["id"] for found in (await demo.get("/incidents", **fits))["items"]] == [made["id"]]
    for name, other in (("status", "CLOSED"), ("severity", "SEV1"), ("facility_id", uuid7()), ("q", "wombat")):
        assert (await demo.get("/incidents", **{**fits, name: other}))["items"] == []


async def test_the_same_idempotency_key_has_one_effect(demo: Organization, place: Json) -> None:
    body = {"title": "Once", "severity": "SEV3", "facility_id": place["facility"]}
    key = {"Idempotency-Key": uuid7()}
    answers = await asyncio.gather(*(demo.api.post("/incidents", json=body, headers=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await demo.api.post("/incidents", json={**body, "title": "Another"}, headers=key)
    assert_problem(other, 409, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("send", "status", "refusal"),
    [
        (lambda api: api.post("/incidents", content=b"{no", headers=AS_JSON), 400, "body-not-json"),
        (lambda api: api.post("/incidents", json={"title": "x" * 5000, "severity": "SEV1"}), 422, "invalid-data"),
        (lambda api: api.post("/incidents", json={"titel": "x"}), 422, "invalid-data"),
        (lambda api: api.get("/incidents", headers={"Authorization": ""}), 401, "not-signed-in"),
        (lambda api: api.get("/incidents", headers={"Authorization": "Bearer hvr_forged"}), 401, "token-unknown"),
        (lambda api: api.get("/incidents/INC-999999"), 404, "incident-unknown"),
        (lambda api: api.get("/nothing"), 404, "not-found"),
        (lambda api: api.put("/incidents"), 405, "method-not-allowed"),
        (lambda api: api.get("/on-shift", params={"facility_id": uuid7()}), 404, "facility-unknown"),
        (lambda api: api.get("/incidents/INC-1", params={"as_of": "9999-12-31T23:59:59-12:00"}), 422, "invalid-data"),
    ],
)  # fmt: skip
async def test_every_refusal_is_a_problem_that_names_itself(
    demo: Organization, send: Callable[[httpx2.AsyncClient], Any], status: int, refusal: str
) -> None:
    assert_problem(await send(demo.api), status, refusal)


async def test_what_a_state_does_not_allow_is_refused_by_name(demo: Organization, place: Json) -> None:
    made = await declared(demo, place)

    async def post(verb: str, body: Json | None = None) -> httpx2.Response:
        return await demo.api.post(f"/incidents/{made['number']}/{verb}", json=body)

    assert_problem(await post("close", {}), 409, "incident-not-resolved")
    assert_problem(await post("status", {"status": "RESOLVED"}), 409, "summary-required")
    await post("resolve", {"summary": {"what_happened": "It jammed"}})
    await post("close", {})
    assert_problem(await post("resolve", {"summary": {"what_happened": "Again"}}), 409, "incident-already-closed")


@pytest.mark.parametrize(
    ("kind", "body", "change"),
    [
        ("facilities", {"timezone": "Europe/Oslo"}, {"timezone": "Europe/Rome"}),
        ("areas", {"facility_id": "facility"}, {"name": "Renamed"}),
        ("assets", {"area_id": "area", "asset_type": "pump"}, {"asset_type": "fan"}),
        ("teams", {"facility_id": "facility"}, {"name": "Renamed"}),
        ("members", {"role": "viewer"}, {"role": "responder", "locale": "fi"}),
    ],
)
async def test_things_of_the_directory_are_added_changed_and_removed(
    demo: Organization, place: Json, kind: str, body: Json, change: Json
) -> None:
    unique = uuid7()[-8:]
    wanted = {"name": f"New {unique}", **{name: place.get(value, value) for name, value in body.items()}}
    if kind == "members":
        wanted["email"] = f"{unique}@new.example"
    made = await demo.api.post(f"/{kind}", json=wanted)
    assert made.status_code == 201, made.text
    thing = made.json()
    assert wanted.items() <= thing.items()
    if kind == "members":
        assert has(thing, MEMBER)
    change = {name: f"{value} {unique}" if name == "name" else value for name, value in change.items()}
    changed = await demo.api.patch(f"/{kind}/{thing['id']}", json=change)
    assert (changed.status_code, changed.json()) == (200, {**thing, **change})
    assert_problem(await demo.api.patch(f"/{kind}/{thing['id']}", json={"colour": "red"}), 422, "invalid-data")
    assert (await demo.api.delete(f"/{kind}/{thing['id']}")).status_code == 204
    assert (await demo.api.get(f"/{kind}/{thing['id']}")).status_code == 404


async def test_who_is_on_shift_is_told_for_any_moment(demo: Organization, place: Json) -> None:
    teams = {team["id"]: team["name"] for team in (await demo.get("/teams"))["items"]}
    for at, crew in (("2026-11-24T06:30:00+02:00", "Crew A"), ("2026-11-24T23:00:00+02:00", "Crew C")):
        found = (await demo.get("/on-shift", facility_id=place["facility"], at=at))["items"]
        assert crew in {teams[duty["team_id"]] for duty in found}
        assert all(has(duty, "member_id team_id shift") for duty in found)
    assert (await demo.get("/on-shift", facility_id=place["facility"])).keys() == {"items"}


async def test_chat_settings_are_read_and_put(demo: Organization) -> None:
    present = await demo.get("/settings/chat")
    assert has(present, "platform tenant_id team_id global_channel_id incident_channel")
    assert (await demo.api.put("/settings/chat", json=present)).json() == present
    odd = await demo.api.put("/settings/chat", json={**present, "incident_channel": "pigeon"})
    assert_problem(odd, 422, "invalid-data")


async def test_a_token_is_shown_once_reaches_no_further_than_its_scopes_and_ends(
    demo: Organization, house: RunningHouse, place: Json
) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    made = await demo.api.post("/tokens", json={"name": "reader", "scopes": ["read"], "expires_at": until.isoformat()})
    assert made.status_code == 201
    token = made.json()
    assert datetime.fromisoformat(token["expires_at"]) == until
    shown = (await demo.get(f"/tokens/{token['id']}"))["token"]
    assert shown is None
    async with house.api(token["token"]) as reader:
        assert (await reader.get("/incidents")).status_code == 200
        body = {"title": "No", "severity": "SEV3", "facility_id": place["facility"]}
        assert_problem(await reader.post("/incidents", json=body), 403, "scope-not-sufficient")
        assert_problem(await reader.post("/tokens", json={"name": "more"}), 403, "scope-not-sufficient")
        assert (await demo.api.delete(f"/tokens/{token['id']}")).status_code == 204
        assert_problem(await reader.get("/incidents"), 401, "token-revoked")
    late = datetime.now(UTC) + timedelta(seconds=0.4)
    brief = await demo.api.post("/tokens", json={"name": "brief", "scopes": ["read"], "expires_at": late.isoformat()})
    async with house.api(brief.json()["token"]) as reader:

        async def refused() -> httpx2.Response | None:
            answer = await reader.get("/incidents")
            return answer if answer.status_code != 200 else None

        assert_problem(await eventually(refused), 401, "token-expired")
