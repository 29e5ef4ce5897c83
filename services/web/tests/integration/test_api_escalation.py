"""Policies, what they would do, settings, windows and runs through the REST API."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from web_calling import CallBook
from web_house import Door, WebHouse
from web_policies import PolicyShelf

from haveri_contracts.escalation.models import EscalationRun, RunState, Trigger
from haveri_contracts.escalation.queries import GetHeartbeat, Heartbeat
from haveri_contracts.incident.commands import Escalate
from haveri_web.domain.access import Scope


@pytest.fixture
def shelf(house: WebHouse) -> PolicyShelf:
    """The policies of the first organisation; the second has some of its own."""
    PolicyShelf(house.other)
    return PolicyShelf(house.tenant)


def policy(house: WebHouse, **more: Any) -> dict[str, Any]:
    """A policy that would be accepted."""
    team = str(next(iter(house.tenant.things["team"])))
    return {
        "name": "Line 1 at night",
        "facility_id": str(next(iter(house.tenant.things["facility"]))),
        "conditions": {"severity": ["SEV2"], "time_of_day": [{"from": "22:00", "to": "06:00"}]},
        "steps": [
            {"notify": {"team_ids": [team]}, "after_minutes": 0},
            {"notify": {"shift_roles": ["lead"]}, "after_minutes": 15, "only_if_unacknowledged": True},
        ],
        "repeat": {"times": 2, "every_minutes": 30},
        **more,
    }


async def test_a_policy_is_added_read_changed_and_removed(house: WebHouse, door: Door, shelf: PolicyShelf) -> None:
    added = await door("POST", "/escalation-policies", json=policy(house))
    assert added.status_code == 201, added.text
    made = added.json()
    assert added.headers["location"] == f"/api/v1/escalation-policies/{made['id']}"
    assert made["version"] == 1 and made["conditions"]["time_of_day"][0]["from"] == "22:00"
    path = f"/escalation-policies/{made['id']}"
    assert (await door("GET", path)).json() == made
    changed = await door("PATCH", path, json={"priority": 5, "repeat": None})
    assert changed.status_code == 200, changed.text
    assert changed.json() == {**made, "priority": 5, "repeat": None, "version": 2}
    versions = (await door("GET", f"{path}/versions")).json()["items"]
    assert [it["version"] for it in versions] == [2, 1]
    assert (await door("DELETE", path)).status_code == 204
    answer = await door("GET", path)
    assert (answer.status_code, answer.json()["type"]) == (404, "policy-unknown")
    assert (await door("DELETE", path)).status_code == 404


async def test_whoever_changes_an_old_version_is_told(house: WebHouse, door: Door, shelf: PolicyShelf) -> None:
    made = (await door("POST", "/escalation-policies", json=policy(house))).json()
    path = f"/escalation-policies/{made['id']}"
    assert (await door("PATCH", path, json={"name": "A", "version": 1})).json()["version"] == 2
    answer = await door("PATCH", path, json={"name": "B", "version": 1})
    assert (answer.status_code, answer.json()["type"]) == (409, "policy-changed-meanwhile")
    assert (await door("PATCH", path, json={"name": "B"})).json()["version"] == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"conditions": {"severity": []}}, "conditions.severity"),
        ({"conditions": {"severity": ["SEV4"]}}, "conditions.severity.0"),
        ({"conditions": {"severity": ["SEV1"], "areas": []}}, "conditions.areas"),
        ({"conditions": {"severity": ["SEV1"], "time_of_day": [{"from": "25:00"}]}}, "conditions.time_of_day.0.from"),
        ({"steps": [{"notify": {"team_ids": ["x"]}}]}, "steps.0.notify.team_ids.0"),
        ({"steps": [{"notify": {}, "after": 5}]}, "steps.0.after"),
        ({"steps": [{"notify": {}, "after_minutes": "soon"}]}, "steps.0.after_minutes"),
        ({"steps": None}, "steps"),
        ({"repeat": {"times": -1, "every_minutes": 5}}, "repeat.times"),
        ({"prioritity": 5}, "prioritity"),
        ({"version": 7}, "version"),
        ({"name": "  "}, "name"),
    ],
)
async def test_a_field_that_does_not_fit_is_named(
    house: WebHouse, door: Door, shelf: PolicyShelf, change: dict[str, Any], field: str
) -> None:
    answer = await door("POST", "/escalation-policies", json=policy(house, **change))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
    assert shelf.present() == []


async def test_what_the_owner_refuses_keeps_its_name_and_words(house: WebHouse, door: Door, shelf: PolicyShelf) -> None:
    answer = await door("POST", "/escalation-policies", json=policy(house, steps=[]))
    assert (answer.status_code, answer.json()["type"]) == (422, "policy-without-steps")
    assert answer.json()["detail"] == "Say at least in one step who is called."


async def test_what_is_unknown_to_the_owner_is_named_with_its_field(
    house: WebHouse, door: Door, shelf: PolicyShelf
) -> None:
    nobody, first = str(house.ids.new()), policy(house)["steps"][0]
    steps = [first, {"notify": {"team_ids": [first["notify"]["team_ids"][0], nobody]}}]
    answer = await door("POST", "/escalation-policies", json=policy(house, steps=steps))
    assert (answer.status_code, answer.json()["type"]) == (422, "team-unknown")
    assert answer.json()["errors"][0]["field"] == "steps.1.notify.team_ids.1"
    answer = await door("PUT", f"/escalation-settings/{nobody}", json={})
    assert (answer.status_code, answer.json()["type"]) == (404, "facility-unknown"), "what the address names is missing"


async def test_the_same_key_adds_one_policy(house: WebHouse, door: Door, shelf: PolicyShelf) -> None:
    headers = {"Idempotency-Key": "once"}
    first, second = [await door("POST", "/escalation-policies", json=policy(house), headers=headers) for _ in range(2)]
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert len(shelf.present()) == 1 and first.json()["version"] == 1
    other = await door("POST", "/escalation-policies", json=policy(house, name="Other"), headers=headers)
    assert (other.status_code, other.json()["type"]) == (409, "idempotency-key-reused")


async def test_an_id_of_ones_own_makes_a_repeat_harmless_and_never_overwrites(
    house: WebHouse, door: Door, shelf: PolicyShelf
) -> None:
    body = policy(house, id="01900000-0000-7000-8000-000000000001")
    answers = [await door("POST", "/escalation-policies", json=body) for _ in range(2)]
    assert [(it.status_code, it.json()["version"]) for it in answers] == [(201, 1), (201, 1)]
    answer = await door("POST", "/escalation-policies", json={**body, "name": "Another"})
    assert (answer.status_code, answer.json()["type"]) == (409, "policy-exists")
    assert [it.name for it in shelf.present()] == ["Line 1 at night"]


async def test_policies_are_read_by_viewers_and_changed_by_managers(
    house: WebHouse, door: Door, shelf: PolicyShelf
) -> None:
    made = (await door("POST", "/escalation-policies", json=policy(house))).json()
    path, window = f"/escalation-policies/{made['id']}", {"facility_id": made["facility_id"], "ends_at": _LATER}
    for name in ("Veera Heikkilä", "Sanna Virtanen"):
        reader = await house.door(name)
        for place in ("/escalation-policies", path, "/escalation-settings", "/maintenance-windows"):
            assert (await reader("GET", place)).status_code == 200, place
        for method, place, body in (
            ("POST", "/escalation-policies", policy(house)),
            ("PATCH", path, {"name": "x"}),
            ("DELETE", path, None),
            ("PUT", f"/escalation-settings/{made['facility_id']}", {}),
            ("POST", "/maintenance-windows", window),
            ("POST", "/rotations", {}),
            ("PUT", f"/holidays/{made['facility_id']}", {"holidays": []}),
        ):
            answer = await reader(method, place, json=body)
            assert answer.status_code == 403, (name, method, place)
            assert answer.json()["type"] == "role-not-sufficient"
    manager = await house.door("Mikko Laine")
    assert (await manager("PATCH", path, json={"name": "x"})).status_code == 200
    weak = await house.door("Mikko Laine", [Scope.RESPOND])
    assert (await weak("PATCH", path, json={"name": "x"})).json()["type"] == "scope-not-sufficient"


async def test_another_organisations_policies_are_unknown(house: WebHouse, door: Door, shelf: PolicyShelf) -> None:
    made = (await door("POST", "/escalation-policies", json=policy(house))).json()
    stranger = await house.door("Aino Korhonen", slug=house.other_slug)
    assert (await stranger("GET", "/escalation-policies")).json()["items"] == []
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        answer = await stranger(method, f"/escalation-policies/{made['id']}", json=body)
        assert (answer.status_code, answer.json()["type"]) == (404, "policy-unknown")
    assert (await stranger("GET", f"/escalation-policies/{made['id']}/versions")).status_code == 404


async def test_a_simulation_says_who_would_be_called_when(house: WebHouse, door: Door, shelf: PolicyShelf) -> None:
    made = (await door("POST", "/escalation-policies", json=policy(house))).json()
    question = {"severity": "SEV2", "facility_id": made["facility_id"], "at": "2026-11-28T03:10:00+02:00"}
    viewer = await house.door("Veera Heikkilä", [Scope.READ])
    found = (await viewer("POST", "/escalation-policies/simulate", json=question)).json()
    assert found["policy_id"] == made["id"] and found["why"]
    assert [(it["step"], it["at"], len(it["member_ids"]), it["via"][0]) for it in found["calls"]] == [
        (1, "2026-11-28T01:10:00Z", 2, "chat"),
        (2, "2026-11-28T01:25:00Z", 1, "chat"),
    ]
    draft = {**policy(house, name="Draft"), "id": made["id"], "conditions": {"severity": ["SEV3"]}}
    found = (
        await viewer("POST", "/escalation-policies/simulate", json={**question, "severity": "SEV3", "draft": draft})
    ).json()
    assert found["policy_name"] == "Draft"
    assert shelf.present()[0].name == "Line 1 at night", "a simulation changes nothing"
    for body, field in (
        ({**question, "at": "yesterday"}, "at"),
        ({**question, "at": "2026-11-28T03:10:00"}, "at"),
        ({**question, "severity": "bad"}, "severity"),
        ({**question, "drat": None}, "drat"),
        ({"severity": "SEV1"}, "facility_id"),
    ):
        answer = await viewer("POST", "/escalation-policies/simulate", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_quiet_hours_and_last_resort_are_put_for_a_facility(
    house: WebHouse, door: Door, shelf: PolicyShelf
) -> None:
    facility = str(next(iter(house.tenant.things["facility"])))
    aino = str(house.tenant.member("Aino Korhonen").id)
    body = {
        "quiet_hours": [{"severity": ["SEV3"], "time_of_day": [{"from": "20:00", "to": "07:00"}]}],
        "last_resort": {"member_ids": [aino]},
    }
    answer = await door("PUT", f"/escalation-settings/{facility}", json=body)
    assert (answer.status_code, answer.json()["facility_id"]) == (200, facility)
    kept = (await door("GET", "/escalation-settings")).json()["items"]
    assert kept == [answer.json()] and kept[0]["last_resort"]["member_ids"] == [aino]
    answer = await door("PUT", f"/escalation-settings/{facility}", json={"quiet_hours": [{"severity": ["SEV3"]}]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "quiet_hours.0.time_of_day")


_LATER = "2026-11-23T12:00:00Z"


async def test_a_window_is_announced_changed_and_ended(house: WebHouse, door: Door, shelf: PolicyShelf) -> None:
    area = str(next(iter(house.tenant.things["area"])))
    facility = str(next(iter(house.tenant.things["facility"])))
    body = {"facility_id": facility, "area_ids": [area], "ends_at": _LATER, "reason": "Belt change"}
    added = await door("POST", "/maintenance-windows", json=body)
    assert added.status_code == 201, added.text
    made = added.json()
    assert datetime.fromisoformat(made["starts_at"]) == house.clock.now(), "without a start it begins now"
    assert made["created_by"] == f"member:{house.tenant.member('Aino Korhonen').id}"
    path = f"/maintenance-windows/{made['id']}"
    assert (await door("GET", path)).json() == made
    changed = (await door("PATCH", path, json={"reason": "Two belts"})).json()
    assert changed == {**made, "reason": "Two belts"}
    assert (await door("GET", "/maintenance-windows")).json()["items"] == [changed]
    assert (await door("GET", "/maintenance-windows?ending_after=2026-11-24T00:00:00Z")).json()["items"] == []
    assert (await door("DELETE", path)).status_code == 204
    assert (await door("DELETE", path)).json()["type"] == "window-unknown"
    answer = await door("POST", "/maintenance-windows", json={"facility_id": facility, "area_ids": [area]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "ends_at"), "every window ends"
    answer = await door("POST", "/maintenance-windows", json={**body, "ends_at": "2027-11-23T12:00:00Z"})
    assert (answer.status_code, answer.json()["type"]) == (422, "window-too-long")


async def test_an_incidents_escalations_are_read_by_its_number(house: WebHouse, door: Door) -> None:
    made = await house.incident(door)
    book = CallBook(house.tenant)
    assert (await door("GET", "/incidents/INC-1/escalations")).json() == {"items": []}
    run = EscalationRun(
        id=house.ids.new(),
        incident_id=UUID(made["id"]),
        trigger=Trigger.DECLARED,
        state=RunState.RUNNING,
        started_at=house.clock.now(),
    )
    book.runs.append(run)
    for name in ("INC-1", made["id"]):
        answer = (await door("GET", f"/incidents/{name}/escalations")).json()
        assert [it["id"] for it in answer["items"]] == [str(run.id)]
    answer = await door("GET", f"/incidents/{house.ids.new()}/escalations")
    assert (answer.status_code, answer.json()["type"]) == (404, "incident-unknown")
    assert (await door("GET", "/escalations/running")).json()["items"] == []


async def test_one_cannot_call_who_is_not_there(house: WebHouse, door: Door, shelf: PolicyShelf) -> None:
    await house.incident(door)
    nobody, stranger = str(house.ids.new()), str(next(iter(house.other.things["member"])))
    for body, field in (
        ({"member_ids": [str(house.tenant.member("Timo Nieminen").id), nobody]}, "member_ids.1"),
        ({"member_ids": [stranger]}, "member_ids.0"),
        ({"team_ids": [nobody]}, "team_ids.0"),
        ({"policy_id": nobody}, "policy_id"),
        ({"team_ids": ["x"]}, "team_ids.0"),
    ):
        answer = await door("POST", "/incidents/INC-1/escalate", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    made = (await door("POST", "/escalation-policies", json=policy(house))).json()
    assert (await door("POST", "/incidents/INC-1/escalate", json={"policy_id": made["id"]})).status_code == 200
    assert isinstance(house.plants.sent[-1], Escalate)


async def test_a_call_for_help_does_not_wait_for_the_owner_of_policies(house: WebHouse, door: Door) -> None:
    await house.incident(door)
    house.plants.away = {"escalation"}
    body = {"policy_id": str(house.ids.new())}
    assert (await door("POST", "/incidents/INC-1/escalate", json=body)).status_code == 200


async def test_while_the_owner_is_away_orders_wait_and_questions_say_so(
    house: WebHouse, door: Door, shelf: PolicyShelf
) -> None:
    house.plants.away = {"escalation"}
    own = "01900000-0000-7000-8000-000000000001"
    for body in (policy(house), policy(house, id=own)):
        answer = await door("POST", "/escalation-policies", json=body)
        assert answer.status_code == 202
        assert answer.headers["location"].startswith("/api/v1/escalation-policies/")
    assert (await door("DELETE", f"/escalation-policies/{own}")).status_code == 202
    for path in ("/escalation-policies", "/escalations/running", "/maintenance-windows", "/escalation-settings"):
        answer = await door("GET", path)
        assert (answer.status_code, answer.json()["type"]) == (503, "not-possible-now"), path


async def test_a_monitoring_system_hears_the_heart_without_signing_in(house: WebHouse) -> None:
    house.plants.add("haveri", "The house itself")
    beats = house.plants.tenants["haveri"].answers
    client = house.client()
    beats[GetHeartbeat] = lambda _: Heartbeat(alive=True, last_beat_at=house.clock.now(), overdue_steps=0)
    answer = await client.get("/heartbeat")
    assert (answer.status_code, answer.json()["alive"]) == (200, True)
    beats[GetHeartbeat] = lambda _: Heartbeat(alive=False, last_beat_at=house.clock.now(), overdue_steps=2)
    answer = await client.get("/heartbeat")
    assert (answer.status_code, answer.json()["overdue_steps"]) == (503, 2)
    house.plants.away = {"escalation"}
    answer = await client.get("/heartbeat")
    assert (answer.status_code, answer.json()["alive"]) == (503, False) and answer.json()["reason"]
