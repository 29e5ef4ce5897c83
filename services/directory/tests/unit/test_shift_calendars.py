"""Shifts go out to calendar programs and come in from them, as iCalendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haveri_contracts.directory.models import Facility, Member, Team
from haveri_contracts.directory.schedules import ScheduledShift
from haveri_contracts.plain import Role
from haveri_directory.application.calendars.export import calendar_of
from haveri_directory.application.calendars.importing import ImportedShifts, check_beside, shifts_of
from haveri_directory.domain.refusals import ImportInvalid
from haveri_shifts.calculation import on_shift
from haveri_shifts.plan import Change, ChangeKind, Duty, Plan
from haveri_shifts.plan import Team as PlannedTeam
from haveri_shifts.published import change_of

DOCUMENTS = Path(__file__).parent / "calendars"
TAMPERE = ZoneInfo("Europe/Helsinki")
PLANT = Facility(id=UUID(int=1), name="Tampere Works", timezone="Europe/Helsinki")
CREW_A = Team(id=UUID(int=2), name="Crew A", facility_id=PLANT.id)
NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
AINO, EERO, HENNA = (
    Member(
        id=UUID(int=10 + number),
        name=name,
        email=f"{name.lower().replace(' ', '.')}@haveri.example",
        role=Role.RESPONDER,
    )
    for number, name in enumerate(("Aino Lehtonen", "Eero Laine", "Henna Koskinen"))
)
PEOPLE = [AINO, EERO, HENNA]
NAMES = {member.id: member.name for member in PEOPLE}


def read(document: str, team: Team = CREW_A, now: datetime = NOW, facility: Facility = PLANT) -> ImportedShifts:
    return shifts_of(document, team, facility, PEOPLE, now)


def calendar(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""])


def event(*lines: str, uid: str | None = "1", who: str | None = "eero.laine@haveri.example") -> str:
    said = [f"UID:{uid}"] if uid else []
    said += [f"ATTENDEE:mailto:{who}"] if who else []
    return "\r\n".join(["BEGIN:VEVENT", *said, "SUMMARY:Night", *lines, "END:VEVENT"])


def problems(document: str, **more: object) -> list[tuple[int, str]]:
    with pytest.raises(ImportInvalid) as refusal:
        read(document, **more)
    return [(error["line"], error["problem"]) for error in refusal.value.errors]


def shown(imported: ImportedShifts, zone: ZoneInfo = TAMPERE) -> list[tuple[str, str, str, str]]:
    return [
        (
            NAMES[shift.change.member_id],
            shift.change.shift,
            f"{shift.change.starts_at.astimezone(zone):%d.%m. %H:%M}",
            f"{shift.change.ends_at.astimezone(zone):%d.%m. %H:%M}",
        )
        for shift in imported.shifts
    ]


def test_planner_imports_what_outlook_exported():
    assert shown(read((DOCUMENTS / "outlook.ics").read_text())) == [
        ("Eero Laine", "Night, line 1", "01.06. 22:00", "02.06. 06:00"),
        ("Henna Koskinen", "Friday early", "05.06. 06:00", "05.06. 14:00"),
        ("Eero Laine", "Friday late", "12.06. 12:00", "12.06. 20:00"),
        ("Henna Koskinen", "Friday early", "26.06. 06:00", "26.06. 14:00"),
    ]


def test_planner_imports_what_google_calendar_exported():
    assert shown(read((DOCUMENTS / "google.ics").read_text())) == [
        ("Henna Koskinen", "Early", "03.06. 06:00", "03.06. 14:00"),
        ("Eero Laine", "Early", "03.06. 06:00", "03.06. 14:00"),
        ("Aino Lehtonen", "Weekend on call", "06.06. 00:00", "08.06. 00:00"),
        ("Aino Lehtonen", "Night", "23.10. 22:00", "24.10. 06:00"),
        ("Aino Lehtonen", "Night", "24.10. 22:00", "25.10. 06:00"),
        ("Aino Lehtonen", "Night", "25.10. 22:00", "26.10. 06:00"),
    ]


def test_night_of_a_series_lasts_nine_hours_when_clocks_go_back():
    imported = read((DOCUMENTS / "google.ics").read_text())
    nights = [shift.change for shift in imported.shifts if shift.change.shift == "Night"]
    assert [(night.ends_at - night.starts_at) / timedelta(hours=1) for night in nights] == [8, 9, 8]


def test_document_imported_twice_gives_the_same_shifts():
    document = (DOCUMENTS / "outlook.ics").read_text()
    again = read(document, now=NOW + timedelta(days=3))
    assert read(document) == again
    assert len({shift.change.id for shift in again.shifts}) == len(again.shifts)
    elsewhere = read(document, CREW_A.model_copy(update={"id": UUID(int=3)}))
    assert {shift.change.id for shift in again.shifts}.isdisjoint(shift.change.id for shift in elsewhere.shifts)


def test_shift_that_was_given_away_stays_so_when_the_document_is_imported_again():
    document = calendar(event("DTSTART:20260603T220000", "DTEND:20260604T060000"))
    (imported,) = read(document).shifts
    given = Change(
        id=UUID("019a0000-0000-7000-8000-000000000000"),
        team_id=CREW_A.id,
        kind=ChangeKind.OVERRIDE,
        starts_at=imported.change.starts_at,
        ends_at=imported.change.ends_at,
        member_id=EERO.id,
        substitute_id=HENNA.id,
    )
    plan = Plan(TAMPERE, (PlannedTeam(CREW_A.id, "Crew A", ()),), (), (given, change_of(imported.change)))
    assert [duty.member_id for duty in on_shift(plan, imported.change.starts_at)] == [HENNA.id]


def test_time_without_a_zone_is_the_facilitys():
    document = calendar(event("DTSTART:20260603T220000", "DURATION:PT8H"))
    assert shown(read(document)) == [("Eero Laine", "Night", "03.06. 22:00", "04.06. 06:00")]
    kolkata = PLANT.model_copy(update={"timezone": "Asia/Kolkata"})
    (shift,) = read(document, facility=kolkata).shifts
    assert shift.change.starts_at == datetime(2026, 6, 3, 16, 30, tzinfo=UTC)


def test_time_that_clocks_skip_begins_when_they_are_changed():
    (shift,) = read(calendar(event("DTSTART:20270328T033000", "DTEND:20270328T060000"))).shifts
    assert shift.change.starts_at == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_planner_is_told_of_every_bad_event_at_once_and_nothing_is_imported():
    document = calendar(
        event("DTSTART:20260603T220000Z", uid="1"),
        event("DTSTART:20260603T220000Z", "DTEND:20260603T210000Z", uid="2"),
        event("DTSTART;TZID=Mars/Olympus:20260603T220000", "DTEND;TZID=Mars/Olympus:20260604T060000", uid="3"),
        event("DTSTART:20260605T220000Z", "DTEND:20260606T060000Z", uid="4", who="ero.laine@haveri.example"),
        event("DTSTART:20260607T220000Z", "DTEND:20260608T060000Z", uid="5", who=None),
        event("DTEND:20260609T060000Z", uid="6"),
        event("DTSTART:20260610T220000Z", "DTEND:2026061", uid="7"),
        event("DTSTART:20260611T220000Z", "DTEND:20260612T060000Z", uid=None),
        event("DTSTART:20260613T220000Z", "DTEND:20260614T060000Z", uid="9"),
    )
    found = dict(problems(document))
    assert list(found) == [3, 9, 16, 23, 30, 36, 42, 49]
    assert found[3] == "'Night' does not say when it ends."
    assert found[9] == "'Night' ends before it starts, or at once."
    assert found[16].startswith("'Night' names the time zone 'Mars/Olympus', which is not known.")
    assert "'ero.laine@haveri.example' is not the address of any member" in found[23]
    assert "eero.laine@haveri.example" in found[23]
    assert found[30].startswith("'Night' names nobody.")
    assert found[36] == "'Night' does not say when it starts."
    assert found[42].startswith("'Night': DTEND cannot be read.")
    assert found[49].startswith("'Night' has no UID")


@pytest.mark.parametrize("second", ["20260604T050000Z", "20260603T220000Z"])
def test_shifts_of_a_member_that_overlap_in_the_document_are_refused(second):
    document = calendar(
        event("DTSTART:20260603T220000Z", "DTEND:20260604T060000Z", uid="1"),
        event(f"DTSTART:{second}", "DTEND:20260604T140000Z", uid="2"),
    )
    ((line, problem),) = problems(document)
    assert line == 10
    assert problem == "'Night' overlaps: Eero Laine works 'Night' in line 3 at the same time."


def test_shifts_that_touch_and_shifts_of_different_people_do_not_overlap():
    document = calendar(
        event("DTSTART:20260603T220000Z", "DTEND:20260604T060000Z", uid="1"),
        event("DTSTART:20260604T060000Z", "DTEND:20260604T140000Z", uid="2"),
        event("DTSTART:20260603T220000Z", "DTEND:20260604T060000Z", uid="3", who="henna.koskinen@haveri.example"),
    )
    assert len(read(document).shifts) == 3


def test_shift_that_overlaps_what_the_member_works_already_is_refused():
    imported = read(calendar(event("DTSTART:20260603T220000Z", "DTEND:20260604T060000Z")))
    start = datetime(2026, 6, 4, 3, 0, tzinfo=UTC)
    early = Duty(EERO.id, UUID(int=77), "Early", start, start + timedelta(hours=8))
    with pytest.raises(ImportInvalid) as refusal:
        check_beside(imported.shifts, [early], NAMES, TAMPERE)
    (error,) = refusal.value.errors
    assert (error["line"], error["field"]) == (3, "overlaps")
    assert error["problem"] == (
        "'Night' overlaps: Eero Laine works 'Early' from 2026-06-04 06:00 to 2026-06-04 14:00 already."
    )
    check_beside(imported.shifts, [Duty(HENNA.id, UUID(int=77), "Early", start, start)], NAMES, TAMPERE)


def test_series_counts_from_a_month_ago_to_a_year_ahead_and_the_planner_is_told_that_it_goes_on():
    document = calendar(event("DTSTART:20240101T220000", "DTEND:20240102T060000", "RRULE:FREQ=WEEKLY"))
    imported = read(document)
    first, last = imported.shifts[0].change, imported.shifts[-1].change
    assert first.ends_at > NOW - timedelta(days=31) >= first.starts_at - timedelta(days=7)
    assert last.starts_at <= NOW + timedelta(days=366) < last.starts_at + timedelta(days=7)
    assert imported.notes == ("'Night' (line 3) goes on after 2027-06-02. Import it again before then.",)


def test_series_that_is_over_leaves_a_note_and_no_shift():
    document = calendar(
        event("DTSTART:20240101T220000", "DTEND:20240102T060000", "RRULE:FREQ=WEEKLY;UNTIL=20240601T000000Z")
    )
    imported = read(document)
    assert imported.shifts == ()
    assert imported.notes == ("'Night' (line 3) has no shift from 2026-05-01 to 2027-06-02, so nothing came of it.",)


def test_occurrence_that_was_called_off_is_no_shift():
    document = calendar(
        event("DTSTART:20260601T220000", "DTEND:20260602T060000", "RRULE:FREQ=DAILY;COUNT=3"),
        event("RECURRENCE-ID:20260602T220000", "DTSTART:20260602T220000", "DTEND:20260603T060000", "STATUS:CANCELLED"),
    )
    assert [shift[2] for shift in shown(read(document))] == ["01.06. 22:00", "03.06. 22:00"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=SECONDLY", "by a rule that shifts do not have"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "by a rule that shifts do not have"),
        ("FREQ=DAILY;BYHOUR=1,2,3", "by a rule that shifts do not have"),
        ("FREQ=DAILY;INTERVAL=0", "at an interval that is not from 1 to 366"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "Use a weekly rule"),
        ("FREQ=WEEKLY;BYSETPOS=9;BYDAY=MO", "counts days of the month"),
        ("FREQ=MONTHLY;BYMONTHDAY=40", "names a day that no month has"),
        ("FREQ=MONTHLY;BYDAY=53MO", "names a day that no month has"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=5MO", "mixes several ways to count days of the month"),
        ("FREQ=NEVER", "RRULE cannot be read"),
    ],
)
def test_rule_of_recurrence_that_would_take_long_or_makes_no_sense_is_refused(rule, words):
    document = calendar(event("DTSTART:20260601T220000", "DTEND:20260602T060000", f"RRULE:{rule}"))
    ((_, problem),) = problems(document)
    assert words in problem


def test_series_from_long_ago_and_too_many_shifts_are_refused():
    old = calendar(event("DTSTART:19700101T220000", "DTEND:19700102T060000", "RRULE:FREQ=DAILY"))
    assert problems(old) == [(3, "'Night' began more than ten years ago. Let the series begin anew.")]
    daily = [
        event(f"DTSTART:20260601T{hour:02}0000", f"DTEND:20260601T{hour:02}3000", "RRULE:FREQ=DAILY", uid=str(hour))
        for hour in range(6)
    ]
    ((_, problem),) = problems(calendar(*daily))
    assert "more than 2000. Import a shorter time." in problem


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "no iCalendar document"),
        ("<html><body>Please sign in</body></html>", "no iCalendar document"),
        (calendar(), "holds no events"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260601T220000Z\n", "cut off"),
        (calendar("BEGIN:VEVENT", "nonsense", "END:VEVENT"), "cannot be read"),
        (calendar(event("DTSTART:20260601T220000Z", "DTSTART:20260602T220000Z", "DURATION:PT8H")), "more than once"),
        (calendar(event("DTSTART;VALUE=DATE:20260601", "DTEND:20260602T060000Z")), "but not both"),
        (calendar(event("DTSTART:99991231T220000", "DURATION:P20D")), "outside of the calendar"),
    ],
)
def test_planner_is_told_why_a_document_cannot_be_read(document, words):
    assert any(words in problem for _, problem in problems(document))


def test_two_events_of_the_same_uid_are_refused():
    document = calendar(
        event("DTSTART:20260603T220000Z", "DTEND:20260604T060000Z"),
        event("DTSTART:20260605T220000Z", "DTEND:20260606T060000Z"),
    )
    assert problems(document) == [(10, "'Night' has the same UID as the event in line 3.")]


def test_planner_is_told_of_somebody_who_declined():
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:eero.laine@haveri.example"
    document = calendar(event("DTSTART:20260603T220000Z", "DTEND:20260604T060000Z", declined, who=None))
    assert problems(document) == [(3, "Eero Laine has declined 'Night'. Name somebody else, or take the event out.")]


def test_time_zone_that_one_document_defines_means_nothing_in_the_next():
    own = "\r\n".join(
        [
            "BEGIN:VTIMEZONE",
            "TZID:Plant time",
            "BEGIN:STANDARD",
            "DTSTART:19700101T000000",
            "TZOFFSETFROM:+0500",
            "TZOFFSETTO:+0500",
            "END:STANDARD",
            "END:VTIMEZONE",
        ]
    )
    said = event("DTSTART;TZID=Plant time:20260603T220000", "DTEND;TZID=Plant time:20260604T060000")
    assert "'Plant time', which is not known" in problems(calendar(own, said))[0][1]
    assert "'Plant time', which is not known" in problems(calendar(said))[0][1]


LINES = [line for name in ("outlook.ics", "google.ics") for line in (DOCUMENTS / name).read_text().splitlines()]
ODD_LINES = [
    "DTSTART;TZID=:20260601T220000",
    "DTSTART:20260601T250000",
    "DTEND;VALUE=DATE:20260602",
    "DTEND;TZID=Asia/Kolkata:20260602T060000",
    "DURATION:-PT8H",
    "DURATION:P99999999D",
    "RRULE:FREQ=WEEKLY;UNTIL=20260701",
    "RRULE:FREQ=DAILY;COUNT=-3",
    "RRULE:FREQ=MONTHLY;BYDAY=-1MO,XX",
    "RRULE:FREQ=WEEKLY;BYDAY=;INTERVAL=x",
    "RDATE;VALUE=PERIOD:20260603T000000Z/PT1H",
    "RDATE;VALUE=DATE:20260603",
    "EXDATE;TZID=Nowhere:20260603T000000",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20260612T030000Z",
    "RECURRENCE-ID;VALUE=DATE:20260612",
    "SEQUENCE:many",
    "ATTENDEE:",
    "ATTENDEE;PARTSTAT=DECLINED,X:invalid:nomail",
    "X-HAVERI-MEMBER:nobody",
    "X-HAVERI-LINE:0",
    "UID:",
    "SUMMARY:\x07",
    "\x00",
    ":::",
]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_whatever_a_document_says_it_is_imported_or_refused_in_words(data):
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        odd = data.draw(st.sampled_from([*ODD_LINES, *LINES]) | st.text(max_size=20))
        lines[at : at + data.draw(st.integers(0, 2))] = [odd] * data.draw(st.integers(0, 2))
    try:
        read("\r\n".join(lines))
    except ImportInvalid as refusal:
        assert all(error["line"] >= 1 and error["problem"] for error in refusal.errors)


def scheduled(member: Member, start: datetime, end: datetime, shift: str = "Night") -> ScheduledShift:
    return ScheduledShift(member_id=member.id, team_id=CREW_A.id, shift=shift, starts_at=start, ends_at=end)


def exported(*shifts: ScheduledShift, facility: Facility = PLANT) -> str:
    return calendar_of(shifts, facility, {CREW_A.id: CREW_A.name}, NAMES, NOW)


def test_exported_shift_says_what_and_who_in_the_facilitys_time_and_writes_to_nobody():
    lead = scheduled(AINO, datetime(2026, 6, 3, 19, tzinfo=UTC), datetime(2026, 6, 4, 3, tzinfo=UTC))
    document = exported(lead.model_copy(update={"roles": ["lead"]}))
    (found,) = icalendar.Calendar.from_ical(document).walk("VEVENT")
    assert (str(found["SUMMARY"]), str(found["DESCRIPTION"])) == ("Night (Crew A)", "Aino Lehtonen, lead")
    assert found["DTSTART"].to_ical() == b"20260603T220000"
    assert found["DTSTART"].params["TZID"] == "Europe/Helsinki"
    assert "BEGIN:VTIMEZONE" in document
    assert "mailto" not in document
    assert AINO.email not in document


@pytest.mark.parametrize("zone", ["Europe/Helsinki", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata"])
def test_exported_calendar_explains_its_time_zone_to_programs_that_do_not_know_it(zone):
    shifts = [scheduled(EERO, NOW + timedelta(days=day), NOW + timedelta(days=day, hours=8)) for day in range(92)]
    document = exported(*shifts, facility=PLANT.model_copy(update={"timezone": zone}))
    (explained,) = icalendar.Calendar.from_ical(document).walk("VTIMEZONE")
    offsets = explained.to_tz(lookup_tzid=False)
    for shift in shifts:
        wall = shift.starts_at.astimezone(ZoneInfo(zone))
        assert wall.replace(tzinfo=offsets).utcoffset() == wall.utcoffset()


def test_exported_shift_keeps_its_uid():
    first, second = (scheduled(EERO, NOW + timedelta(days=day), NOW + timedelta(days=day, hours=8)) for day in (0, 1))
    uids = [str(found["UID"]) for found in icalendar.Calendar.from_ical(exported(first, second)).walk("VEVENT")]
    assert len(set(uids)) == 2
    assert uids[1:] == [str(found["UID"]) for found in icalendar.Calendar.from_ical(exported(second)).walk("VEVENT")]


def test_shifts_that_meet_within_a_second_still_meet_when_they_come_back():
    edge = NOW + timedelta(hours=4, milliseconds=700)
    document = exported(scheduled(EERO, NOW, edge), scheduled(EERO, edge, NOW + timedelta(hours=8)))
    first, second = read(document).shifts
    assert first.change.ends_at == second.change.starts_at == NOW + timedelta(hours=4)


def test_exported_text_stays_text():
    hostile = scheduled(EERO, NOW, NOW + timedelta(hours=8), shift="Night; x, y\\\r\nEND:VEVENT\r\nATTENDEE:mailto:x@y")
    (found,) = icalendar.Calendar.from_ical(exported(hostile)).walk("VEVENT")
    assert "ATTENDEE" not in found


ZONES = ["Europe/Helsinki", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "UTC"]


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    member=st.sampled_from(PEOPLE),
    edges=st.lists(st.integers(0, 366 * 24 * 4), min_size=2, max_size=30, unique=True).map(sorted),
    shift=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30),
)
def test_what_is_exported_can_be_imported_and_gives_the_same_shifts(zone, member, edges, shift):
    assert_comes_back(zone, member, [NOW + timedelta(minutes=15 * edge) for edge in edges], shift)


@pytest.mark.parametrize("zone", ZONES)
def test_nights_on_which_clocks_are_changed_come_back_as_they_were_exported(zone):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    hours = [moment + timedelta(hours=hour) for hour in range(366 * 24)]
    own = ZoneInfo(zone)
    changes = [
        later
        for hour, later in pairwise(hours)
        if hour.astimezone(own).utcoffset() != later.astimezone(own).utcoffset()
    ]
    for at in changes or [moment]:
        assert_comes_back(zone, EERO, [at + timedelta(minutes=15 * step) for step in range(-12, 13)], "Night")


def assert_comes_back(zone: str, member: Member, edges: list[datetime], shift: str) -> None:
    facility = PLANT.model_copy(update={"timezone": zone})
    shifts = [scheduled(member, start, end, shift) for start, end in pairwise(edges)]
    imported = read(exported(*shifts, facility=facility), facility=facility)
    name = " ".join(shift.split()).removesuffix("(Crew A)").strip() or "Shift"
    assert [
        (one.change.member_id, one.change.starts_at, one.change.ends_at, one.change.shift) for one in imported.shifts
    ] == [(one.member_id, one.starts_at, one.ends_at, name) for one in shifts]


def test_years_worth_of_a_crews_shifts_is_exported_while_one_waits():
    start = datetime(2026, 1, 1, 4, tzinfo=UTC)
    shifts = [scheduled(EERO, start + timedelta(days=day), start + timedelta(days=day, hours=8)) for day in range(366)]
    assert len(read(exported(*shifts), now=start).shifts) == 366
