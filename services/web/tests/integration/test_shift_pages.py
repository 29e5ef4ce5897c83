"""The calendar and its forms: who works when, what was changed, and who may change it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from web_house import WebHouse, form_token
from web_shifts import ShiftBook, moment

from haveri_contracts.directory.commands import PutShiftChange
from haveri_contracts.directory.models import Facility, ShiftInfo, ShiftRole, Team
from haveri_contracts.plain import Role


@pytest.fixture
def book(house: WebHouse) -> ShiftBook:
    """The planning of the first organisation: Sanna leads the filling crew."""
    made, team = ShiftBook(house.tenant), _team(house)
    lead = ShiftRole(role="lead", member_ids=[house.tenant.member("Timo Nieminen").id])
    info = ShiftInfo(shifts=team.shift_info.shifts, roles=[lead])
    house.tenant.put(team.model_copy(update={"shift_info": info}))
    return made


def _team(house: WebHouse) -> Team:
    found: Team = next(iter(house.tenant.things["team"].values()))
    return found


def _facility(house: WebHouse) -> Facility:
    found: Facility = next(iter(house.tenant.things["facility"].values()))
    return found


async def _page(house: WebHouse, name: str, day: str = "2026-11-23") -> str:
    client = await house.signed_in(name)
    answer = await client.get(f"/shifts?facility={_facility(house).id}&day={day}")
    assert answer.status_code == 200, answer.text
    return answer.text


def _blocks(page: str, day: int) -> str:
    """What the calendar shows in the column of a day, Monday being 0."""
    return re.findall(r"<td class=.*?</td>", page, re.S)[day]


async def test_the_week_shows_who_works_when_with_leads_first(house: WebHouse, book: ShiftBook) -> None:
    page = await _page(house, "Veera Heikkilä")
    assert "Week 48" in page and "2026-11-23" in page and page.count('data-testid="calendar-day"') == 7
    monday = _blocks(page, 0)
    assert re.findall(r'data-shift="(\w+)"', monday) == ["Early", "Late", "Night"]
    assert re.findall(r'data-testid="shift-person".*?<span dir="auto">([^<]+)<', monday)[0] == "Timo Nieminen"
    now = page[page.index('data-testid="on-shift"') : page.index('id="week-heading"')]
    assert "Filling crew" in now and "Early" in now and re.search(r"until <time[^>]*>14:00", now)
    assert now.index("Timo Nieminen") < now.index("Mikko Laine") and ">lead<" in now
    assert page.count('data-testid="now-line"') == 1 and 'x="8.00"' in monday


async def test_weeks_are_walked_and_today_leads_back(house: WebHouse, book: ShiftBook) -> None:
    client = await house.signed_in("Veera Heikkilä")
    page = (await client.get("/shifts")).text
    later = re.search(r'href="([^"]+)" data-testid="week-later"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    page = (await client.get(later)).text
    assert "Week 49" in page and "now-line" not in page
    today = re.search(r'href="([^"]+)" data-testid="week-today"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    assert "Week 48" in (await client.get(today)).text
    assert (await client.get("/shifts?day=yesterday")).status_code == 422
    for day in ("0001-01-01", "9999-12-31", "2026-02-28"):
        assert (await client.get(f"/shifts?day={day}")).status_code == 200


async def test_the_night_on_which_clocks_change_is_shown_with_its_real_length(house: WebHouse, book: ShiftBook) -> None:
    page = await _page(house, "Veera Heikkilä", "2026-10-25")
    assert "clocks change: 25 h" in page and page.count('data-testid="odd-shift"') == 1
    assert "really 9 h" in _blocks(page, 5) and 'viewBox="0 0 25.0 1"' in _blocks(page, 6)
    assert "really 7 h" in await _page(house, "Aino Korhonen", "2026-03-29")


async def test_changes_say_who_works_instead_of_whom(house: WebHouse, book: ShiftBook) -> None:
    sanna, timo, mikko = (house.tenant.member(it) for it in ("Sanna Virtanen", "Timo Nieminen", "Mikko Laine"))
    team = _team(house)
    book.change(
        team_id=team.id, kind="swap", member_id=timo.id, substitute_id=sanna.id,
        starts_at=moment("2026-11-27T20:00"), ends_at=moment("2026-11-28T04:00"),
    )  # fmt: skip
    book.change(
        team_id=team.id, kind="absence", member_id=mikko.id, note="<b>dentist</b>",
        starts_at=moment("2026-11-24T04:00"), ends_at=moment("2026-11-24T12:00"),
    )  # fmt: skip
    page = await _page(house, "Veera Heikkilä")
    friday, tuesday = _blocks(page, 4), _blocks(page, 1)
    assert re.search(r'data-change="swap".*?Sanna Virtanen.*?instead of <s>Timo Nieminen</s>', friday, re.S)
    assert re.search(r'data-testid="away">away: <s>Mikko Laine</s>', tuesday)
    assert re.findall(r'data-testid="change" data-kind="(\w+)"', page) == ["swap", "absence"]
    assert "&lt;b&gt;dentist" in page and 'data-testid="change-cancel"' not in page


async def test_holidays_are_marked_by_name(house: WebHouse, book: ShiftBook) -> None:
    book.holiday(_facility(house), date(2026, 11, 25), "Day of <i>Rest</i>")
    page = await _page(house, "Veera Heikkilä")
    assert re.search(r'data-testid="holiday"[^>]*>Day of &lt;i&gt;Rest', page)
    assert 'class="holiday"' in page.replace(" holiday", "holiday") or " holiday" in page


async def test_take_my_friday_night_is_proposed_accepted_and_seen(house: WebHouse, book: ShiftBook) -> None:
    sanna, timo = await house.signed_in("Sanna Virtanen"), await house.signed_in("Timo Nieminen")
    him = house.tenant.member("Timo Nieminen")
    page = (await sanna.get("/shifts")).text
    mine = re.search(r'<option value="([^"]+)">27/11/2026 22:00', page)[1]  # type: ignore[index]
    step = (await sanna.get("/shifts/swap", params={"mine": mine, "to": str(him.id)})).text
    assert "Timo Nieminen shall take my shift" in step
    back = re.search(r'name="back" value="([^"]+)"[^>]*><span><span class="clock"><time[^>]*>28/11/2026 06', step)
    assert back
    fields = {"form_token": form_token(step), "mine": mine, "to": str(him.id), "back": back[1], "note": "Concert!"}
    answer = await sanna.post("/shifts/swap", data=fields)
    assert answer.headers["location"].endswith("&day=2026-11-27&done=proposed")
    assert "waits for Timo Nieminen" in (await sanna.get("/shifts")).text
    page = (await timo.get("/shifts")).text
    assert 'data-testid="proposal" data-asked="true"' in page and "Concert!" in page and "In return" in page
    assert "Sanna Virtanen</s>" not in page
    accept = re.search(r'action="(/shifts/changes/[^"]+/accept)"', page)[1]  # type: ignore[index]
    assert (await sanna.post(accept, data={"form_token": form_token(step)})).status_code == 403
    answer = await timo.post(accept, data={"form_token": form_token(page)})
    assert answer.headers["location"] == "/shifts?done=accepted"
    page = (await timo.get("/shifts")).text
    assert 'data-testid="proposals"' not in page
    assert "instead of <s>Sanna Virtanen</s>" in _blocks(page, 4)


async def test_a_proposal_can_be_declined(house: WebHouse, book: ShiftBook) -> None:
    sanna, timo = house.tenant.member("Sanna Virtanen"), house.tenant.member("Timo Nieminen")
    book.change(
        team_id=_team(house).id, kind="swap", member_id=sanna.id, substitute_id=timo.id, accepted=False,
        proposed_by=sanna.id, starts_at=moment("2026-11-27T20:00"), ends_at=moment("2026-11-28T04:00"),
    )  # fmt: skip
    client = await house.signed_in("Timo Nieminen")
    page = (await client.get("/shifts")).text
    assert "Decline" in page
    cancel = re.search(r'action="(/shifts/changes/[^"]+/cancel)"', page)[1]  # type: ignore[index]
    assert (await client.post(cancel, data={"form_token": form_token(page)})).status_code == 303
    assert book.changes == {}


async def test_a_manager_says_who_stands_in_and_who_is_absent(house: WebHouse, book: ShiftBook) -> None:
    client = await house.signed_in("Mikko Laine")
    page = (await client.get("/shifts")).text
    sanna, timo, team = house.tenant.member("Sanna Virtanen"), house.tenant.member("Timo Nieminen"), _team(house)
    fields = {
        "form_token": form_token(page), "kind": "override", "team_id": str(team.id), "member_id": str(timo.id),
        "substitute_id": str(sanna.id), "starts": "2026-11-26T06:00", "ends": "2026-11-26T14:00",
    }  # fmt: skip
    answer = await client.post("/shifts/changes", data=fields)
    assert answer.headers["location"].endswith("&day=2026-11-26&done=changed")
    sent = house.plants.sent[-1]
    assert isinstance(sent, PutShiftChange) and sent.change.starts_at == moment("2026-11-26T04:00")
    answer = await client.post("/shifts/changes", data={**fields, "starts": "soon"})
    assert answer.status_code == 422 and "say a date and a time" in answer.text


async def test_somebody_on_the_line_reports_an_own_absence_and_nothing_of_others(
    house: WebHouse, book: ShiftBook
) -> None:
    client = await house.signed_in("Sanna Virtanen")
    page = (await client.get("/shifts")).text
    assert 'data-testid="absence-form"' in page and 'data-testid="override-form"' not in page
    assert 'data-testid="absence-member"' not in page and "/shifts/plan" not in page
    sanna, timo, team = house.tenant.member("Sanna Virtanen"), house.tenant.member("Timo Nieminen"), _team(house)
    fields = {
        "form_token": form_token(page), "kind": "absence", "team_id": str(team.id), "member_id": str(sanna.id),
        "starts": "2026-11-26T06:00", "ends": "2026-11-26T14:00",
    }  # fmt: skip
    assert (await client.post("/shifts/changes", data=fields)).status_code == 303
    answer = await client.post("/shifts/changes", data={**fields, "member_id": str(timo.id)})
    assert answer.status_code == 403 and len(book.changes) == 1


async def test_viewers_see_the_calendar_and_no_buttons(house: WebHouse, book: ShiftBook) -> None:
    client = await house.signed_in("Veera Heikkilä")
    page = (await client.get(f"/shifts?facility={_facility(house).id}")).text
    assert 'data-testid="calendar"' in page
    for name in ("swap-form", "absence-form", "override-form", "shift-plan", "change-accept"):
        assert f'data-testid="{name}"' not in page
    token, facility = form_token(page), _facility(house).id
    fields: dict[str, Any] = {
        "form_token": token, "kind": "absence", "team_id": str(_team(house).id), "facility_id": str(facility)
    }  # fmt: skip
    for path in ("changes", "rotations", "holidays", "import", f"rotations/{facility}/remove"):
        assert (await client.post(f"/shifts/{path}", data=fields)).status_code == 403, path
    assert (await client.get("/shifts/plan")).status_code == 403
    assert book.changes == {} and book.rotations == {}


async def test_a_form_of_another_site_changes_no_shift(house: WebHouse, book: ShiftBook) -> None:
    client = await house.signed_in("Mikko Laine")
    fields = {"kind": "absence", "team_id": str(_team(house).id), "facility_id": str(_facility(house).id)}
    for path in ("changes", "rotations", "holidays", "import", "swap", f"changes/{_team(house).id}/accept"):
        answer = await client.post(f"/shifts/{path}", data={**fields, "to": fields["team_id"]})
        assert answer.status_code == 403, path


async def test_a_rotation_is_looked_at_before_it_is_saved(house: WebHouse, book: ShiftBook) -> None:
    client, facility, team = await house.signed_in("Mikko Laine"), _facility(house), _team(house)
    more = [team.model_copy(update={"id": house.ids.new(), "name": f"Crew {it}"}) for it in "BC"]
    house.tenant.put(*more)
    page = (await client.get(f"/shifts/rotations/new?facility={facility.id}")).text
    fields: dict[str, Any] = {
        "form_token": form_token(page), "facility_id": str(facility.id), "name": "Round the clock",
        "kind": "three-shift", "first_day": "2026-11-30",
        "slot_name": ["Early", "Late", "Night", ""], "slot_from": ["06:00", "14:00", "22:00", ""],
        "slot_to": ["14:00", "22:00", "06:00", ""], "crew_team": [str(it.id) for it in (team, *more)],
        "crew_offset": ["", "", ""], "crew_pattern": ["", "", ""], "pattern": "",
    }  # fmt: skip
    seen = await client.post("/shifts/rotations", data={**fields, "do": "preview"})
    assert seen.status_code == 200 and book.rotations == {}
    assert seen.text.count('data-testid="preview-shift"') == 42 and "Nothing is saved yet" in seen.text
    saved = await client.post("/shifts/rotations", data={**fields, "do": "save"})
    assert saved.headers["location"].endswith("done=saved")
    rotation = next(iter(book.rotations.values()))
    assert "Round the clock" in (await client.get(saved.headers["location"])).text
    again = (await client.get(f"/shifts/rotations/{rotation.id}")).text
    assert 'value="Round the clock"' in again and again.count('data-testid="preview-shift"') == 42
    wrong = await client.post("/shifts/rotations", data={**fields, "do": "save", "crew_team": [str(team.id)]})
    assert wrong.status_code == 422 and "three, four or five crews" in wrong.text and "Round the clock" in wrong.text
    gone = await client.post(f"/shifts/rotations/{rotation.id}/remove", data={"form_token": form_token(again)})
    assert gone.headers["location"].endswith("done=removed") and book.rotations == {}


async def test_a_preview_shows_the_days_off_and_the_nights_that_are_longer(house: WebHouse, book: ShiftBook) -> None:
    client, facility, team = await house.signed_in("Mikko Laine"), _facility(house), _team(house)
    page = (await client.get(f"/shifts/rotations/new?facility={facility.id}")).text
    fields: dict[str, Any] = {
        "form_token": form_token(page), "facility_id": str(facility.id), "name": "Nights", "kind": "custom",
        "first_day": "2026-10-19", "slot_name": ["Night"], "slot_from": ["22:00"], "slot_to": ["06:00"],
        "crew_team": [str(team.id)], "crew_offset": [""], "crew_pattern": [""], "pattern": "Night, -, Night",
    }  # fmt: skip
    page = (await client.post("/shifts/rotations", data=fields)).text
    assert page.count('data-testid="preview-shift"') == 9 and page.count("<sup>*</sup>") == 1
    page = (await client.post("/shifts/rotations", data={**fields, "pattern": "Nihgt"})).text
    assert 'data-testid="rotation-problem"' in page or page.count('data-testid="preview-shift"') == 0


async def test_holidays_are_edited_as_lines_and_bad_lines_are_named(house: WebHouse, book: ShiftBook) -> None:
    client, facility = await house.signed_in("Mikko Laine"), _facility(house)
    page = (await client.get(f"/shifts/plan?facility={facility.id}")).text
    fields = {"form_token": form_token(page), "facility_id": str(facility.id)}
    good = "2026-12-24 Christmas Eve\n\n2026-12-06 Independence Day"
    answer = await client.post("/shifts/holidays", data={**fields, "holidays": good})
    assert answer.headers["location"].endswith("done=holidays")
    assert [it.name for it in book.holidays[facility.id].holidays] == ["Christmas Eve", "Independence Day"]
    page = (await client.get(answer.headers["location"])).text
    assert "2026-12-06 Independence Day\n2026-12-24 Christmas Eve" in page
    bad = await client.post("/shifts/holidays", data={**fields, "holidays": "2026-12-24\nsoon <b>Easter</b>\n" + good})
    assert bad.status_code == 422 and "line 1" in bad.text and "line 2" in bad.text and "<b>Easter" not in bad.text
    assert "soon &lt;b&gt;Easter" in bad.text and len(book.holidays[facility.id].holidays) == 2


async def test_an_import_reports_every_bad_event_and_takes_nothing_then(house: WebHouse, book: ShiftBook) -> None:
    client, team = await house.signed_in("Mikko Laine"), _team(house)
    fields = {
        "form_token": form_token((await client.get("/shifts/plan")).text), "team_id": str(team.id)
    }  # fmt: skip

    def upload(body: bytes) -> dict[str, Any]:
        return {"data": fields, "files": {"document": ("crew.ics", body, "text/calendar")}}

    answer = await client.post("/shifts/import", **upload("\ufeffBEGIN:VCALENDAR\r\nEND:VCALENDAR".encode()))
    assert answer.headers["location"].endswith("done=imported")
    assert book.imported[0].document.startswith("BEGIN") and book.imported[0].team_id == team.id
    answer = await client.post("/shifts/import", **upload(b"OVERLAP"))
    assert answer.status_code in (409, 422) and "Nothing was imported" in answer.text
    assert re.findall(r'data-testid="report-line"><b>([^<]+)</b>', answer.text) == ["line 12, event", "line 30, event"]
    assert "&lt;b&gt;Timo" in answer.text and len(book.imported) == 1
    for body in (b"", b"\xff\xfe", b"x" * 900_001):
        assert (await client.post("/shifts/import", **upload(body))).status_code == 422


async def test_two_organisations_see_nothing_of_each_other(house: WebHouse, book: ShiftBook) -> None:
    other = ShiftBook(house.other)
    theirs = next(iter(house.other.things["facility"]))
    team = next(iter(house.other.things["team"].values()))
    client = await house.signed_in("Mikko Laine")
    assert (await client.get(f"/shifts?facility={theirs}")).status_code == 404
    assert (await client.get(f"/shifts/plan?facility={theirs}")).status_code == 404
    token = form_token((await client.get("/shifts")).text)
    fields = {
        "form_token": token, "kind": "absence", "team_id": str(team.id), "member_id": str(team.member_ids[0]),
        "starts": "2026-11-26T06:00", "ends": "2026-11-26T14:00",
    }  # fmt: skip
    assert (await client.post("/shifts/changes", data=fields)).status_code == 404
    assert other.changes == {}


async def test_the_calendar_file_is_for_whoever_is_signed_in(house: WebHouse, book: ShiftBook) -> None:
    page = await _page(house, "Sanna Virtanen")
    links = re.findall(r'href="(/api/v1/schedule.ics\?[^"]+)"', page)
    assert len(links) == 2 and str(house.tenant.member("Sanna Virtanen").id) in links[1]
    assert (await house.client().get("/shifts")).status_code == 303


async def test_a_shift_named_in_markup_is_only_text(house: WebHouse, book: ShiftBook) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    timo, team = house.tenant.member("Timo Nieminen"), _team(house)
    house.tenant.put(timo.model_copy(update={"name": nasty}), team.model_copy(update={"name": nasty}))
    book.change(
        team_id=team.id, kind="assignment", member_id=timo.id, shift=nasty, note=nasty,
        starts_at=house.clock.now(), ends_at=house.clock.now() + timedelta(hours=3),
    )  # fmt: skip
    for name in ("Mikko Laine", "Veera Heikkilä"):
        page = await _page(house, name)
        assert "<img src=x" not in page and "&lt;img src=x" in page
    assert house.tenant.member(nasty).role is Role.RESPONDER
