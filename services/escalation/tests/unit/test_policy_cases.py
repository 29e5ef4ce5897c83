"""The table of policy cases, each a promise about which policy is followed."""

from __future__ import annotations

import pytest
from policy_cases import CASES, Case
from policy_plant import PLAN, named, place, policy, tell, when
from said import said

from haveri_escalation.domain.matching import Match, PolicyBook


def match(case: Case, *, backwards: bool = False) -> Match:
    policies = reversed(case.policies) if backwards else case.policies
    return PolicyBook(policies).match(case.of, case.at, case.plan, explain=True)


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_the_right_policy_is_followed(case: Case) -> None:
    found = match(case)
    assert (found.policy.name if found.policy else None) == case.wins
    assert case.why in tell(found.causes)
    assert match(case, backwards=True).causes == found.causes


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_every_policy_of_the_facility_is_accounted_for(case: Case) -> None:
    found = match(case)
    own = [one for one in case.policies if one.facility_id == case.of.facility_id]
    assert {one.name for one in found.considered} == {one.name for one in own}
    assert all(tell(one.causes).endswith(".") for one in found.considered)
    fitting = [one.name for one in found.considered if one.matches]
    assert fitting[:1] == ([case.wins] if "fits:" in tell(found.causes) else [])


def test_there_are_at_least_sixty_cases_and_no_two_of_a_name() -> None:
    assert len({case.title for case in CASES}) == len(CASES) >= 60


def test_the_winner_says_what_it_has_before_the_next() -> None:
    book = PolicyBook([policy("All day"), policy("Presses at night", areas=["Presses"], times=["FRI 22:00-06:00"])])
    found = book.match(place("SEV2", areas=["Presses"]), when("2026-11-28 03:10"), PLAN)
    assert tell(found.causes) == (
        "“Presses at night” fits: SEV2, area Presses, Saturday 03:10 lies in FRI 22:00-06:00. "
        "It names an area, “All day” does not."
    )


def test_each_policy_that_does_not_fit_says_what_keeps_it() -> None:
    book = PolicyBook(
        [
            policy("Minor", "SEV3"),
            policy("Ovens", areas=["Ovens"]),
            policy("Cranes", types=["crane"]),
            policy("Nights", times=["22:00-06:00", "SAT SUN"]),
            policy("All"),
        ]
    )
    at = when("2026-11-25 12:00")
    found = book.match(place(areas=["Presses"]), at, PLAN, explain=True)
    assert {one.name: tell(one.causes) for one in found.considered} == {
        "All": "“All” fits: SEV1.",
        "Minor": "“Minor” is for SEV3, not for SEV1.",
        "Ovens": "“Ovens” is for Ovens, and this is elsewhere.",
        "Cranes": "“Cranes” is for assets of type crane, and none of them is concerned.",
        "Nights": "“Nights” is for 22:00-06:00 or SAT, SUN, and there it is Wednesday 12:00.",
    }


def test_one_that_fits_and_loses_says_to_whom_and_why() -> None:
    book = PolicyBook([policy("All"), policy("Worst", "SEV1")])
    found = book.match(place(), when("2026-11-25 12:00"), PLAN, explain=True)
    assert [tell(one.causes) for one in found.considered] == [
        "“Worst” fits: SEV1. It is for fewer severities than “All”.",
        "“All” fits as well, but it comes after “Worst”. “Worst” is for fewer severities.",
    ]


def test_a_long_list_of_areas_is_cut_short() -> None:
    book = PolicyBook([policy("Many", areas=["Presses", "Ovens", "Yard", "Dock", "Gate"])])
    names = {named(area): area for area in ("Presses", "Ovens", "Yard", "Dock", "Gate")}
    found = book.match(place(), when("2026-11-25 12:00"), PLAN, explain=True)
    assert (
        said(found.considered[0].causes, names) == "“Many” is for Dock, Gate, Ovens or 2 more, and this is elsewhere."
    )


def test_of_very_many_policies_the_most_specific_are_explained() -> None:
    book = PolicyBook([policy(f"All {n}", age=n) for n in range(60)] + [policy("Worst", "SEV1")])
    found = book.match(place(), when("2026-11-25 12:00"), PLAN, explain=True)
    assert [one.name for one in found.considered] == ["Worst", *(f"All {n}" for n in range(50))]
