"""Rotations, holidays and the calendar that comes of them."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
from directory_office import as_member
from shift_stories import DAY, NIGHT, Works, returned, wall

from haveri_chassis.bus import QueryRefused
from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.models import DutyOrigin, Shift, ShiftInfo, ShiftRole
from haveri_contracts.directory.schedules import (
    ChangeKind,
    Holiday,
    HolidayCalendar,
    RotationCrew,
    ShiftSlot,
)


@pytest.fixture
async def works(office) -> Works:
    """A plant with two crews."""
    return await Works(office).open()


async def put_rotation(works, by=None, **values):
    rotation = works.rotation(**values)
    return await works.office.do(commands.PutRotation(rotation=rotation), actor=as_member(by or works.mikko))


async def schedule(works, start, end, **wanted):
    query = queries.GetSchedule(facility_id=works.facility.id, starts_at=start, ends_at=end, **wanted)
    return (await works.office.ask(query)).items


async def refused_query(works, query):
    with pytest.raises(QueryRefused) as refusal:
        await works.office.ask(query)
    return refusal.value.type


async def test_rotation_comes_back_with_the_pattern_of_its_kind(works):
    result = await put_rotation(works)
    (rotation,) = (await works.office.ask(queries.ListRotations(facility_id=works.facility.id))).items
    assert result["rotation"] == rotation.model_dump(mode="json")
    assert (len(rotation.pattern), [crew.offset_days for crew in rotation.crews]) == (14, [0, 7])
    assert await works.office.ask(queries.GetRotation(id=rotation.id)) == rotation
    assert result["findings"] == []
    assert (await works.office.published())[-1] == ("rotation_put", {"rotation": result["rotation"]})
    published = await works.office.published()
    await works.office.do(commands.PutRotation(rotation=rotation))
    assert await works.office.published() == published


async def test_crews_of_a_rotation_are_on_shift_in_turns(works):
    await put_rotation(works)
    turns = []
    for number in range(14):
        day = str(date(2040, 1, 2) + timedelta(days=number))
        found = [duty for duty in await works.on_shift(day, "17:00") if duty.origin is DutyOrigin.ROTATION]
        assert {duty.shift for duty in found} == {"Day"}
        turns.append("A" if {duty.member_id for duty in found} == {works.eero.id, works.henna.id} else "B")
    assert "".join(turns) == "AABBAAABBAABBB"


async def test_on_shift_tells_leads_and_from_when_until_when(works):
    eero, henna = sorted(await works.on_shift("2026-06-01", "07:00"), key=lambda duty: not duty.roles)
    assert (eero.member_id, eero.roles, eero.shift) == (works.eero.id, ["lead"], "Morning")
    assert (eero.starts_at, eero.ends_at) == (wall("2026-06-01", "06:00"), wall("2026-06-01", "14:00"))
    assert (henna.member_id, henna.roles, henna.origin) == (works.henna.id, [], DutyOrigin.SHIFT)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-01", 8)])
async def test_night_shift_is_as_long_as_the_night_on_which_clocks_are_changed(works, day, hours):
    info = ShiftInfo(shifts=[Shift(name="Night", start="22:00", end="06:00")])
    crew = works.crew_a.model_copy(update={"shift_info": info})
    await works.office.do(commands.PutTeam(team=crew))
    found = await schedule(works, wall(day, "23:00"), wall(day, "23:30"), team_id=crew.id)
    assert [duty.ends_at - duty.starts_at for duty in found] == [timedelta(hours=hours)] * 2
    assert await works.names_on_shift(str(date.fromisoformat(day) + timedelta(days=1)), "05:59") == ["Eero", "Henna"]


async def test_night_shift_belongs_to_the_day_on_which_it_starts_and_ends_after_midnight(works):
    late = ShiftInfo(shifts=[Shift(name="Night", days=["FRI"], start="22:00", end="06:00")])
    await works.office.do(commands.PutTeam(team=works.crew_a.model_copy(update={"shift_info": late})))
    assert await works.names_on_shift("2026-06-06", "00:00") == ["Eero", "Henna"]
    assert await works.names_on_shift("2026-06-06", "06:00") == []
    assert await works.names_on_shift("2026-06-05", "00:00") == []


async def test_shift_that_rests_on_holidays_does_not_start_on_one(works):
    info = ShiftInfo(shifts=[Shift(name="Morning", start="06:00", end="14:00", rests_on_holidays=True)])
    await works.office.do(commands.PutTeam(team=works.crew_a.model_copy(update={"shift_info": info})))
    days = [Holiday(date="2026-12-06", name="Independence Day"), Holiday(date="2026-01-01", name="New Year's Day")]
    calendar = HolidayCalendar(facility_id=works.facility.id, holidays=[*days, days[0]])
    order = commands.ChangeHolidays(calendar=calendar)
    for somebody in (works.eero, works.pekka):
        assert await works.office.refusal(order, actor=as_member(somebody)) == "role-not-sufficient"
    result = await works.office.do(order, actor=as_member(works.mikko))
    assert [day["date"] for day in result["calendar"]["holidays"]] == ["2026-01-01", "2026-12-06"]
    assert (await works.office.published())[-1] == ("holidays_changed", result)
    (listed,) = (await works.office.ask(queries.ListHolidays())).items
    assert listed.model_dump(mode="json") == result["calendar"]
    assert await works.names_on_shift("2026-12-06", "07:00") == []
    assert await works.names_on_shift("2026-12-07", "07:00") == ["Eero", "Henna"]
    published = await works.office.published()
    await works.office.do(order)
    assert await works.office.published() == published
    await works.office.do(commands.ChangeHolidays(calendar=HolidayCalendar(facility_id=works.facility.id)))
    assert (await works.office.ask(queries.ListHolidays())).items == []
    nowhere = commands.ChangeHolidays(calendar=HolidayCalendar(facility_id=works.office.ids.new()))
    assert await works.office.refusal(nowhere) == "facility-unknown"


async def test_rotations_that_do_not_work_out_are_refused_by_name(works):
    leipzig = await works.office.facility("Leipzig Works")
    elsewhere = RotationCrew(team_id=(await works.office.team(leipzig)).id)
    crew_a, crew_b = RotationCrew(team_id=works.crew_a.id), RotationCrew(team_id=works.crew_b.id)
    unknown = RotationCrew(team_id=works.office.ids.new())
    both = [DAY, NIGHT]
    by_turns = {"pattern": ["Day", "Night"], "slots": both}
    for values, name in (
        ({"kind": "three-shift"}, "pattern-does-not-fit"),
        ({"kind": "custom"}, "pattern-does-not-fit"),
        ({"pattern": ["Day", "Evening"]}, "pattern-does-not-fit"),
        ({"slots": [DAY, DAY], "pattern": ["Day"]}, "pattern-does-not-fit"),
        ({"crews": [crew_a, crew_a]}, "pattern-does-not-fit"),
        ({"crews": [crew_a, elsewhere]}, "team-elsewhere"),
        ({"crews": [crew_a, unknown]}, "team-unknown"),
        ({"facility_id": works.office.ids.new()}, "facility-unknown"),
        ({"last_day": "2040-01-01"}, "shift-ends-before-it-starts"),
        ({"kind": "fixed", "crews": [crew_a], **by_turns, "pattern": ["Day", "Day"]}, "rotation-leaves-gaps"),
        ({"kind": "custom", **by_turns}, "crews-overlap"),
        (
            {
                "kind": "custom",
                "crews": [crew_a],
                "pattern": ["Night", "Day"],
                "slots": [ShiftSlot(name="Day", start="05:00", end="18:00"), NIGHT],
            },
            "shifts-overlap",
        ),
    ):
        rotation = works.rotation().model_copy(update={})
        rotation = type(rotation).model_validate({**rotation.model_dump(), **values})
        assert await works.office.refusal(commands.PutRotation(rotation=rotation)) == name, values
    assert (await works.office.ask(queries.ListRotations())).items == []
    assert crew_b.offset_days == 0


async def test_custom_rotation_may_leave_gaps_but_says_so(works):
    crews = [RotationCrew(team_id=works.crew_a.id)]
    result = await put_rotation(works, kind="custom", crews=crews, slots=[DAY, NIGHT], pattern=["Day", "Night", None])
    assert result["findings"]
    assert all("Nobody works" in finding for finding in result["findings"])


async def test_rotations_have_names_and_are_removed_by_managers(works):
    await put_rotation(works)
    (rotation,) = (await works.office.ask(queries.ListRotations())).items
    namesake = rotation.model_copy(update={"id": works.office.ids.new(), "name": "WEEKENDS"})
    assert await works.office.refusal(commands.PutRotation(rotation=namesake)) == "name-taken"
    removal = commands.RemoveRotation(rotation_id=rotation.id)
    for order in (removal, commands.PutRotation(rotation=rotation)):
        for somebody in (works.eero, works.pekka):
            assert await works.office.refusal(order, actor=as_member(somebody)) == "role-not-sufficient"
    await works.office.do(removal, actor=as_member(works.mikko))
    assert (await works.office.published())[-1] == ("rotation_removed", {"rotation_id": str(rotation.id)})
    assert (await works.office.ask(queries.ListRotations())).items == []
    assert await works.office.refusal(removal) == "rotation-unknown"


async def test_schedule_is_of_everybody_a_team_or_a_member(works):
    start, end = wall("2040-06-01"), wall("2040-06-03")
    everybody = await schedule(works, start, end)
    assert [duty.starts_at for duty in everybody] == sorted(duty.starts_at for duty in everybody)
    assert len(everybody) == 8
    assert {duty.team_id for duty in await schedule(works, start, end, team_id=works.crew_b.id)} == {works.crew_b.id}
    change = await works.put(works.change(ChangeKind.OVERRIDE, member=works.eero, substitute=works.jari))
    jaris = await schedule(works, start, end, member_id=works.jari.id)
    assert [(duty.shift, duty.origin, duty.change_id) for duty in jaris] == [
        ("Morning", DutyOrigin.OVERRIDE, change.id),
        ("Afternoon", DutyOrigin.SHIFT, None),
        ("Afternoon", DutyOrigin.SHIFT, None),
    ]


async def test_swap_months_later_is_in_the_schedule_of_both_times(works):
    await works.put(
        works.change(
            ChangeKind.SWAP,
            member=works.eero,
            substitute=works.jari,
            return_stretch=returned("2040-11-01", "14:00", "22:00"),
        )
    )
    given = await schedule(works, wall("2040-11-01"), wall("2040-11-02"), member_id=works.eero.id)
    assert [(duty.shift, duty.origin) for duty in given] == [
        ("Morning", DutyOrigin.SHIFT),
        ("Afternoon", DutyOrigin.SWAP),
    ]


async def test_schedules_that_cannot_be_asked_for_are_refused_by_name(works):
    start = wall("2040-06-01")
    asked = {"facility_id": works.facility.id, "starts_at": start}
    for query in (queries.GetSchedule, queries.ExportShifts):
        assert await refused_query(works, query(**asked, ends_at=start)) == "shift-ends-before-it-starts"
        long = start + timedelta(days=92, seconds=1)
        assert await refused_query(works, query(**asked, ends_at=long)) == "stretch-too-long"
        leipzig = await works.office.facility(f"Works of {query.__name__}")
        crew = await works.office.team(leipzig)
        short = {**asked, "ends_at": start + timedelta(days=1)}
        assert await refused_query(works, query(**short, team_id=crew.id)) == "team-elsewhere"
        nowhere = {**short, "facility_id": works.office.ids.new()}
        assert await refused_query(works, query(**nowhere)) == "facility-unknown"


async def test_schedule_that_would_be_too_large_for_the_bus_is_refused_with_advice(works):
    people = "".join(
        f"  - {{name: M{number}, email: m{number}@haveri.example, role: responder, teams: [Crew Z]}}\n"
        for number in range(15)
    )
    shifts = ", ".join(f"{{name: Shift {hour}, from: {hour}:00, to: {hour + 1}:00}}" for hour in range(10, 13))
    plant = (
        f"facilities:\n  - name: Tampere Works\n    teams: [{{name: Crew Z, shifts: [{shifts}]}}]\nmembers:\n{people}"
    )
    await works.office.do(commands.ImportPlant(format="yaml", document=plant))
    asked = {"facility_id": works.facility.id, "starts_at": wall("2040-01-01"), "ends_at": wall("2040-04-01")}
    for query in (queries.GetSchedule, queries.ExportShifts):
        with pytest.raises(QueryRefused) as refusal:
            await works.office.ask(query(**asked))
        assert refusal.value.type == "stretch-too-long"
        assert "Ask for less time" in refusal.value.problem.detail
    assert len(await schedule(works, wall("2040-01-01"), wall("2040-04-01"), team_id=works.crew_a.id)) == 2 * 91


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_ends_of_the_calendar_have_nobody_on_shift(works, moment):
    found = await works.office.ask(queries.GetOnShift(facility_id=works.facility.id, at=moment))
    assert found.items == []


async def test_what_shifts_stand_on_is_not_removed(works):
    await put_rotation(works)
    office = works.office
    (rotation,) = (await office.ask(queries.ListRotations())).items

    async def why(kind, thing):
        outcome = await office.send(commands.Remove(kind_of_thing=kind, id=thing.id))
        return outcome.problem and (outcome.problem.type, outcome.problem.detail)

    assert (await why("facility", works.facility))[0] == "facility-in-use"
    assert await why("member", works.eero) == (
        "member-in-use",
        "Eero Laine is 'lead' in Crew A; give the role to somebody else first.",
    )
    left = commands.PutMember(member=works.eero.model_copy(update={"team_ids": []}))
    assert await office.refusal(left) == "member-in-use"
    empty = works.crew_a.model_copy(update={"member_ids": [], "shift_info": ShiftInfo()})
    await office.do(commands.PutTeam(team=empty))
    assert (await why("team", empty)) == (
        "team-in-use",
        "It takes part in the rotation 'Weekends'; take it out there first.",
    )
    leipzig = await office.facility("Leipzig Works")
    moved = commands.PutTeam(team=empty.model_copy(update={"facility_id": leipzig.id}))
    assert await office.refusal(moved) == "team-in-use"
    await office.do(commands.RemoveRotation(rotation_id=rotation.id))

    coming = await works.put(works.change(ChangeKind.ASSIGNMENT, member=works.eero, shift="Extra"))
    assert (await why("team", empty))[0] == "team-in-use"
    assert (await why("member", works.eero))[0] == "member-in-use"
    await office.do(commands.CancelShiftChange(change_id=coming.id))
    over = await works.put(works.change(ChangeKind.ASSIGNMENT, "2020-06-01", member=works.eero, shift="Extra"))
    assert await why("member", works.eero) is None
    assert ("shift_change_cancelled", {"change_id": str(over.id)}) in await office.published()
    assert await why("team", empty) is None


async def test_holidays_go_with_their_facility(works):
    leipzig = await works.office.facility("Leipzig Works")
    day = Holiday(date="2026-10-31", name="Reformationstag")
    await works.office.do(commands.ChangeHolidays(calendar=HolidayCalendar(facility_id=leipzig.id, holidays=[day])))
    await works.office.do(commands.Remove(kind_of_thing="facility", id=leipzig.id))
    assert (await works.office.ask(queries.ListHolidays())).items == []


async def test_only_members_of_a_team_have_roles_in_it(works):
    info = ShiftInfo(roles=[ShiftRole(role="lead", member_ids=[works.jari.id])])
    outcome = await works.office.send(commands.PutTeam(team=works.crew_a.model_copy(update={"shift_info": info})))
    assert outcome.problem.type == "member-not-in-team"
    unknown = ShiftInfo(roles=[ShiftRole(role="lead", member_ids=[works.office.ids.new()])])
    order = commands.PutTeam(team=works.crew_a.model_copy(update={"shift_info": unknown}))
    assert await works.office.refusal(order) == "member-unknown"


async def test_two_organizations_never_see_each_others_shifts(works, new_office):
    await put_rotation(works)
    change = await works.put(works.change(ChangeKind.OVERRIDE, member=works.eero, substitute=works.jari))
    day = Holiday(date="2026-12-06", name="Independence Day")
    calendar = HolidayCalendar(facility_id=works.facility.id, holidays=[day])
    await works.office.do(commands.ChangeHolidays(calendar=calendar))
    (rotation,) = (await works.office.ask(queries.ListRotations())).items
    theirs = new_office()
    await theirs.found()
    for query in (queries.ListRotations(), queries.ListShiftChanges(), queries.ListHolidays()):
        assert (await theirs.ask(query)).items == []
    for order, name in (
        (commands.RemoveRotation(rotation_id=rotation.id), "rotation-unknown"),
        (commands.PutRotation(rotation=rotation), "facility-unknown"),
        (commands.CancelShiftChange(change_id=change.id), "shift-change-unknown"),
        (commands.AcceptShiftChange(change_id=change.id), "shift-change-unknown"),
        (commands.PutShiftChange(change=change), "member-unknown"),
        (commands.ChangeHolidays(calendar=calendar), "facility-unknown"),
    ):
        assert await theirs.refusal(order) == name
        assert await theirs.refusal(order, actor=as_member(works.mikko)) == "member-unknown"
    day_at = wall("2040-06-01").astimezone(UTC)
    query = queries.GetSchedule(facility_id=works.facility.id, starts_at=day_at, ends_at=day_at + timedelta(days=1))
    with pytest.raises(QueryRefused) as refusal:
        await theirs.ask(query)
    assert refusal.value.type == "facility-unknown"
    assert await works.changes() == [change]
