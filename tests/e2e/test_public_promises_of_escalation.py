"""Policies, simulations, runs and shifts as their contract words them, read by somebody who knows only the contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from e2e_calls import Calls, added, call
from e2e_plants import Organization
from e2e_promises import Json, assert_refused, uuid7

from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

POLICY = (
    "id name facility_id priority conditions steps repeat acknowledgement_expires_minutes version is_default "
    "mitigation last_resort"
)
NIGHT = {"days": ["FRI", "SAT"], "from": "22:00", "to": "06:00"}
TIMO, MARIA = "Timo Rantanen", "Maria Lindqvist"


@pytest.fixture(scope="module")
def calls(house: RunningHouse, demo: Organization) -> Calls:
    """What is seen of the demo plant's escalations."""
    return Calls.of(house, demo)


@pytest.fixture(scope="module")
async def place(calls: Calls) -> Json:
    """Where it happens: an area for which no other test's policy is."""
    return {
        "facility_id": (await calls.ids("facilities"))["Leipzig Works"],
        "area_id": (await calls.ids("areas"))["Versorgung"],
    }


@pytest.fixture(scope="module")
async def people(calls: Calls) -> list[str]:
    """Two who are called."""
    members = await calls.ids("members")
    return [members["Uwe Zimmermann"], members["Priya Nair"]]


def wanted(place: Json, people: list[str], **more: Any) -> Json:
    """A policy with everything in it that the contract names."""
    return {
        "name": f"Utilities at night {uuid7()[-6:]}",
        "facility_id": place["facility_id"],
        "priority": 7,
        "conditions": {
            "severity": ["SEV1", "SEV2"],
            "area_ids": [place["area_id"]],
            "asset_types": ["boiler"],
            "time_of_day": [NIGHT],
        },
        "steps": [call(people[0]), call(people[1], after=2.5, only_if_unacknowledged=False)],
        "repeat": {"times": 2, "every_minutes": 10},
        "acknowledgement_expires_minutes": 30,
        **more,
    }


def holds(found: Any, asked: Any) -> bool:
    """Whether everything that was asked for is in what was found."""
    if isinstance(asked, dict):
        return all(name in found and holds(found[name], value) for name, value in asked.items())
    if isinstance(asked, list):
        return len(found) == len(asked) and all(map(holds, found, asked))
    return bool(found == asked)


async def test_a_policy_keeps_what_it_was_given_and_every_version_of_it(
    demo: Organization, place: Json, people: list[str]
) -> None:
    body, key = wanted(place, people), {"Idempotency-Key": uuid7()}
    answers = [await demo.api.post("/escalation-policies", json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    made = answers[0].json()
    assert answers[1].json()["id"] == made["id"], "the same key has one effect"
    assert answers[0].headers["location"] == f"/api/v1/escalation-policies/{made['id']}"
    assert set(POLICY.split()) <= made.keys()
    assert holds(made, body)
    assert made["version"] == 1
    door = f"/escalation-policies/{made['id']}"
    assert await demo.get(door) == made
    listed = (await demo.get("/escalation-policies", facility_id=place["facility_id"]))["items"]
    assert [policy for policy in listed if policy["id"] == made["id"]] == [made]
    changed = await demo.api.patch(door, json={"priority": 8, "version": 1})
    assert changed.status_code == 200
    assert changed.json() == {**made, "priority": 8, "version": 2}
    assert_refused(await demo.api.patch(door, json={"priority": 9, "version": 1}), 409, "policy-changed-meanwhile")
    assert (await demo.api.delete(door)).status_code == 204
    assert_refused(await demo.api.get(door), 404, "policy-unknown")
    versions = (await demo.get(f"{door}/versions"))["items"]
    assert [(policy["version"], policy["priority"]) for policy in versions] == [(2, 8), (1, 7)]


async def test_a_simulation_names_the_policy_why_and_each_call(
    demo: Organization, place: Json, people: list[str]
) -> None:
    async with added(demo, "escalation-policies", **wanted(place, people)) as policy:
        asked = {"severity": "SEV2", **place, "asset_type": "boiler", "at": "2026-03-14T01:10:00Z"}
        found = (await demo.api.post("/escalation-policies/simulate", json=asked)).raise_for_status().json()
        assert found["policy_id"] == policy["id"], "Friday's night goes on until Saturday at six"
        assert policy["name"] in found["why"]
        assert [(it["step"], it["at"], it["member_ids"]) for it in found["calls"][:2]] == [
            (1, "2026-03-14T01:10:00Z", [people[0]]),
            (2, "2026-03-14T01:12:30Z", [people[1]]),
        ]
        assert all(it["via"] for it in found["calls"])
        by_day = {**asked, "at": "2026-03-14T11:00:00Z"}
        other = (await demo.api.post("/escalation-policies/simulate", json=by_day)).raise_for_status().json()
        assert other["policy_id"] != policy["id"]


async def test_the_runs_of_an_incident_say_what_is_due_what_was_fired_and_what_became_of_it(
    calls: Calls, demo: Organization, place: Json, people: list[str]
) -> None:
    body = wanted(place, people, conditions={"severity": ["SEV3"], "area_ids": [place["area_id"]]}, repeat=None)
    async with added(demo, "escalation-policies", **body) as policy:
        incident = {"title": "Steam trap blows", "severity": "SEV3", **place}
        made = (await demo.api.post("/incidents", json=incident)).raise_for_status().json()
        (run,) = await calls.until_runs(made["number"], lambda runs: runs[0]["steps"][0]["fired_at"])
        assert (run["policy_id"], run["policy_version"], run["state"]) == (policy["id"], 1, "running")
        first, second = run["steps"]
        assert (first["outcome"], second["outcome"], second["fired_at"]) == ("fired", "pending", None)
        due = [datetime.fromisoformat(step["due_at"]) for step in run["steps"]]
        assert due[1] - due[0] == timedelta(minutes=2.5), "minutes may be fractions"
        assert made["id"] in str(await demo.get("/escalations/running", limit=200))
        (await demo.api.patch(f"/escalation-policies/{policy['id']}", json={"steps": [call(people[1])]}))
        (run,) = await calls.runs(made["number"])
        assert len(run["steps"]) == 2, "a running escalation keeps the version it began with"
        (await demo.api.post(f"/incidents/{made['number']}/resolve", json={"summary": {"what_happened": "It blew"}}))
        (run,) = await calls.until_runs(made["number"], lambda runs: runs[0]["state"] == "ended")
        assert [step["outcome"] for step in run["steps"]] == ["fired", "cancelled"]
    assert_refused(await demo.api.get(f"/incidents/{uuid7()}/escalations"), 404, "incident-unknown")


async def test_a_maintenance_window_silences_and_its_end_goes_on(
    calls: Calls, demo: Organization, place: Json, people: list[str]
) -> None:
    window = {"facility_id": place["facility_id"], "area_ids": [place["area_id"]]}
    assert_refused(await demo.api.post("/maintenance-windows", json=window), 422, "invalid-data")
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    async with added(demo, "maintenance-windows", **window, ends_at=soon, reason="Boiler inspection") as made:
        body = {"title": "Boiler 1 is cold", "severity": "SEV3", **place}
        number = (await demo.api.post("/incidents", json=body)).raise_for_status().json()["number"]
        (run,) = await calls.until_runs(number, lambda runs: runs[0]["state"] == "silenced")
        assert run["calls"] == []
        assert run["silenced_until"] == made["ends_at"]
        assert (await demo.api.delete(f"/maintenance-windows/{made['id']}")).status_code == 204
        (run,) = await calls.until_runs(number, lambda runs: runs[0]["state"] == "running" and runs[0]["calls"])
        assert run["silenced_until"] is None
    (await demo.api.post(f"/incidents/{number}/acknowledge", json={})).raise_for_status()


async def test_shifts_can_be_read_as_a_calendar_and_come_back_from_one(calls: Calls, demo: Organization) -> None:
    facility = (await calls.ids("facilities"))["Tampere Works"]
    week = {"facility_id": facility, "starts_at": "2027-02-01T00:00:00Z", "ends_at": "2027-02-08T00:00:00Z"}
    shifts = (await demo.get("/schedule", **week))["items"]
    assert shifts
    assert all({"member_id", "team_id", "shift", "starts_at", "ends_at"} <= shift.keys() for shift in shifts)
    maria = (await calls.ids("members"))[MARIA]
    own = (await demo.get("/schedule", **week, member_id=maria))["items"]
    assert own == [shift for shift in shifts if shift["member_id"] == maria]
    document = await demo.api.get("/schedule.ics", params={**week, "member_id": maria})
    assert (document.status_code, document.headers["content-type"].partition(";")[0]) == (200, "text/calendar")
    assert document.text.count("BEGIN:VEVENT") == len(own)


async def test_the_heartbeat_needs_no_token(house: RunningHouse) -> None:
    async with httpx2.AsyncClient(base_url=house.endpoints["web"], trust_env=False) as monitoring:
        answer = await monitoring.get("/heartbeat")
    assert answer.status_code in (200, 503)
    assert {"alive", "last_beat_at", "overdue_steps"} <= answer.json().keys()
