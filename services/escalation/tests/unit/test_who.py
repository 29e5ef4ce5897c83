"""Whom steps come to: members, teams by their shifts, roles, one in turn, and who is called when that is nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from policy_plant import (
    CREW_A,
    OTHER_PLANT,
    PLAN,
    PLANT,
    chain_of,
    named,
    names,
    person,
    roster,
    step,
    team,
    tell,
    weekly,
    when,
)

from haveri_contracts.escalation.models import FacilitySettings, LastResort, Notify
from haveri_escalation.domain import who
from haveri_escalation.domain.people import Found
from haveri_shifts.plan import Change, ChangeKind, Plan

NIGHT = when("2026-11-28 03:10")
NOON = when("2026-11-27 12:00")


def notify(*, members: str = "", teams: str = "", roles: str = "", round_robin: bool = False) -> Notify:
    """Whom to call; teams by their full names with commas between them."""
    return Notify(
        member_ids=[named(name) for name in members.split()],
        team_ids=[named(name) for name in teams.split(", ") if name],
        shift_roles=roles.split(),
        round_robin=round_robin,
    )


def find(wanted: Notify, at: datetime = NIGHT, **turns: int) -> Found:
    return who.find(roster(), wanted, PLANT, at, {named(name.replace("_", " ")): n for name, n in turns.items()})


def in_vain(found: Found) -> tuple[str, ...]:
    return tuple(tell([reason]) for reason in found.in_vain)


def called(found: Found) -> dict[str, str]:
    return {names([one.member_id])[0]: tell([one.because]) for one in found.people}


def test_a_team_is_those_of_it_who_are_on_shift() -> None:
    found = find(notify(teams="Crew A, Crew B"))
    assert called(found) == {"Aino": "Crew A, Night", "Antti": "Crew A, Night"}
    assert in_vain(found) == (), "crews take turns: that the other is off is no news"
    assert called(find(notify(teams="Crew A, Crew B"), NOON)) == {"Ben": "Crew B, Day", "Bea": "Crew B, Day"}


def test_a_team_in_a_rotation_is_called_by_it() -> None:
    assert called(find(notify(teams="Crew C"), when("2026-01-01 07:00"))) == {
        "Cai": "Crew C, Long day",
        "Cleo": "Crew C, Long day",
    }


def test_a_team_without_a_shift_plan_is_called_whole() -> None:
    assert called(find(notify(teams="Fitters"))) == {"Fia": "Fitters", "Finn": "Fitters"}


def test_everybody_of_the_teams_is_called_when_nobody_of_them_is_on_shift() -> None:
    found = find(notify(teams="Crew B, Crew C"), when("2026-01-03 20:00"))
    assert called(found) == {"Ben": "Crew B", "Bea": "Crew B", "Cai": "Crew C", "Cleo": "Crew C"}
    assert in_vain(found) == ("nobody of Crew B is on shift", "nobody of Crew C is on shift")


def test_nobody_is_called_off_shift_while_somebody_else_of_the_step_is_there() -> None:
    found = find(notify(members="Fia", teams="Crew B"))
    assert called(found) == {"Fia": "by name"}
    assert in_vain(found) == ("nobody of Crew B is on shift",)


def test_roles_are_those_who_have_them_on_shift() -> None:
    assert called(find(notify(roles="lead"))) == {"Aino": "lead of Night"}
    assert called(find(notify(roles="lead"), NOON)) == {"Ben": "lead of Day"}


@pytest.mark.parametrize("role", ["lead", "LEAD", "shift_lead", "supervisor", "Supervisor"])
def test_a_lead_is_also_called_a_supervisor(role: str) -> None:
    assert called(find(notify(roles=role))) == {"Aino": "lead of Night"}


@pytest.mark.parametrize("role", ["on_shift", "crew", "Crew"])
def test_on_shift_is_everybody_who_works(role: str) -> None:
    assert called(find(notify(roles=role))) == {"Aino": "on shift, Night", "Antti": "on shift, Night"}


def test_a_role_that_nobody_on_shift_has_is_said() -> None:
    without_lead = replace(PLAN, teams=(team("Crew A", "Aino", "Antti", shifts=CREW_A.shifts),))
    found = who.find(roster(without_lead), notify(roles="lead"), PLANT, NIGHT)
    assert (found.people, in_vain(found)) == ((), ("no lead is on shift",))
    assert in_vain(who.find(roster(Plan(PLAN.zone)), notify(roles="crew"), PLANT, NIGHT)) == ("nobody is on shift",)


def test_a_substitute_leads_nothing_but_is_called_with_the_team() -> None:
    override = Change(
        named("sick"),
        CREW_A.id,
        ChangeKind.OVERRIDE,
        when("2026-11-27 22:00"),
        when("2026-11-28 06:00"),
        named("Aino"),
        named("Finn"),
    )
    found = who.find(roster(replace(PLAN, changes=(override,))), notify(teams="Crew A"), PLANT, NIGHT)
    assert set(called(found)) == {"Antti", "Finn"}


def test_everybody_is_called_once_however_many_name_them() -> None:
    found = find(notify(members="Aino", teams="Crew A, Crew A", roles="lead crew"))
    assert called(found) == {"Aino": "by name", "Antti": "Crew A, Night"}


def test_a_member_who_left_is_said_and_not_called() -> None:
    found = find(notify(members="Gone Antti"))
    assert called(found) == {"Antti": "by name"}
    assert in_vain(found) == ("somebody who has left the organisation",)


def test_a_viewer_is_not_called() -> None:
    found = find(notify(members="Guest"))
    assert (found.people, in_vain(found)) == ((), ("Guest may not take incidents",))


def test_a_team_of_nobody_and_one_that_was_removed_are_said() -> None:
    assert in_vain(find(notify(teams="Nobody, Gone"))) == ("nobody is in Nobody", "a team that there is no more")


def test_it_is_said_of_each_whether_they_are_on_shift() -> None:
    found = find(notify(members="Boss Aino", teams="Fitters"))
    assert {names([one.member_id])[0]: one.on_shift for one in found.people} == {
        "Boss": False,
        "Aino": True,
        "Fia": False,
        "Finn": False,
    }


def test_who_works_at_another_facility_is_on_shift_too() -> None:
    elsewhere = team("Others", "Fia", shifts=[weekly("N", "00:00", "12:00")])
    people = roster(plans={PLANT: PLAN, OTHER_PLANT: Plan(PLAN.zone, (elsewhere,))})
    found = who.find(people, notify(members="Fia"), PLANT, NIGHT)
    assert found.people[0].on_shift


def test_round_robin_calls_one_of_each_team_in_turn() -> None:
    wanted = notify(teams="Crew A, Fitters", round_robin=True)
    assert set(called(find(wanted))) == {"Aino", "Fia"}
    assert find(wanted).turns == {named("Crew A"): 1, named("Fitters"): 1}
    assert set(called(find(wanted, Crew_A=1, Fitters=2))) == {"Antti", "Fia"}
    assert set(called(find(wanted, Crew_A=3))) == {"Antti", "Fia"}


def test_round_robin_passes_over_who_may_not_respond() -> None:
    plan = replace(PLAN, teams=(team("Crew A", "Guest", "Antti"),))
    for turn in range(3):
        found = who.find(roster(plan), notify(teams="Crew A", round_robin=True), PLANT, NIGHT, {named("Crew A"): turn})
        assert set(called(found)) == {"Antti"}


def test_round_robin_calls_the_whole_team_when_nobody_is_on_shift() -> None:
    found = find(notify(teams="Crew B", round_robin=True))
    assert set(called(found)) == {"Ben", "Bea"}
    assert found.turns == {}


CHAIN = chain_of(step(notify(members="Gone")), last_resort=LastResort(notify=notify(members="Finn")))


def test_the_last_resort_is_the_policys_own() -> None:
    settings = FacilitySettings(facility_id=PLANT, last_resort=notify(members="Fia"))
    assert called(who.last_resort(roster(), CHAIN, settings, PLANT, NIGHT)) == {"Finn": "by name"}


def test_a_policy_that_names_none_has_the_facilitys() -> None:
    settings = FacilitySettings(facility_id=PLANT, last_resort=notify(members="Fia"))
    for chain in (None, chain_of(), chain_of(last_resort=None)):
        assert called(who.last_resort(roster(), chain, settings, PLANT, NIGHT)) == {"Fia": "by name"}


def test_without_any_last_resort_the_administrators_are_called() -> None:
    assert called(who.last_resort(roster(), None, None, PLANT, NIGHT)) == {"Boss": "administrator"}


def test_a_last_resort_that_comes_to_nobody_falls_to_the_next() -> None:
    chain = chain_of(last_resort=LastResort(notify=notify(members="Gone")))
    settings = FacilitySettings(facility_id=PLANT, last_resort=notify(members="Guest"))
    found = who.last_resort(roster(), chain, settings, PLANT, NIGHT)
    assert called(found) == {"Boss": "administrator"}
    assert in_vain(found) == ("somebody who has left the organisation", "Guest may not take incidents")


def test_an_organisation_without_administrators_says_so() -> None:
    people = roster(people={named("Fia"): person("Fia")})
    found = who.last_resort(people, None, None, PLANT, NIGHT)
    assert (found.people, in_vain(found)) == ((), ("the organisation has no administrator",))


def test_a_step_of_nobody_calls_the_last_resort_and_says_why() -> None:
    found = who.find_or_last_resort(roster(), notify(members="Gone", teams="Nobody"), CHAIN, None, PLANT, NIGHT)
    assert called(found) == {"Finn": "by name"}
    assert in_vain(found) == ("somebody who has left the organisation", "nobody is in Nobody")
    found = who.find_or_last_resort(roster(), notify(members="Fia"), CHAIN, None, PLANT, NIGHT)
    assert called(found) == {"Fia": "by name"}


def test_a_facility_that_is_not_known_still_calls_somebody() -> None:
    found = who.find_or_last_resort(roster(), notify(roles="lead"), None, None, named("Nowhere"), NIGHT)
    assert called(found) == {"Boss": "administrator"}


def test_a_holiday_on_which_a_shift_rests_leaves_its_team_to_be_called_whole() -> None:
    resting = team("Crew A", "Aino", shifts=[weekly("Night", "22:00", "06:00", rests_on_holidays=True)])
    plan = Plan(PLAN.zone, (resting,), holidays=frozenset({date(2026, 11, 27)}))
    found = who.find(roster(plan), notify(teams="Crew A"), PLANT, NIGHT)
    assert called(found) == {"Aino": "Crew A"}
