"""A whole plant is imported, or nothing of it."""

from __future__ import annotations

import random
import time

from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.models import Member
from haveri_directory.demo import DEMO, plant_document


def importing(document, format="yaml"):
    return commands.ImportPlant(format=format, document=document)


def demo_for(office) -> str:
    """The demo plant for an organisation with another slug and administrator."""
    _, _, plant = plant_document(DEMO).partition("\nfacilities:")
    return ("facilities:" + plant).replace("aino.lehtonen@haveri.example", office.administrator.email)


async def test_demo_plant_is_imported_and_importing_it_again_changes_and_tells_nothing(office):
    result = await office.do(importing(demo_for(office)))
    assert result["report"]["members"] == {"added": 23, "changed": 1, "unchanged": 0}
    everything, published = await office.everything(), await office.published()
    assert [len(things) for things in everything] == [2, 8, 35, 15, 24, 1]
    result = await office.do(importing(demo_for(office)))
    assert result["changes"] == []
    assert result["report"]["assets"] == {"added": 0, "changed": 0, "unchanged": 35}
    assert (await office.everything(), await office.published()) == (everything, published)


async def test_events_of_an_import_tell_the_same_as_the_lists(office):
    await office.do(importing(demo_for(office)))
    published = {}
    for name, data in await office.published():
        kind = name.removesuffix("_put")
        if kind in data:
            published[(kind, data[kind]["id"])] = data[kind]
    listed = {}
    for things in await office.everything():
        for thing in things:
            listed[(type(thing).__name__.lower(), str(thing.id))] = thing.model_dump(mode="json")
    assert published == listed


async def test_document_with_faults_names_all_of_them_and_changes_nothing(office):
    await office.do(importing(demo_for(office)))
    everything, published = await office.everything(), await office.published()
    broken = demo_for(office).replace("Europe/Berlin", "Europe/Leipzig").replace("role: viewer", "role: guest")
    outcome = await office.send(importing(broken + "\nvisitors: []\n"))
    assert outcome.problem.type == "import-invalid"
    assert [error["field"] for error in outcome.problem.errors] == ["timezone", "role", "visitors"]
    lines = broken.splitlines()
    assert [lines[error["line"] - 1].strip() for error in outcome.problem.errors[:2]] == [
        "timezone: Europe/Leipzig",
        "role: guest",
    ]
    assert (await office.everything(), await office.published()) == (everything, published)


async def test_members_of_another_import_leave_and_join_teams(office):
    await office.do(importing(demo_for(office)))
    order = 'members:\n  - {email: eero.laine@haveri.example, teams: ["Tampere Works / Crew B"]}\n'
    result = await office.do(importing(order))
    assert [change["name"] for change in result["changes"]] == ["Crew A", "Crew B", "Eero Laine"]
    teams = {team.id: team for team in (await office.ask(queries.ListTeams())).items}
    members = (await office.ask(queries.ListMembers())).items
    (eero,) = [member for member in members if member.name == "Eero Laine"]
    assert [teams[id].name for id in eero.team_ids] == ["Crew B"]
    assert {id for id, team in teams.items() if eero.id in team.member_ids} == set(eero.team_ids)


async def test_ten_thousand_assets_are_imported_from_csv_within_seconds(office):
    rows = "".join(f"asset;Machine {number};Hall;press\n" for number in range(10_000))
    document = f"kind;name;area;type;timezone\nfacility;Works;;;UTC\narea;Hall;;;\n{rows}"
    began = time.perf_counter()
    result = await office.do(importing(document, "csv"))
    assert result["report"]["assets"]["added"] == 10_000
    assert len(result["changes"]) + result["more_changes"] == 10_002
    assert time.perf_counter() - began < 20


async def test_member_whom_an_import_described_is_a_member_like_any_other(office):
    await office.do(importing(demo_for(office)))
    members = (await office.ask(queries.ListMembers())).items
    for member in members[:3]:
        result = await office.do(commands.PutMember(member=member))
        assert Member.model_validate(result["member"]) == member


async def test_no_damaged_document_leaves_anything_behind(office):
    await office.do(importing(demo_for(office)))
    everything, published = await office.everything(), await office.published()
    document, chance = demo_for(office), random.Random(1)
    refused = 0
    while refused < 20:
        where = chance.randrange(len(document))
        damaged = document[:where] + document[where + chance.randrange(1, 60) :]
        outcome = await office.send(importing(damaged))
        if outcome.problem is None:
            # What is left still makes sense, and may rightly have changed something.
            await office.do(importing(document))
            everything, published = await office.everything(), await office.published()
        else:
            refused += 1
            assert outcome.problem.type == "import-invalid"
            assert (await office.everything(), await office.published()) == (everything, published)
