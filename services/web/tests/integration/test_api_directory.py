"""The directory, chat settings and the import through the REST API."""

from __future__ import annotations

from typing import Any

import pytest
from web_house import Door, WebHouse


def _bodies(house: WebHouse) -> dict[str, dict[str, Any]]:
    tampere = str(next(it.id for it in house.tenant.things["facility"].values() if it.name == "Tampere Works"))
    line = str(next(it.id for it in house.tenant.things["area"].values() if it.name == "Line 1"))
    return {
        "facilities": {"name": "Oulu Works", "timezone": "Europe/Helsinki"},
        "areas": {"name": "Line 9", "facility_id": tampere},
        "assets": {"name": "Capper 1", "area_id": line, "asset_type": "capper"},
        "teams": {
            "name": "Night crew",
            "facility_id": tampere,
            "shift_info": {"shifts": [{"name": "N", "from": "22:00", "to": "06:00"}]},
        },
        "members": {"name": "Olli Mäki", "email": "olli@example.com", "role": "responder"},
    }


@pytest.mark.parametrize("kind", ["facilities", "areas", "assets", "teams", "members"])
async def test_things_are_added_read_changed_and_removed(house: WebHouse, door: Door, kind: str) -> None:
    body = _bodies(house)[kind]
    added = await door("POST", f"/{kind}", json=body)
    assert added.status_code == 201, added.text
    thing = added.json()
    assert added.headers["location"] == f"/api/v1/{kind}/{thing['id']}"
    assert (await door("GET", f"/{kind}/{thing['id']}")).json() == thing
    changed = await door("PATCH", f"/{kind}/{thing['id']}", json={"name": "Renamed"})
    assert (changed.status_code, changed.json()) == (200, {**thing, "name": "Renamed"})
    assert "Renamed" in [it["name"] for it in (await door("GET", f"/{kind}")).json()["items"]]
    if kind != "facilities":
        assert (await door("DELETE", f"/{kind}/{thing['id']}")).status_code == 204
        answer = await door("GET", f"/{kind}/{thing['id']}")
        assert answer.status_code == 404 and answer.json()["type"].endswith("-unknown")


async def test_an_id_of_ones_own_makes_a_repeat_harmless(house: WebHouse, door: Door) -> None:
    body = {**_bodies(house)["areas"], "id": "01900000-0000-7000-8000-000000000001"}
    assert [(await door("POST", "/areas", json=body)).status_code for _ in range(2)] == [201, 201]
    assert [it["name"] for it in (await door("GET", "/areas")).json()["items"]].count("Line 9") == 1


async def test_lists_are_narrowed_and_paged(house: WebHouse, door: Door) -> None:
    tampere = _bodies(house)["areas"]["facility_id"]
    assert [it["name"] for it in (await door("GET", f"/areas?facility_id={tampere}")).json()["items"]] == ["Line 1"]
    page = (await door("GET", "/members?limit=2")).json()
    assert len(page["items"]) == 2 and page["next_cursor"]


async def test_an_id_never_changes_and_null_empties_nothing(house: WebHouse, door: Door) -> None:
    area = next(iter(house.tenant.things["area"]))
    answer = await door("PATCH", f"/areas/{area}", json={"id": "01900000-0000-7000-8000-000000000001"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "id")
    answer = await door("PATCH", f"/areas/{area}", json={"name": None})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")
    answer = await door("PATCH", f"/areas/{area}", json={"naem": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "naem")


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("facilities", {"timezone": "Mars/Olympus"}, "timezone"),
        ("members", {"email": "nobody"}, "email"),
        ("members", {"role": "king"}, "role"),
        (
            "teams",
            {"shift_info": {"shifts": [{"name": "N", "from": "25:00", "to": "06:00"}]}},
            "shift_info.shifts.0.from",
        ),
    ],
)
async def test_a_field_that_does_not_fit_is_named(
    house: WebHouse, door: Door, kind: str, change: dict[str, Any], field: str
) -> None:
    answer = await door("POST", f"/{kind}", json={**_bodies(house)[kind], **change})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_what_is_still_needed_is_not_removed(house: WebHouse, door: Door) -> None:
    facility = next(iter(house.tenant.things["facility"]))
    answer = await door("DELETE", f"/facilities/{facility}")
    assert (answer.status_code, answer.json()["type"]) == (409, "still-needed")


async def test_another_organisations_things_are_unknown(house: WebHouse, door: Door) -> None:
    area = next(iter(house.other.things["area"]))
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        answer = await door(method, f"/areas/{area}", json=body)
        assert (answer.status_code, answer.json()["type"]) == (404, "area-unknown")


async def test_a_manager_changes_the_own_plant_and_no_other(house: WebHouse) -> None:
    manager = await house.door("Mikko Laine")
    tampere, leipzig = (
        next(it.id for it in house.tenant.things["facility"].values() if it.name == name)
        for name in ("Tampere Works", "Leipzig Works")
    )
    assert (await manager("POST", "/areas", json={"name": "L2", "facility_id": str(tampere)})).status_code == 201
    answer = await manager("POST", "/areas", json={"name": "L2", "facility_id": str(leipzig)})
    assert (answer.status_code, answer.json()["type"]) == (403, "not-your-plant")
    line = next(it.id for it in house.tenant.things["area"].values() if it.name == "Line 1")
    answer = await manager("PATCH", f"/areas/{line}", json={"facility_id": str(leipzig)})
    assert (answer.status_code, answer.json()["type"]) == (403, "not-your-plant")
    answer = await manager("POST", "/facilities", json={"name": "x", "timezone": "UTC"})
    assert answer.status_code == 403


async def test_a_manager_cannot_make_anybody_a_manager(house: WebHouse) -> None:
    manager = await house.door("Mikko Laine")
    sanna = house.tenant.member("Sanna Virtanen")
    team = str(next(iter(house.tenant.things["team"])))
    answer = await manager("PATCH", f"/members/{sanna.id}", json={"role": "administrator", "team_ids": [team]})
    assert (answer.status_code, answer.json()["type"]) == (403, "role-not-sufficient")


async def test_who_is_on_shift(house: WebHouse, door: Door) -> None:
    tampere = _bodies(house)["areas"]["facility_id"]
    items = (await door("GET", f"/on-shift?facility_id={tampere}&at=2026-11-23T08:00:00Z")).json()["items"]
    assert {it["shift"] for it in items} == {"Early"}
    other = str(next(iter(house.other.things["facility"])))
    assert (await door("GET", f"/on-shift?facility_id={other}")).json()["type"] == "facility-unknown"


async def test_chat_settings_are_put_by_administrators_and_read_by_managers(house: WebHouse, door: Door) -> None:
    assert (await door("GET", "/settings/chat")).json()["type"] == "chat-not-set-up"
    body = {"platform": "teams", "tenant_id": "t-1", "team_id": "g-1", "incident_channel": "thread"}
    assert (await door("PUT", "/settings/chat", json=body)).status_code == 200
    manager = await house.door("Mikko Laine")
    assert (await manager("GET", "/settings/chat")).json()["incident_channel"] == "thread"
    assert (await manager("PUT", "/settings/chat", json=body)).status_code == 403
    answer = await door("PUT", "/settings/chat", json={**body, "incident_channel": "letter"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "incident_channel")


async def test_a_plant_is_imported_from_a_document(house: WebHouse, door: Door) -> None:
    answer = await door("POST", "/import", content="facilities: []", headers={"Content-Type": "application/yaml"})
    assert (answer.status_code, answer.json()) == (200, {"added": {"facility": 1}})
    answer = await door("POST", "/import", content="x", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (415, "media-type-not-supported")
    answer = await door("POST", "/import", content=b"\xff", headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "document")
    manager = await house.door("Mikko Laine")
    assert (await manager("POST", "/import", content="x", headers={"Content-Type": "text/csv"})).status_code == 403


async def test_a_change_whose_owner_is_away_says_where_to_look_later(house: WebHouse, door: Door) -> None:
    house.plants.later = True
    answer = await door("POST", "/facilities", json=_bodies(house)["facilities"])
    assert answer.status_code == 202
    assert answer.headers["location"].startswith("/api/v1/facilities/")
