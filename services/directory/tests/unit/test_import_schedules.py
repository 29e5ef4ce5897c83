"""Roles, rotations, holidays and ways to be reached in a YAML plant, and what is said of their faults."""

from __future__ import annotations

import pytest
from import_bench import plan, problems

from haveri_contracts.directory.models import ShiftRole
from haveri_directory.application.importing.report import difference

PLANT = """\
facilities:
  - name: Tampere Works
    timezone: Europe/Helsinki
    teams:
      - name: Crew A
        roles:
          - {role: lead, members: [eero.laine@haveri.example]}
        shifts:
          - {name: Morning, from: 06:00, to: 14:00, rests_on_holidays: yes}
      - Crew B
    rotations:
      - name: Weekends
        kind: 2-2-3
        first_day: 2026-01-05
        slots: [{name: Day, from: 06:00, to: 18:00}]
        crews: [Crew A, Crew B]
    holidays:
      - {date: 2026-12-06, name: Independence Day}
      - {date: 2026-01-01, name: New Year's Day}
members:
  - name: Eero Laine
    email: eero.laine@haveri.example
    role: responder
    teams: [Crew A]
    contact: {phone: +358 40 555 0111, ways: [sms, {via: voice, after_minutes: 5}]}
"""


def test_roles_rotations_holidays_and_ways_become_what_they_say():
    after = plan(PLANT).after
    crew_a = next(team for team in after.teams.values() if team.name == "Crew A")
    (rotation,) = after.rotations.values()
    ((facility_id, calendar),) = after.calendars.items()
    assert crew_a.shift_info.roles == [ShiftRole(role="lead", member_ids=crew_a.member_ids)]
    assert crew_a.shift_info.shifts[0].rests_on_holidays
    assert (rotation.facility_id, len(rotation.pattern)) == (facility_id, 14)
    assert [crew.offset_days for crew in rotation.crews] == [0, 7]
    assert [day.name for day in calendar.holidays] == ["New Year's Day", "Independence Day"]
    eero = next(member for member in after.members.values() if member.name == "Eero Laine")
    assert eero.contact_prefs["phone"] == "+358405550111"
    assert [way["via"] for way in eero.contact_prefs["ways"]] == ["sms", "voice"]


def test_importing_schedules_again_changes_nothing_and_the_report_counts_them():
    before = plan(PLANT).after
    again = plan(PLANT, before, seed=2)
    assert again.after == before
    report = difference(before, again).result()["report"]
    assert report["rotations"] == {"added": 0, "changed": 0, "unchanged": 1}
    assert report["holidays"] == {"added": 0, "removed": 0, "unchanged": 2}


def test_empty_lists_take_away_and_lists_left_out_leave():
    before = plan(PLANT).after
    left = "facilities:\n  - {name: Tampere Works, teams: [Crew A]}\n"
    assert plan(left, before).after == before
    emptied = "facilities:\n  - {name: Tampere Works, holidays: [], teams: [{name: Crew A, roles: []}]}\n"
    after = plan(emptied, before).after
    crew_a = next(team for team in after.teams.values() if team.name == "Crew A")
    assert (after.calendars, crew_a.shift_info.roles, len(crew_a.shift_info.shifts)) == ({}, [], 1)


def test_somebody_with_a_role_cannot_be_taken_out_of_the_team():
    before = plan(PLANT).after
    ((line, problem),) = problems("members:\n  - email: eero.laine@haveri.example\n    teams: [Crew B]\n", before)
    assert line == 3
    assert problem == "Eero Laine is not in Crew A; 'lead' has to be one of its members."


def changed(old: str, new: str) -> str:
    assert old in PLANT
    return PLANT.replace(old, new)


@pytest.mark.parametrize(
    ("document", "line", "says"),
    [
        (changed("role: lead", "rle: lead"), 7, "The role needs 'role'"),
        (changed("members: [eero.laine@haveri.example]", "members: [nobody]"), 7, "'nobody' is not a member here"),
        (changed("    teams: [Crew A]", "    teams: [Crew B]"), 7, "Eero Laine is not in Crew A"),
        (changed("rests_on_holidays: yes", "rests_on_holidays: maybe"), 9, "'maybe' is neither true nor false"),
        (changed("kind: 2-2-3", "kind: 2-3-2"), 13, "'2-3-2' is not a kind of rotation (fixed, 2-2-3,"),
        (changed("kind: 2-2-3", "kind: three-shift"), 12, "three shifts"),
        (changed("first_day: 2026-01-05", "first_day: 5.1.2026"), 14, "'5.1.2026' is not a date such as"),
        (changed("        first_day: 2026-01-05\n", ""), 12, "The rotation needs 'first_day'"),
        (changed("crews: [Crew A, Crew B]", "crews: [Crew A, Crew C]"), 16, "'Crew C' is not a team here"),
        (changed("crews: [Crew A, Crew B]", "crews: [Crew A, {team: Crew B, offset_days: -1}]"), 16, "from 0 to 365"),
        (changed("        crews: [Crew A, Crew B]\n", ""), 12, "The rotation needs 'crews'"),
        (changed("{name: Day, from: 06:00, to: 18:00}", "{name: Day, from: 06:00}"), 15, "The slot needs 'to'"),
        (changed("kind: 2-2-3", "pattern: [Day, Evening]"), 12, "Evening"),
        (changed("date: 2026-12-06", "date: 2026-12-36"), 18, "is not a date"),
        (changed("{date: 2026-01-01, ", "{"), 19, "The holiday needs 'date'"),
        (changed("phone: +358 40 555 0111", "phone: 040 555 0111"), 25, "does not begin with '+'"),
        (changed("ways: [sms,", "ways: [pigeon,"), 25, "'pigeon' is no way"),
    ],
)
def test_fault_in_a_schedule_is_answered_with_its_line_and_the_reason(document, line, says):
    found = problems(document)
    assert any(number == line and says in problem for number, problem in found), found


def test_crew_of_another_facility_cannot_be_in_a_rotation():
    two = PLANT.replace(
        "members:\n  - name: Eero",
        "  - {name: Leipzig Works, timezone: Europe/Berlin, teams: [Crew L]}\nmembers:\n  - name: Eero",
    )
    ((line, problem),) = problems(two.replace("crews: [Crew A, Crew B]", "crews: [Crew A, Leipzig Works / Crew L]"))
    assert (line, problem) == (12, "Crew L belongs to another facility.")


def test_pattern_of_one_s_own_may_have_days_off():
    custom = changed("kind: 2-2-3", "pattern: [Day, off, ~]").replace("crews: [Crew A, Crew B]", "crews: [Crew A]")
    (rotation,) = plan(custom).after.rotations.values()
    assert rotation.pattern == ["Day", None, None]


def test_ways_can_be_said_in_csv():
    document = (
        "kind;name;email;role;contact.phone;contact.ways\n"
        "member;Eero Laine;e@haveri.example;responder;+358 40 555 0111;sms|voice\n"
    )
    eero = next(member for member in plan(document, format="csv").after.members.values() if member.name == "Eero Laine")
    assert [way["via"] for way in eero.contact_prefs["ways"]] == ["sms", "voice"]
    assert problems(document.replace("+358 40 555 0111", "112x"), format="csv")[0][0] == 2
