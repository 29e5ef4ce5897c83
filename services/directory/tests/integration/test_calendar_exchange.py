"""Shifts go out to calendar programs and come in from them."""

from __future__ import annotations

import time

import pytest
from directory_office import as_member
from shift_stories import Works, wall

from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.models import DutyOrigin
from haveri_contracts.directory.schedules import ChangeKind

HENNA = "henna@haveri.example"


@pytest.fixture
async def works(office) -> Works:
    """A plant with two crews."""
    return await Works(office).open()


def event(uid, day, start, end, *people, zone="Europe/Helsinki", **more):
    """An event of one day's shift."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "SUMMARY:Overtime",
        f"DTSTART;TZID={zone}:{day}T{start}00",
        f"DTEND;TZID={zone}:{day}T{end}00",
        *(f"ATTENDEE:mailto:{person}" for person in people),
        *(f"{name}:{value}" for name, value in more.items()),
        "END:VEVENT",
    ]
    return "\r\n".join(lines)


def calendar(*events):
    """A document of events."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//a planner//EN", *events, "END:VCALENDAR", ""])


def importing(works, *events):
    return commands.ImportShifts(team_id=works.crew_a.id, document=calendar(*events))


async def take_in(works, *events):
    """Import events that must be good; gives how many shifts were added, changed, removed and left."""
    result = await works.office.do(importing(works, *events), actor=as_member(works.mikko))
    return tuple(result["report"]["shifts"][what] for what in ("added", "changed", "removed", "unchanged"))


async def test_imported_shift_is_worked_by_its_attendees(works):
    assert await take_in(works, event("a", "20400601", "1400", "1800", HENNA)) == (1, 0, 0, 0)
    assert "Henna" in await works.names_on_shift("2040-06-01", "15:00")
    (duty,) = [duty for duty in await works.on_shift("2040-06-01", "15:00") if duty.member_id == works.henna.id]
    assert (duty.shift, duty.origin, duty.starts_at) == ("Overtime", DutyOrigin.ASSIGNMENT, wall("2040-06-01", "14:00"))
    (change,) = await works.changes()
    assert (await works.office.published())[-1] == ("shift_change_put", {"change": change.model_dump(mode="json")})


async def test_importing_again_replaces_what_was_imported_and_nothing_else(works):
    kept = await works.put(works.change(ChangeKind.ABSENCE, "2040-07-01", member=works.eero))
    first = event("a", "20400601", "1400", "1800", HENNA)
    second = event("b", "20400602", "1400", "1800", HENNA)
    assert await take_in(works, first, second) == (2, 0, 0, 0)
    published = await works.office.published()
    assert await take_in(works, first, second) == (0, 0, 0, 2)
    assert await works.office.published() == published
    assert await take_in(works, event("a", "20400601", "1400", "2000", HENNA)) == (0, 1, 0, 0)
    assert await take_in(works, event("a", "20400603", "1400", "1800", HENNA)) == (1, 0, 1, 0)
    assert [change.starts_at for change in await works.changes()] == [
        wall("2040-06-02", "14:00"),
        wall("2040-06-03", "14:00"),
        kept.starts_at,
    ]
    cancelled = event("a", "20400603", "1400", "1800", HENNA, STATUS="CANCELLED")
    assert await take_in(works, cancelled) == (0, 0, 1, 0)
    assert len(await works.changes()) == 2


async def test_document_with_bad_events_names_every_one_and_changes_nothing(works):
    order = importing(
        works,
        event("a", "20400601", "1400", "1800", HENNA),
        event("b", "20400602", "1400", "1300", HENNA),
        event("c", "20400603", "1400", "1800", "nobody@haveri.example"),
    )
    outcome = await works.office.send(order)
    assert outcome.problem.type == "import-invalid"
    assert [error["line"] for error in outcome.problem.errors] == [11, 18]
    assert await works.changes() == []


async def test_unknown_time_zone_is_refused_by_name(works):
    outcome = await works.office.send(importing(works, event("a", "20400601", "1400", "1800", HENNA, zone="Mars/Base")))
    assert outcome.problem.type == "time-zone-unknown"
    assert "Mars/Base" in outcome.problem.errors[0]["problem"]


async def test_shift_of_more_than_a_year_is_refused_with_its_line(works):
    long = event("a", "20400601", "1400", "1800", HENNA).replace(
        "DTEND;TZID=Europe/Helsinki:2040", "DTEND;TZID=Europe/Helsinki:2050"
    )
    outcome = await works.office.send(importing(works, long))
    assert outcome.problem.type == "import-invalid"
    assert (outcome.problem.errors[0]["line"], "366 days" in outcome.problem.errors[0]["problem"]) == (4, True)


async def test_shifts_that_are_decades_apart_are_imported_within_moments(works):
    document = [event(f"e{year}", f"{year}0601", "1400", "1800", HENNA) for year in range(1980, 2180)]
    began = time.perf_counter()
    assert await take_in(works, *document) == (200, 0, 0, 0)
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([event("a", "20400601", "0700", "1000", HENNA)], id="with a planned shift"),
        pytest.param(
            [event("a", "20400601", "1400", "1800", HENNA), event("b", "20400601", "1700", "2000", HENNA)],
            id="with each other",
        ),
    ],
)
async def test_overlapping_shifts_are_refused_by_name(works, events):
    outcome = await works.office.send(importing(works, *events))
    assert outcome.problem.type == "shifts-overlap"
    assert "Henna Koskinen works" in outcome.problem.errors[0]["problem"]
    assert await works.changes() == []


async def test_only_managers_import_shifts_and_only_into_teams_there_are(works):
    order = importing(works, event("a", "20400601", "1400", "1800", HENNA))
    for somebody in (works.eero, works.pekka):
        assert await works.office.refusal(order, actor=as_member(somebody)) == "role-not-sufficient"
    nowhere = order.model_copy(update={"team_id": works.office.ids.new()})
    assert await works.office.refusal(nowhere) == "team-unknown"


async def test_what_people_change_after_an_import_counts(works):
    await take_in(works, event("a", "20400601", "1400", "1800", HENNA))
    change = works.change(
        ChangeKind.OVERRIDE, starts_at=wall("2040-06-01", "14:00"), hours=4, member=works.henna, substitute=works.eero
    )
    await works.put(change)
    assert await works.names_on_shift("2040-06-01", "15:00") == ["Eero", "Jari", "Liisa"]


async def test_imported_shift_that_a_manager_changed_is_still_found_by_its_event(works):
    await take_in(works, event("a", "20400601", "1400", "1800", HENNA))
    (change,) = await works.changes()
    await works.put(change.model_copy(update={"note": "until the filler runs", "ends_at": wall("2040-06-01", "20:00")}))
    assert await take_in(works, event("a", "20400602", "1400", "1800", HENNA)) == (1, 0, 1, 0)
    assert [change.starts_at for change in await works.changes()] == [wall("2040-06-02", "14:00")]


async def test_exported_shifts_can_be_imported_where_they_are_missing(works):
    asked = {"facility_id": works.facility.id, "starts_at": wall("2040-06-01"), "ends_at": wall("2040-06-03")}
    exported = (await works.office.ask(queries.ExportShifts(**asked, team_id=works.crew_a.id))).document
    assert exported.startswith("BEGIN:VCALENDAR")
    assert exported.count("BEGIN:VEVENT") == 4
    before = (await works.office.ask(queries.GetSchedule(**asked, team_id=works.crew_a.id))).items
    bare = works.crew_a.model_copy(update={"shift_info": works.crew_a.shift_info.model_copy(update={"shifts": []})})
    await works.office.do(commands.PutTeam(team=bare))
    await works.office.do(commands.ImportShifts(team_id=bare.id, document=exported))
    after = (await works.office.ask(queries.GetSchedule(**asked, team_id=bare.id))).items
    plain = {"origin": DutyOrigin.SHIFT, "change_id": None}
    assert sorted(str(duty.model_copy(update=plain)) for duty in after) == sorted(map(str, before))


async def test_same_import_twice_is_carried_out_once(works):
    order, command_id = importing(works, event("a", "20400601", "1400", "1800", HENNA)), works.office.ids.new()
    first = await works.office.send(order, command_id=command_id)
    (change,) = await works.changes()
    await works.office.do(commands.CancelShiftChange(change_id=change.id))
    assert await works.office.send(order, command_id=command_id) == first
    assert await works.changes() == []
