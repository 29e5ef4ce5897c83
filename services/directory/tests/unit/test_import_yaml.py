"""A YAML plant: what it may say, and what is said of everything that is wrong with it."""

from __future__ import annotations

import time

import pytest
from import_bench import ADMINISTRATOR_ID, empty, faults, imported, plan, problems

from haveri_contracts.directory.models import Weekday
from haveri_contracts.plain import Role

SMALL = """\
facilities:
  - name: Tampere Works
    timezone: Europe/Helsinki
    areas: [Line 1]
    teams:
      - name: Crew A
        shifts:
          - {name: Night, days: [fri, SAT], from: 22:00, to: 6:00, members: [eero.laine@haveri.example]}
members:
  - name: Eero Laine
    email: Eero.Laine@haveri.example
    role: Responder
    teams: [crew a]
    chat: {teams: 0198c3a2-0000-4000-8000-000000000001}
    contact: {phone: +358401234567, floor: 2, night: true, note: "3"}
"""


def test_small_plant_becomes_what_it_says():
    after = plan(SMALL).after
    (team,) = after.teams.values()
    (shift,) = team.shift_info.shifts
    eero = next(member for member in after.members.values() if member.id != ADMINISTRATOR_ID)
    assert (shift.start, shift.end, shift.days) == ("22:00", "06:00", [Weekday.FRI, Weekday.SAT])
    assert shift.member_ids == team.member_ids == [eero.id]
    assert (eero.email, eero.role, eero.locale) == ("eero.laine@haveri.example", Role.RESPONDER, "en")
    assert eero.contact_prefs == {"phone": "+358401234567", "floor": 2, "night": True, "note": "3"}


def test_every_fault_of_a_document_is_reported_at_once_with_its_line():
    document = """\
facilities:
  - name: Tampere Works
    timezone: Europe/Helsinky
    areas:
      - name: Line 1
        asets: []
      - name: line 1
      - assets: [{name: Filler 2}]
members:
  - {name: Eero Laine, email: eero at haveri, role: responder}
  - {name: Henna Koskinen, email: henna@haveri.example, role: operator, teams: [Crew Z]}
  - {name: Aino, email: henna@haveri.example, role: viewer, locale: Swedish}
"""
    assert problems(document) == [
        (3, "'Europe/Helsinky' is not an IANA time zone such as Europe/Helsinki. Did you mean 'Europe/Helsinki'?"),
        (6, "'asets' is not a field of an area. Did you mean 'assets'?"),
        (7, "The area 'line 1' is described twice; first in line 5."),
        (8, "The area needs 'name'."),
        (10, "'email' is not right: 'eero at haveri' is not an e-mail address."),
        (11, "'operator' is not a role (viewer, responder, manager, administrator)."),
        (11, "'Crew Z' is not a team here."),
        (12, "The member 'henna@haveri.example' is described twice; first in line 11."),
        (12, "'locale' is not right: 'Swedish' is not a language such as en, fi or pt-BR."),
    ]


@pytest.mark.parametrize(
    ("document", "line", "says"),
    [
        ("", 1, "empty"),
        ("facilities:\n\t- name: X\n", 2, "tab"),
        ("facilities: [\n", 2, "not YAML"),
        ("- just\n- a list\n", 1, "'facilities' and 'members'"),
        ("facilities:\n  name: Tampere\n", 2, "must be a list"),
        ("facilitys: []\n", 1, "Did you mean 'facilities'?"),
        ("facilities: &all []\nmembers: *all\n", 1, "write it out"),
        ("facilities: !!python/object/apply:os.system [ls]\n", 1, "tag"),
        ("facilities:\n  - name: A\n    name: B\n    timezone: UTC\n", 3, "given twice"),
        ("facilities:\n  - {name: A, timezone: UTC}\n---\nmembers: []\n", 3, "second document"),
        ("facilities:\n  - {name: A, timezone: [UTC]}\n", 2, "must be a text"),
        ("facilities:\n  - {name: ' ', timezone: UTC}\n", 2, "'name' is empty"),
        (f"facilities:\n  - {{name: {'x' * 201}, timezone: UTC}}\n", 2, "longer than 200"),
        ('facilities:\n  - {name: "a\\0b", timezone: UTC}\n', 2, "null character"),
        ("facilities:\n  - {name: A, timezone: UTC, metadata: 5}\n", 2, "fields of its own"),
        ("facilities:\n  - {name: P\ufffdijat, timezone: UTC}\n", 2, "UTF-8"),
        ("facilities:\n  - {name: A\x07, timezone: UTC}\n", 2, "control character"),
        ("facilities: " + "[" * 200 + "]" * 200, 1, "deeper"),
        ("organization: {id: borealis}\n", 1, "'borealis'"),
        ("facilities:\n  - {name: A, timezone: UTC, teams: [{name: T, shifts: [{name: S, from: '25:00'}]}]}", 2,
         "'25:00' is not a time of day"),
    ],
)  # fmt: skip
def test_document_with_a_fault_is_answered_with_the_line_and_the_reason(document, line, says):
    found = problems(document)
    assert found and found[0][0] == line and any(says in problem for _, problem in found), found


def test_byte_order_mark_and_windows_line_ends_do_no_harm():
    document = "\ufeff" + SMALL.replace("\n", "\r\n")
    assert plan(document).after == plan(SMALL).after


def test_names_that_yaml_would_take_for_something_else_stay_names():
    after = plan("facilities:\n  - {name: no, timezone: UTC, areas: [1.10, on, 22:00]}\n").after
    assert [facility.name for facility in after.facilities.values()] == ["no"]
    assert [area.name for area in after.areas.values()] == ["1.10", "on", "22:00"]


def test_team_name_that_two_facilities_share_needs_the_facility():
    both = "facilities:\n" + "".join(f"  - {{name: {name}, timezone: UTC, teams: [Crew A]}}\n" for name in "PQ")
    member = "members:\n  - {{name: Eero, email: e@x.example, role: viewer, teams: [{}]}}\n"
    ((line, problem),) = problems(both + member.format("Crew A"))
    assert line == 5 and "in P, Q" in problem and "<facility> / <team>" in problem
    after = plan(both + member.format('"Q / Crew A"')).after
    assert sum(bool(team.member_ids) for team in after.teams.values()) == 1


def test_what_a_document_leaves_out_stays_as_it_was():
    before = plan(SMALL).after
    after = plan("members:\n  - {email: eero.laine@haveri.example, role: manager}\n", before).after
    (old,) = [member for member in before.members.values() if member.id != ADMINISTRATOR_ID]
    assert after.members[old.id] == old.model_copy(update={"role": Role.MANAGER})
    assert after.teams == before.teams


def test_import_cannot_take_the_last_administrator_away():
    email = empty().members[ADMINISTRATOR_ID].email
    ((line, problem),) = problems(f"members:\n  - email: {email}\n    role: viewer\n")
    assert line == 3 and "last administrator" in problem


def test_chat_identity_of_another_member_is_refused_but_two_members_may_swap_theirs():
    people = imported().members.values()
    by_name = {person.name: person for person in people}
    eero, henna = by_name["Eero Laine"], by_name["Henna Koskinen"]
    line = "  - {{email: {}, chat: {{teams: {}}}}}\n"
    take = line.format(eero.email, henna.chat_identities[0].user_id)
    give = line.format(henna.email, eero.chat_identities[0].user_id)
    ((_, problem),) = problems("members:\n" + take, imported())
    assert "Henna Koskinen is" in problem
    after = plan("members:\n" + take + give, imported()).after
    assert after.members[eero.id].chat_identities == henna.chat_identities


@pytest.mark.parametrize("mistake", ["", "Europe/Helsinky"])
def test_ten_thousand_lines_are_read_in_a_few_seconds(mistake):
    lines = "".join(f"          - {{name: Machine {number}, type: press}}\n" for number in range(10_000))
    areas = f"    areas:\n      - name: Hall\n        assets:\n{lines}"
    bad = (
        "".join(f"  - {{name: F{number}, timezone: {mistake}{number}}}\n" for number in range(2_000)) if mistake else ""
    )
    began = time.perf_counter()
    found = faults(f"facilities:\n  - name: Works\n    timezone: UTC\n{areas}{bad}")
    assert time.perf_counter() - began < 10
    assert bool(found) is bool(mistake)
