"""The demo plant is what the rest of the house expects of it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from import_bench import imported, plan

from haveri_contracts.plain import Role
from haveri_directory.demo import BOREALIS, DEMO, teams_tenant
from haveri_shifts.calculation import on_shift
from haveri_shifts.published import plan_of


@pytest.mark.parametrize("organization", [DEMO, BOREALIS])
def test_everybody_of_a_demo_organization_is_known_in_its_chat_tenant(organization):
    members = imported(organization).members.values()
    tenant = teams_tenant(organization)
    identities = {identity.user_id: member.name for member in members for identity in member.chat_identities}
    assert {user.aad_object_id: user.name for user in tenant.users} == identities
    assert set(tenant.teams[0].members) <= {user.email for user in tenant.users}


def test_demo_plant_has_two_works_three_shifts_and_filler_2_on_line_1_of_tampere():
    plant = imported(DEMO)
    facilities = {facility.name: facility for facility in plant.facilities.values()}
    assert {facility.timezone for facility in facilities.values()} == {"Europe/Helsinki", "Europe/Berlin"}
    (filler,) = [asset for asset in plant.assets.values() if asset.name == "Filler 2"]
    area = plant.areas[filler.area_id]
    assert (area.name, area.facility_id) == ("Line 1", facilities["Tampere Works"].id)
    assert Counter(member.role for member in plant.members.values())[Role.ADMINISTRATOR] == 1
    assert len(plant.members) == 24


@pytest.mark.parametrize("hour", range(24))
def test_a_crew_its_lead_and_maintenance_are_on_shift_at_any_hour_of_a_sunday(hour):
    plant = imported(DEMO)
    for facility in plant.facilities.values():
        teams = [team for team in plant.teams.values() if team.facility_id == facility.id]
        names = {team.id: team.name for team in teams}
        rotations, calendar = plant.rotations.values(), plant.calendars.get(facility.id)
        found = on_shift(plan_of(facility, teams, rotations, [], calendar), datetime(2026, 6, 7, hour, tzinfo=UTC))
        assert {names[duty.team_id].split()[0] for duty in found} == {"Crew", "Shift", "Maintenance"}


@pytest.mark.parametrize(
    ("facility", "leads"),
    [
        ("Tampere Works", ["Päivi Nieminen", "Mikko Virtanen", "Satu Mäkelä"]),
        ("Leipzig Works", ["Thomas Krüger", "Sabine Hoffmann", "Jens Richter"]),
    ],
)
def test_each_shift_of_the_demo_plant_is_led_by_somebody_who_is_not_of_its_crew(facility: str, leads: list[str]):
    plant = imported(DEMO)
    place = next(it for it in plant.facilities.values() if it.name == facility)
    teams = [team for team in plant.teams.values() if team.facility_id == place.id]
    plan = plan_of(place, teams, [], [], None)
    crews = {team.id for team in teams if team.name.startswith("Crew")}
    for lead, hour in zip(leads, (8, 16, 23), strict=True):
        duties = on_shift(plan, datetime(2026, 6, 7, hour, tzinfo=ZoneInfo(place.timezone)))
        found = {duty.member_id for duty in duties if "lead" in duty.roles}
        assert [plant.members[id].name for id in found] == [lead]
        assert not found & {duty.member_id for duty in duties if duty.team_id in crews}


@pytest.mark.parametrize("organization", [DEMO, BOREALIS])
def test_everybody_of_a_demo_organization_has_a_number_that_is_one(organization):
    phones = [member.contact_prefs["phone"] for member in imported(organization).members.values()]
    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"\+(358|49)[0-9]{8,10}", phone) for phone in phones)


def test_two_maintainers_of_tampere_take_turns_on_call_around_the_clock():
    plant = imported(DEMO)
    (rotation,) = plant.rotations.values()
    tampere = plant.facilities[rotation.facility_id]
    assert (tampere.name, rotation.kind) == ("Tampere Works", "2-2-3")
    calendar = plant.calendars[tampere.id]
    facts = plan_of(tampere, plant.teams.values(), plant.rotations.values(), [], calendar)
    found = []
    for day in range(14):
        at = datetime(2026, 6, 1, 20, tzinfo=UTC) + timedelta(days=day)
        on_call = [duty.member_id for duty in on_shift(facts, at) if duty.shift == "Maintenance on call"]
        found.append("/".join(plant.members[id].name.split()[0] for id in on_call))
    assert Counter(found) == {"Timo": 7, "Veera": 7}


def test_holidays_of_both_works_are_those_of_their_country():
    plant = imported(DEMO)
    days = {plant.facilities[id].name: calendar.holidays for id, calendar in plant.calendars.items()}
    for holidays in days.values():
        assert {day.date.year for day in holidays} == {2026, 2027}
        for easter in (date(2026, 4, 5), date(2027, 3, 28)):
            # Good Friday, Easter Monday and Ascension Day.
            assert {easter + timedelta(days=number) for number in (-2, 1, 39)} <= {day.date for day in holidays}
    assert len(days["Tampere Works"]) == 2 * 13
    assert len(days["Leipzig Works"]) == 2 * 11
    for day in days["Tampere Works"]:
        if day.name in {"Midsummer Day", "All Saints' Day"}:
            assert day.date.weekday() == 5
    for day in days["Leipzig Works"]:
        if day.name == "Buß- und Bettag":
            assert day.date.weekday() == 2


def test_chat_settings_point_to_the_team_and_its_incidents_channel():
    tenant = teams_tenant()
    settings = tenant.chat_settings()
    channels = {channel.id: channel.name for channel in tenant.teams[0].channels}
    assert settings.tenant_id == tenant.tenant_id
    assert channels[settings.global_channel_id] == "Incidents"
    assert all(id.startswith("19:") and id.endswith("@thread.tacv2") for id in channels)


@pytest.mark.parametrize("format", ["yaml", "csv"])
def test_example_of_the_readme_can_be_imported(format):
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(rf"^```{format}\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    after = plan(example, format=format).after
    (team,) = after.teams.values()
    assert [asset.name for asset in after.assets.values()] == ["Filler 2"]
    assert [len(team.member_ids), team.shift_info.shifts[0].name] == [1, "Night"]
