"""The policies that the demo plants begin with."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest

from haveri_contracts.directory.models import Facility, Member, Team
from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.plain import Role, Severity
from haveri_escalation.demo import demo_policies

SPACE = UUID(int=9)
PLANTS = {"Tampere Works": "juhani.korhonen@haveri.example", "Leipzig Works": "katrin.vogel@haveri.example"}
FACILITIES = [Facility(id=uuid5(SPACE, name), name=name, timezone="Europe/Berlin") for name in PLANTS]
TEAMS = [
    Team(id=uuid5(facility.id, crew), name=crew, facility_id=facility.id)
    for facility in FACILITIES
    for crew in ("Crew A", "Crew B", "Crew C", "Maintenance")
]
MEMBERS = [
    Member(id=uuid5(SPACE, email), name=email.split(".")[0], email=email, role=Role.MANAGER)
    for email in PLANTS.values()
]


@pytest.fixture(params=FACILITIES, ids=list(PLANTS))
def plant(request: pytest.FixtureRequest) -> dict[Severity, EscalationPolicy]:
    """One plant's policies by the severity that each is for."""
    found = demo_policies(FACILITIES, TEAMS, MEMBERS)
    return {policy.conditions.severity[0]: policy for policy in found if policy.facility_id == request.param.id}


def test_a_line_that_is_down_calls_crew_lead_and_production_manager_at_once_and_again(plant: dict) -> None:
    policy = plant[Severity.SEV1]
    (step,) = policy.steps
    teams = {team.name for team in TEAMS if team.id in step.notify.team_ids}
    assert (step.after_minutes, teams) == (0, {"Crew A", "Crew B", "Crew C"})
    assert step.notify.shift_roles == ["lead"]
    assert step.notify.member_ids == [uuid5(SPACE, PLANTS[_name(policy)])]
    assert policy.repeat is not None and (policy.repeat.times, policy.repeat.every_minutes) == (2, 10)
    assert policy.acknowledgement_expires_minutes == 30


def test_a_degraded_line_climbs_from_the_crew_to_the_lead_to_the_manager_and_is_the_default(plant: dict) -> None:
    policy = plant[Severity.SEV2]
    assert policy.is_default
    assert [(step.after_minutes, bool(step.notify.team_ids), step.notify.shift_roles) for step in policy.steps] == [
        (0, True, []),
        (15, False, ["lead"]),
        (30, False, []),
    ]
    assert all(step.only_if_unacknowledged for step in policy.steps)


def test_something_minor_stays_with_the_crew(plant: dict) -> None:
    policy = plant[Severity.SEV3]
    assert len(policy.steps) == 1 and policy.steps[0].notify.team_ids
    assert policy.last_resort is None and not policy.is_default


def test_their_ids_are_the_same_each_time() -> None:
    first, second = (demo_policies(FACILITIES, TEAMS, MEMBERS) for _ in range(2))
    assert first == second and len({policy.id for policy in first}) == 6


def test_a_house_with_other_plants_gets_none() -> None:
    assert demo_policies([Facility(id=SPACE, name="Oulu Bakery", timezone="Europe/Helsinki")], [], []) == []


def _name(policy: EscalationPolicy) -> str:
    return next(facility.name for facility in FACILITIES if facility.id == policy.facility_id)
