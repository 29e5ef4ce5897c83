"""A CSV plant: one line for each thing."""

from __future__ import annotations

import pytest
from import_bench import ADMINISTRATOR_ID, plan, problems

LINES = [
    "kind,name,facility,area,type,timezone,team,days,from,to,members,email,role,locale,teams,chat.teams,contact.phone",
    "facility,Tampere Works,,,,Europe/Helsinki,,,,,,,,,,,",
    "area,Line 1,Tampere Works,,,,,,,,,,,,,,",
    'asset,"Filler 2, left",,Line 1,filler,,,,,,,,,,,,',
    "team,Crew A,Tampere Works,,,,,,,,,,,,,,",
    "shift,Night,,,,,Crew A,FRI|SAT,22:00,6:00,eero@haveri.example,,,,,,",
    "member,Eero Laine,,,,,,,,,,eero@haveri.example,responder,fi,Crew A|Tampere Works / Crew B,a-guid,+358 40 123 4567",
    "team,Crew B,,,,,,,,,,,,,,,",
]
CSV = "\n".join(LINES) + "\n"


def changed(number: int, line: str) -> str:
    """The document with another line in one place."""
    return "\n".join([*LINES[: number - 1], line, *LINES[number:]])


def test_plant_in_csv_becomes_what_it_says():
    after = plan(CSV, format="csv").after
    (eero,) = [member for member in after.members.values() if member.id != ADMINISTRATOR_ID]
    assert [asset.name for asset in after.assets.values()] == ["Filler 2, left"]
    assert len(eero.team_ids) == 2
    assert eero.chat_identities[0].user_id == "a-guid"
    assert eero.contact_prefs == {"phone": "+358401234567"}
    assert [team.shift_info.shifts[0].end for team in after.teams.values() if team.name == "Crew A"] == ["06:00"]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_spreadsheets_of_other_countries_separate_differently(separator):
    document = CSV.replace('"Filler 2, left"', "#").replace(",", separator).replace("#", "Filler 2, left")
    assert len(plan("\ufeff" + document.replace("\n", "\r\n"), format="csv").after.assets) == 1


@pytest.mark.parametrize(
    ("document", "line", "says"),
    [
        ("", 1, "empty"),
        ("name,timezone\nTampere,UTC\n", 1, "no column 'kind'"),
        ("kind,name,tmezone\nfacility,Tampere,UTC\n", 1, "Did you mean 'timezone'?"),
        ("kind,name,name\n", 1, "twice"),
        (changed(3, "line,Line 1"), 3, "is not a kind"),
        (changed(3, "area,Line 1,Tampere Wrks"), 3, "Did you mean 'Tampere Works'?"),
        (changed(4, "asset,Filler 2,,Line 7,filler"), 4, "'Line 7' is not an area there"),
        (changed(4, "asset,Filler 2,,Line 1"), 4, "needs 'type'"),
        (changed(3, "area,Line 1,,,press"), 3, "An area has no 'type'"),
        (changed(8, ",".join(["team"] + ["x"] * 20)), 8, "21 cells"),
        (changed(6, "shift,Night,,,,,Crew A,FRY,22:00,06:00"), 6, "'FRY' is not a weekday"),
        (changed(8, 'team,"Crew B'), 8, "not CSV"),
    ],
)
def test_csv_with_a_fault_is_answered_with_the_line_and_the_reason(document, line, says):
    found = problems(document, format="csv")
    assert (line, True) in [(number, says in problem) for number, problem in found], found


def test_lines_are_counted_as_an_editor_counts_them_after_a_cell_of_several_lines():
    document = 'kind,name,timezone\nfacility,"two\nlines",UTC\n\nfacility,X,Nowhere\n'
    assert [line for line, _ in problems(document, format="csv")] == [5]
