"""Rotations, changes of shifts, holidays and the calendar through the REST API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from web_house import Door, WebHouse
from web_shifts import ShiftBook

from haveri_contracts.directory.commands import ImportShifts
from haveri_contracts.directory.queries import CalendarDocument, ExportShifts
from haveri_web.domain.access import Scope

_CALENDAR = {"Content-Type": "text/calendar"}


@pytest.fixture
def book(house: WebHouse) -> ShiftBook:
    """The plans of the first organisation; the second has its own."""
    ShiftBook(house.other)
    return ShiftBook(house.tenant)


def _facility(house: WebHouse) -> str:
    return str(next(it.id for it in house.tenant.things["facility"].values() if it.name == "Tampere Works"))


def _team(house: WebHouse) -> str:
    return str(next(iter(house.tenant.things["team"])))


def rotation(house: WebHouse, **more: Any) -> dict[str, Any]:
    """A rotation that would be accepted."""
    return {
        "facility_id": _facility(house),
        "name": "Two of days, two of nights",
        "first_day": "2026-11-02",
        "slots": [{"name": "Day", "from": "06:00", "to": "18:00"}, {"name": "Night", "from": "18:00", "to": "06:00"}],
        "pattern": ["Day", "Day", "Night", "Night", None, None, None, None],
        "crews": [{"team_id": _team(house), "offset_days": 0}],
        **more,
    }


def change(house: WebHouse, **more: Any) -> dict[str, Any]:
    """Timo works instead of Sanna on a Friday night."""
    return {
        "team_id": _team(house),
        "kind": "swap",
        "member_id": str(house.tenant.member("Sanna Virtanen").id),
        "substitute_id": str(house.tenant.member("Timo Nieminen").id),
        "starts_at": "2026-11-27T20:00:00Z",
        "ends_at": "2026-11-28T04:00:00Z",
        **more,
    }


async def test_a_rotation_is_added_read_changed_and_removed(house: WebHouse, door: Door, book: ShiftBook) -> None:
    added = await door("POST", "/rotations", json=rotation(house))
    assert added.status_code == 201, added.text
    made, path = added.json(), f"/rotations/{added.json()['id']}"
    assert added.headers["location"] == f"/api/v1{path}" and made["slots"][0]["from"] == "06:00"
    assert (await door("GET", path)).json() == made
    assert (await door("GET", f"/rotations?facility_id={_facility(house)}")).json()["items"] == [made]
    assert (await door("PATCH", path, json={"name": "Turns"})).json() == {**made, "name": "Turns"}
    answer = await door("PATCH", path, json={"pattern": []})
    assert (answer.status_code, answer.json()["type"]) == (422, "pattern-does-not-fit")
    assert (await door("DELETE", path)).status_code == 204
    assert (await door("GET", path)).json()["type"] == "rotation-unknown"


async def test_another_kind_brings_its_own_pattern(house: WebHouse, door: Door, book: ShiftBook) -> None:
    body = rotation(house, kind="fixed", slots=[{"name": "Day", "from": "06:00", "to": "18:00"}], pattern=[])
    path = f"/rotations/{(await door('POST', '/rotations', json=body)).json()['id']}"
    made = (await door("GET", path)).json()
    assert made["pattern"] == ["Day"]
    slots = [{"name": "Night", "from": "18:00", "to": "06:00"}]
    assert (await door("PATCH", path, json={"slots": slots})).status_code == 200
    assert (await door("GET", path)).json()["pattern"] == ["Night"]
    answer = await door("PATCH", path, json={"kind": "2-2-3"})
    assert (answer.status_code, answer.json()["type"]) == (422, "pattern-does-not-fit"), "it takes two crews"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"slots": []}, "slots"),
        ({"slots": [{"name": "D", "from": "6", "to": "18:00"}]}, "slots.0.from"),
        ({"slots": [{"name": "D", "from": "06:00", "to": "18:00", "days": []}]}, "slots.0.days"),
        ({"kind": "5-5"}, "kind"),
        ({"first_day": "soon"}, "first_day"),
        ({"crews": [{"team_id": "x"}]}, "crews.0.team_id"),
        ({"crew": []}, "crew"),
    ],
)
async def test_what_does_not_fit_in_a_rotation_is_named(
    house: WebHouse, door: Door, book: ShiftBook, more: dict[str, Any], field: str
) -> None:
    answer = await door("POST", "/rotations", json=rotation(house, **more))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_what_a_responder_asks_of_another_waits_until_that_one_accepts(house: WebHouse, book: ShiftBook) -> None:
    sanna, timo = await house.door("Sanna Virtanen"), await house.door("Timo Nieminen")
    asked = await sanna("POST", "/shift-changes", json=change(house))
    assert asked.status_code == 201, asked.text
    made, path = asked.json(), f"/shift-changes/{asked.json()['id']}"
    assert made["accepted"] is False and made["proposed_by"] == str(house.tenant.member("Sanna Virtanen").id)
    answer = await sanna("POST", f"{path}/accept")
    assert (answer.status_code, answer.json()["type"]) == (403, "role-not-sufficient")
    answer = await timo("POST", f"{path}/accept")
    assert (answer.status_code, answer.json()["accepted"]) == (200, True)
    assert (await timo("GET", path)).json()["accepted"] is True
    listed = await timo("GET", "/shift-changes?starts_at=2026-11-27T00:00:00Z&ends_at=2026-11-29T00:00:00Z")
    assert [it["id"] for it in listed.json()["items"]] == [made["id"]]
    assert (await timo("GET", "/shift-changes?starts_at=2026-12-01T00:00:00Z")).json()["items"] == []
    assert (await sanna("PATCH", path, json={"note": "Thanks"})).json()["note"] == "Thanks"
    assert (await sanna("DELETE", path)).status_code == 204
    assert (await sanna("GET", path)).json()["type"] == "shift-change-unknown"


async def test_nobody_says_for_another_that_a_change_is_accepted(house: WebHouse, book: ShiftBook) -> None:
    sanna = await house.door("Sanna Virtanen")
    answer = await sanna("POST", "/shift-changes", json=change(house, accepted=True))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "accepted")


async def test_viewers_and_reading_tokens_change_no_shifts(house: WebHouse, book: ShiftBook) -> None:
    for name, scopes, refusal in (
        ("Veera Heikkilä", list(Scope), "role-not-sufficient"),
        ("Sanna Virtanen", [Scope.READ], "scope-not-sufficient"),
    ):
        door = await house.door(name, scopes)
        answer = await door("POST", "/shift-changes", json=change(house))
        assert (answer.status_code, answer.json()["type"]) == (403, refusal)
        assert (await door("GET", "/rotations")).status_code == 200
    sanna = await house.door("Sanna Virtanen")
    assert (await sanna("POST", "/rotations", json=rotation(house))).status_code == 403
    answer = await sanna("POST", f"/shifts/import?team_id={_team(house)}", content="x", headers=_CALENDAR)
    assert answer.status_code == 403 and book.imported == []


async def test_the_calendar_says_who_works_when(house: WebHouse, door: Door, book: ShiftBook) -> None:
    path, sanna = f"/schedule?facility_id={_facility(house)}", house.tenant.member("Sanna Virtanen").id
    week = (await door("GET", path)).json()["items"]
    assert week and {"member_id", "team_id", "shift", "roles", "starts_at", "ends_at", "origin"} <= week[0].keys()
    stretch = "&starts_at=2026-11-24T00:00:00Z&ends_at=2026-11-25T00:00:00Z"
    own = (await door("GET", f"{path}{stretch}&member_id={sanna}")).json()["items"]
    assert {it["member_id"] for it in own} == {str(sanna)}
    for query, field in (
        ("&starts_at=2026-11-24T00:00:00Z&ends_at=2026-11-24T00:00:00Z", "ends_at"),
        ("&starts_at=2026-01-01T00:00:00Z&ends_at=2026-11-24T00:00:00Z", "ends_at"),
        ("&starts_at=9999-12-30T00:00:00Z", "starts_at"),
        ("&starts_at=today", "starts_at"),
    ):
        for kind in ("schedule", "schedule.ics"):
            answer = await door("GET", f"/{kind}?facility_id={_facility(house)}{query}")
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), (kind, query)


async def test_a_calendar_program_gets_icalendar(house: WebHouse, door: Door, book: ShiftBook) -> None:
    asked: list[ExportShifts] = []

    def export(query: ExportShifts) -> CalendarDocument:
        asked.append(query)
        return CalendarDocument(document="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")

    house.tenant.answers[ExportShifts] = export
    answer = await door("GET", f"/schedule.ics?facility_id={_facility(house)}&team_id={_team(house)}")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.text.startswith("BEGIN:VCALENDAR") and asked[0].team_id == UUID(_team(house))
    assert (asked[0].ends_at - asked[0].starts_at).days == 56


async def test_shifts_are_imported_whole_or_not_at_all(house: WebHouse, door: Door, book: ShiftBook) -> None:
    path = f"/shifts/import?team_id={_team(house)}"
    answer = await door("POST", path, content="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", headers=_CALENDAR)
    assert answer.status_code == 200 and isinstance(book.imported[0], ImportShifts)
    answer = await door("POST", path, content="OVERLAP", headers=_CALENDAR)
    assert answer.status_code == 422 and [it["line"] for it in answer.json()["errors"]] == [12, 30]
    for content, headers, status, kind in (
        (b"\xff", _CALENDAR, 422, "invalid-data"),
        (b"a\0b", _CALENDAR, 422, "invalid-data"),
        (b"", _CALENDAR, 422, "invalid-data"),
        (b"x" * 900_001, _CALENDAR, 422, "invalid-data"),
        (b"{}", {"Content-Type": "application/json"}, 415, "media-type-not-supported"),
    ):
        answer = await door("POST", path, content=content, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (status, kind), content[:10]
    answer = await door("POST", "/shifts/import?team_id=x", content="x", headers=_CALENDAR)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "team_id")
    assert len(book.imported) == 1


async def test_holidays_are_put_for_a_facility(house: WebHouse, door: Door, book: ShiftBook) -> None:
    body = {"holidays": [{"date": "2026-12-06", "name": "Independence Day"}]}
    answer = await door("PUT", f"/holidays/{_facility(house)}", json=body)
    assert (answer.status_code, answer.json()) == (200, {"facility_id": _facility(house), **body})
    assert (await door("GET", "/holidays")).json()["items"] == [answer.json()]
    answer = await door("PUT", f"/holidays/{_facility(house)}", json={"holidays": [{"date": "6.12.", "name": "x"}]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "holidays.0.date")


async def test_another_organisations_plans_are_unknown(house: WebHouse, door: Door, book: ShiftBook) -> None:
    made = (await door("POST", "/rotations", json=rotation(house))).json()
    asked = (await door("POST", "/shift-changes", json=change(house))).json()
    stranger = await house.door("Aino Korhonen", slug=house.other_slug)
    for path in ("/rotations", "/shift-changes", "/holidays"):
        assert (await stranger("GET", path)).json()["items"] == []
    answer = await stranger("PATCH", f"/rotations/{made['id']}", json={"name": "x"})
    assert (answer.status_code, answer.json()["type"]) == (404, "rotation-unknown")
    answer = await stranger("PATCH", f"/shift-changes/{asked['id']}", json={"note": "x"})
    assert (answer.status_code, answer.json()["type"]) == (404, "shift-change-unknown")


async def test_who_is_on_shift_is_said_with_role_and_times(house: WebHouse, door: Door, book: ShiftBook) -> None:
    answer = await door("GET", f"/on-shift?facility_id={_facility(house)}&at=2026-11-23T08:00:00Z")
    first = answer.json()["items"][0]
    assert (first["shift"], first["starts_at"], first["ends_at"]) == (
        "Early",
        "2026-11-23T04:00:00Z",
        "2026-11-23T12:00:00Z",
    )
