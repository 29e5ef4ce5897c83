"""Incidents through the REST API: what is promised to programs."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from web_house import Door, WebHouse

SUMMARY = {"what_happened": "It jammed.", "impact": {"duration_minutes": 12}}


async def test_declaring_gives_201_and_where_the_incident_is(house: WebHouse, door: Door) -> None:
    facility = next(iter(house.tenant.things["facility"]))
    body = {"title": "Filler 2 jammed", "severity": "SEV1", "facility_id": str(facility), "tags": ["night"]}
    answer = await door("POST", "/incidents", json=body)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/incidents/{made['id']}"
    assert (made["number"], made["status"], made["severity"], made["tags"]) == ("INC-1", "DECLARED", "SEV1", ["night"])
    assert made["assigned_to"] == str(house.tenant.member("Aino Korhonen").id)


async def test_an_incident_is_found_by_id_and_by_number_in_any_spelling(house: WebHouse, door: Door) -> None:
    made = await house.incident(door)
    for name in (made["id"], made["id"].upper(), "INC-1", "inc-1"):
        assert (await door("GET", f"/incidents/{name}")).json()["id"] == made["id"]


@pytest.mark.parametrize("name", ["INC-99", "INC-0", "nonsense", "INC-1;DROP", "0f8fad5b-d9cb-469f-a165-70867728950e"])
async def test_an_unknown_incident_is_404_whatever_is_asked_of_it(house: WebHouse, door: Door, name: str) -> None:
    for method, path in (
        ("GET", ""),
        ("GET", "/timeline"),
        ("POST", "/acknowledge"),
        ("GET", "/export"),
        ("GET", "/summary"),
    ):
        answer = await door(method, f"/incidents/{name}{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "incident-unknown"), path


async def test_another_organisations_incident_is_unknown_at_every_route(house: WebHouse, door: Door) -> None:
    made = await house.incident(door)
    stranger = await house.door("Aino Korhonen", slug=house.other_slug)
    for method, path in (("GET", ""), ("GET", "/timeline"), ("POST", "/acknowledge"), ("GET", "/export")):
        answer = await stranger(method, f"/incidents/{made['id']}{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "incident-unknown"), path
    assert (await stranger("GET", "/incidents")).json()["items"] == []
    assert (await stranger("GET", "/activity")).json()["items"] == []
    answer = await stranger(
        "POST", "/incidents", json={"title": "x", "severity": "SEV1", "facility_id": made["facility_id"]}
    )
    assert (answer.status_code, answer.json()["type"]) == (404, "facility-unknown")


async def test_a_whole_life_answers_each_step_with_the_new_state(house: WebHouse, door: Door) -> None:
    made = await house.incident(door)
    sanna = str(house.tenant.member("Sanna Virtanen").id)
    steps: list[tuple[str, Any, str, Any]] = [
        ("acknowledge", None, "acknowledged_at", "2026-11-23T06:00:00Z"),
        ("status", {"status": "INVESTIGATING", "note": "on it"}, "status", "INVESTIGATING"),
        ("severity", {"severity": "SEV2"}, "severity", "SEV2"),
        ("assign", {"member_id": sanna}, "assigned_to", sanna),
        ("assign-comms", {"member_id": sanna}, "comms_lead", sanna),
        ("actions", {"text": "swapped the sensor"}, "version", 7),
        ("annotations", {"text": "heard earlier", "occurred_at": "2026-11-23T05:00:00Z"}, "version", 8),
        ("escalate", {"member_ids": [sanna]}, "version", 9),
        ("resolve", {"summary": SUMMARY}, "status", "RESOLVED"),
        ("close", {"follow_ups": [{"description": "check the plug", "due_date": "2026-12-01"}]}, "status", "CLOSED"),
        ("reopen", {"reason": "it is back"}, "status", "INVESTIGATING"),
    ]
    for path, body, field, expected in steps:
        answer = await door("POST", f"/incidents/{made['number']}/{path}", json=body)
        assert answer.status_code == 200, (path, answer.text)
        assert answer.json()[field] == expected, path
    types = [entry["type"] for entry in (await door("GET", "/incidents/INC-1/timeline")).json()["items"]]
    assert types == [
        "declared", "acknowledgement", "status_change", "severity_change", "assignment", "comms_assignment",
        "action_taken", "annotation", "escalation", "status_change", "status_change", "reopened",
    ]  # fmt: skip


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "0002-01-01T10:00:00+14:00", "9999-12-31T23:59:59.999999Z"])
async def test_a_moment_that_no_clock_could_show_is_refused_at_the_door(
    house: WebHouse, door: Door, moment: str
) -> None:
    await house.incident(door)
    answer = await door("POST", "/incidents/INC-1/annotations", json={"text": "x", "occurred_at": moment})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["occurred_at"]


async def test_a_refusal_of_the_owner_comes_through_by_name(house: WebHouse, door: Door) -> None:
    await house.incident(door)
    await door("POST", "/incidents/INC-1/resolve", json={"summary": SUMMARY})
    await door("POST", "/incidents/INC-1/close")
    answer = await door("POST", "/incidents/INC-1/resolve", json={"summary": SUMMARY})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "incident-already-closed",
        "title": "The incident is already closed.",
        "status": 409,
        "detail": "Reopen it first.",
    }


async def test_the_summary_can_be_read_and_amended(house: WebHouse, door: Door) -> None:
    await house.incident(door)
    assert (await door("GET", "/incidents/INC-1/summary")).json()["type"] == "summary-not-written"
    await door("POST", "/incidents/INC-1/resolve", json={"summary": SUMMARY})
    answer = await door("PUT", "/incidents/INC-1/summary", json={**SUMMARY, "root_cause": "a loose plug"})
    assert answer.status_code == 200
    assert (await door("GET", "/incidents/INC-1/summary")).json()["root_cause"] == "a loose plug"


async def test_the_state_as_of_an_earlier_moment_is_what_was_known_then(house: WebHouse, door: Door) -> None:
    await house.incident(door)
    house.advance(minutes=10)
    await door("POST", "/incidents/INC-1/severity", json={"severity": "SEV3"})
    then = await door("GET", "/incidents/INC-1?as_of=2026-11-23T06:05:00Z")
    assert then.json()["severity"] == "SEV1"
    # The plus sign of an offset that was not percent-encoded arrives as a space.
    then = await door("GET", "/incidents/INC-1/timeline?as_of=2026-11-23T08:05:00+02:00")
    assert [entry["type"] for entry in then.json()["items"]] == ["declared"]
    answer = await door("GET", "/incidents/INC-1?as_of=2026-11-23T06:05:00")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "as_of")


async def test_lists_are_filtered_searched_and_paged(house: WebHouse, door: Door) -> None:
    for number, severity in enumerate(["SEV1", "SEV2", "SEV2", "SEV3"], 1):
        await house.incident(door, f"Pump {number} leaks", severity)
    assert len((await door("GET", "/incidents?severity=SEV2")).json()["items"]) == 2
    assert len((await door("GET", "/incidents?severity=SEV2,SEV3&status=DECLARED")).json()["items"]) == 3
    assert [it["number"] for it in (await door("GET", "/incidents?q=pump+3")).json()["items"]] == ["INC-3"]
    first = (await door("GET", "/incidents?limit=3")).json()
    second = (await door("GET", f"/incidents?limit=3&cursor={first['next_cursor']}")).json()
    assert [it["number"] for it in first["items"] + second["items"]] == ["INC-4", "INC-3", "INC-2", "INC-1"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/incidents?limit=0", "limit"),
        ("/incidents?limit=201", "limit"),
        ("/incidents?limit=ten", "limit"),
        ("/incidents?status=BROKEN", "status"),
        ("/incidents?severity=SEV9", "severity"),
        ("/incidents?facility_id=42", "facility_id"),
        ("/incidents/INC-1/timeline?limit=1001", "limit"),
        ("/incidents/INC-1/timeline?type=Gossip!", "type"),
        ("/activity?limit=500", "limit"),
    ],
)
async def test_a_parameter_out_of_range_is_422_and_says_which(
    house: WebHouse, door: Door, path: str, field: str
) -> None:
    await house.incident(door)
    answer = await door("GET", path)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "x" * 5000}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "a\u0000b"}, "title"),
        ({"severity": "SEV9"}, "severity"),
        ({"facility_id": "Tampere"}, "facility_id"),
        ({"asset_ids": ["filler"]}, "asset_ids.0"),
        ({"tags": ["x" * 51]}, "tags.0"),
        ({"priority": 1}, "priority"),
    ],
)
async def test_a_field_that_does_not_fit_is_named(
    house: WebHouse, door: Door, change: dict[str, Any], field: str
) -> None:
    facility = str(next(iter(house.tenant.things["facility"])))
    answer = await door(
        "POST", "/incidents", json={"title": "Jam", "severity": "SEV1", "facility_id": facility, **change}
    )
    assert (answer.status_code, answer.json()["type"]) == (422, "invalid-data")
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert house.plants.sent == []


@pytest.mark.parametrize(
    "title", ["🔥 Filler", "\u200fתקלה במילוי", "<script>alert(1)</script>", "**bold** [x](y)", "Ä" * 200]
)
async def test_what_people_type_is_kept_as_they_typed_it(house: WebHouse, door: Door, title: str) -> None:
    assert (await house.incident(door, title))["title"] == title
    assert (await door("GET", "/incidents/INC-1")).json()["title"] == title


@pytest.mark.parametrize("body", [b"", b"{", b"not json", b"\xff\xfe", b'{"title": }'])
async def test_a_body_that_is_no_json_is_refused_in_words(door: Door, body: bytes) -> None:
    answer = await door("POST", "/incidents", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == ("body-not-json" if body else "invalid-data")


async def test_a_body_of_another_type_is_415(door: Door) -> None:
    answer = await door("POST", "/incidents", content=b"<a/>", headers={"Content-Type": "application/xml"})
    assert (answer.status_code, answer.json()["type"]) == (415, "media-type-not-supported")


async def test_a_body_that_is_too_large_is_413_with_and_without_its_length(door: Door) -> None:
    async def pieces() -> Any:
        for _ in range(40):
            yield b"x" * 10_000

    for body in (b"x" * 300_000, pieces()):
        answer = await door("POST", "/incidents", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["type"]) == (413, "body-too-large")


async def test_an_unknown_address_and_a_wrong_method_are_problems_too(door: Door) -> None:
    assert (await door("GET", "/nowhere")).json()["type"] == "not-found"
    answer = await door("DELETE", "/incidents")
    assert (answer.status_code, answer.json()["type"]) == (405, "method-not-allowed")


async def test_the_same_idempotency_key_has_one_effect_and_one_answer(house: WebHouse, door: Door) -> None:
    facility = str(next(iter(house.tenant.things["facility"])))
    body = {"title": "Jam", "severity": "SEV1", "facility_id": facility}
    first = await door("POST", "/incidents", json=body, headers={"Idempotency-Key": "abc"})
    again = await door("POST", "/incidents", json=body, headers={"Idempotency-Key": "abc"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert len(house.plants.sent) == 1
    answer = await door("POST", "/incidents", json={**body, "title": "Other"}, headers={"Idempotency-Key": "abc"})
    assert (answer.status_code, answer.json()["type"]) == (409, "idempotency-key-reused")


async def test_two_callers_may_use_the_same_idempotency_key(house: WebHouse, door: Door) -> None:
    facility = str(next(iter(house.tenant.things["facility"])))
    body = {"title": "Jam", "severity": "SEV1", "facility_id": facility}
    other = await house.door("Sanna Virtanen")
    for caller in (door, other):
        assert (await caller("POST", "/incidents", json=body, headers={"Idempotency-Key": "1"})).status_code == 201
    assert len(house.plants.sent) == 2


async def test_a_key_of_control_characters_is_refused(door: Door) -> None:
    answer = await door("POST", "/incidents/INC-1/acknowledge", headers={"Idempotency-Key": " "})
    assert answer.status_code in (404, 422)


async def test_a_command_whose_owner_is_away_is_accepted_for_later(house: WebHouse, door: Door) -> None:
    made = await house.incident(door)
    house.plants.later = True
    answer = await door("POST", f"/incidents/{made['id']}/acknowledge")
    assert answer.status_code == 202
    command_id = answer.json()["command_id"]
    assert answer.headers["location"] == answer.json()["href"] == f"/api/v1/commands/{command_id}"
    assert (await door("GET", f"/commands/{command_id}")).json() == {"command_id": command_id, "status": "pending"}
    house.plants.later = False
    from haveri_contracts.outcomes import Outcome

    house.plants.outcomes[UUID(command_id)] = Outcome.accepted(UUID(command_id), {})
    assert (await door("GET", f"/commands/{command_id}")).json()["status"] == "accepted"


async def test_nobody_elses_command_can_be_asked_for(house: WebHouse, door: Door) -> None:
    made = await house.incident(door)
    house.plants.later = True
    command_id = (await door("POST", f"/incidents/{made['id']}/acknowledge")).json()["command_id"]
    stranger = await house.door("Aino Korhonen", slug=house.other_slug)
    answer = await stranger("GET", f"/commands/{command_id}")
    assert (answer.status_code, answer.json()["type"]) == (404, "command-unknown")


async def test_a_question_whose_owner_is_away_is_503_and_says_try_again(house: WebHouse, door: Door) -> None:
    house.plants.away.add("incident")
    answer = await door("GET", "/incidents")
    assert (answer.status_code, answer.json()["type"]) == (503, "not-possible-now")
    assert answer.headers["retry-after"]


async def test_an_absent_database_is_503_at_every_door(house: WebHouse, web_schema: Any) -> None:
    from haveri_chassis.database import Database
    from haveri_web.configuration import WebSettings

    nowhere = Database("postgresql://nobody@127.0.0.1:9/nothing", schema="web")
    await nowhere.open()
    broken = WebHouse(nowhere, house.plants, (house.slug, house.other_slug), web_schema.settings(WebSettings))
    answer = await Door(broken.client(), "hvr_whatever")("GET", "/incidents")
    assert (answer.status_code, answer.json()["type"]) == (503, "not-possible-now")
    client = broken.client()
    client.cookies.set("haveri_session", "whatever")
    assert 'data-testid="error-again"' in (await client.get("/")).text
    await broken.stop()


async def test_an_export_holds_everything_and_escapes_markup(house: WebHouse, door: Door) -> None:
    await house.incident(door, "<img src=x onerror=alert(1)> | **x**")
    record = (await door("GET", "/incidents/INC-1/export")).json()
    assert record["chain"]["intact"] is True
    assert len(record["timeline"]) == record["chain"]["entries"] == 1
    assert record["exported_by"] == f"member:{house.tenant.member('Aino Korhonen').id}"
    answer = await door("GET", "/incidents/INC-1/export?format=md")
    assert answer.headers["content-disposition"] == 'attachment; filename="INC-1.md"'
    assert "<img" not in answer.text and "\\*\\*x\\*\\*" in answer.text
    assert record["timeline"][-1]["hash"] in answer.text, "whoever keeps it can tell later whether anything was changed"
    answer = await door("GET", "/incidents/INC-1/export?format=pdf")
    assert (answer.status_code, answer.json()["type"]) == (422, "format-not-available")


async def test_a_query_parameter_that_does_not_exist_is_refused_on_every_route(house: WebHouse, door: Door) -> None:
    document = (await house.client().get("/api/openapi.json")).json()
    for path, methods in document["paths"].items():
        place = re.sub(r"{[^}]*}", str(uuid4()), path.removeprefix("/api/v1"))
        for method in methods:
            answer = await door(method.upper(), f"{place}?facilty_id=1")
            assert (answer.status_code, answer.json()["type"]) == (422, "invalid-data"), (method, path)
            assert [error["field"] for error in answer.json()["errors"]] == ["facilty_id"], (method, path)


async def test_a_refusal_quotes_no_more_than_can_be_read(house: WebHouse, door: Door) -> None:
    body = {"name": "L", "email": "l@x.example", "role": "responder", "locale": "x" * 6000}
    answer = await door("POST", "/members", json=body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "locale" and len(error["problem"]) == 501


async def test_a_kind_of_entry_that_is_not_known_here_may_be_asked_for(house: WebHouse, door: Door) -> None:
    await house.incident(door)
    for path in ("/incidents/INC-1/timeline", "/activity"):
        assert (await door("GET", f"{path}?type=declared,handover")).status_code == 200


async def test_the_openapi_document_describes_every_answer(house: WebHouse) -> None:
    document = (await house.client().get("/api/openapi.json")).json()
    for path, methods in document["paths"].items():
        assert path.startswith("/api/v1/")
        for method, operation in methods.items():
            assert {"401", "403", "422", "503"} <= operation["responses"].keys(), (method, path)
            assert operation["tags"] and operation["description" if "description" in operation else "summary"]
            good = next(
                operation["responses"][status] for status in ("200", "201", "204") if status in operation["responses"]
            )
            kind = "text/calendar" if path.endswith(".ics") else "application/json"
            assert "204" in operation["responses"] or good["content"][kind]["schema"], (method, path)
