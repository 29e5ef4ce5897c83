"""What a policy or a facility's settings are refused for, in the words of whoever wrote them."""

from __future__ import annotations

from typing import Any

import pytest
from policy_plant import PLANT, chain_of, named, policy, roster, step, stretch
from pydantic import BaseModel

from haveri_contracts.escalation import models
from haveri_contracts.escalation.models import (
    FacilitySettings,
    LastResort,
    MitigationClock,
    Notify,
    QuietHours,
    Repeat,
    TimeOfDay,
)
from haveri_contracts.plain import Refusal, Severity
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.policy_rules import check_policy, check_settings

CREW = Notify(shift_roles=["crew"])
GOOD = chain_of(
    step(Notify(team_ids=[named("Crew A")], shift_roles=["lead", "ON_SHIFT"])),
    step(Notify(member_ids=[named("Boss")]), 0.5, only_if_unacknowledged=False),
    repeat=Repeat(times=2, every_minutes=30),
    acknowledgement_expires_minutes=20,
    mitigation=MitigationClock(within_minutes=60, notify=CREW),
    last_resort=LastResort(notify=Notify(member_ids=[named("Fia")])),
)


def with_chain(**changes: Any) -> Policy:
    return policy("P", chain=GOOD.model_copy(update=changes))


def naming(**whom: Any) -> Policy:
    return with_chain(steps=[GOOD.steps[0], step(Notify(**whom))])


def timed(one: TimeOfDay) -> Policy:
    return policy("P", times=[one], chain=GOOD)


REFUSED = [
    ("facility-unknown", policy("P", facility=named("Nowhere"), chain=GOOD), "There is no facility"),
    ("area-unknown", policy("P", areas=["Lost"], chain=GOOD), "There is no area"),
    ("area-elsewhere", policy("P", areas=["Presses", "Yard"], chain=GOOD), "Yard is of another facility"),
    ("time-of-day-incomplete", timed(TimeOfDay(start="22:00")), "both from when and until when"),
    ("time-of-day-incomplete", timed(TimeOfDay(end="06:00")), "both from when and until when"),
    ("time-of-day-incomplete", timed(TimeOfDay(start="06:00", end="07:00", shift="Night")), "or the shift 'Night'"),
    ("policy-without-steps", with_chain(steps=[]), "at least in one step"),
    ("delay-negative", with_chain(steps=[step(CREW, -0.5)]), "Step 1 comes 0.5 minutes before"),
    ("delay-negative", with_chain(last_resort=LastResort(after_minutes=-1)), "The last resort comes after"),
    ("step-names-nobody", naming(), "Step 2 names nobody"),
    ("step-names-nobody", with_chain(last_resort=LastResort(notify=Notify())), "The last resort names nobody"),
    (
        "step-names-nobody",
        with_chain(mitigation=MitigationClock(within_minutes=1, notify=Notify())),
        "The mitigation clock names",
    ),
    ("team-unknown", naming(team_ids=[named("Gone")]), "Step 2 names the team"),
    ("team-empty", naming(team_ids=[named("Nobody")]), "Step 2 names Nobody, and nobody is in it"),
    ("member-unknown", naming(member_ids=[named("Gone")]), "who is not (or no longer) in this organisation"),
    ("member-may-not-respond", naming(member_ids=[named("Guest")]), "Step 2 names Guest, who may only read"),
    ("shift-role-unknown", naming(shift_roles=["electrician"]), "There are: on_shift, lead."),
    (
        "member-unknown",
        with_chain(last_resort=LastResort(notify=Notify(member_ids=[named("Gone")]))),
        "The last resort names",
    ),
    ("repeat-too-fast", with_chain(repeat=Repeat(times=1, every_minutes=0)), "more than 0"),
    ("repeat-too-fast", with_chain(repeat=Repeat(times=1, every_minutes=-1)), "more than 0"),
    ("clock-not-positive", with_chain(acknowledgement_expires_minutes=0), "An acknowledgement expires"),
    ("clock-not-positive", with_chain(acknowledgement_expires_minutes=-1), "An acknowledgement expires"),
    ("clock-not-positive", with_chain(mitigation=MitigationClock(within_minutes=0)), "to mitigate"),
]


@pytest.mark.parametrize(("reason", "wrong", "says"), REFUSED, ids=[f"{one[0]}-{n}" for n, one in enumerate(REFUSED)])
def test_a_policy_that_could_not_be_carried_out_is_refused(reason: str, wrong: Policy, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_policy(wrong, roster())
    assert refused.value.type == reason
    assert says in refused.value.detail
    assert refused.value.detail.endswith(".")


def fields_of(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize(("reason", "wrong"), [one[:2] for one in REFUSED])
def test_a_refusal_names_the_field_as_it_was_sent(reason: str, wrong: Policy) -> None:
    with pytest.raises(Refusal) as refused:
        check_policy(wrong, roster())
    ((field, problem),) = [(error["field"], error["problem"]) for error in refused.value.errors]
    assert problem == refused.value.detail
    sent = (models.EscalationPolicy, models.Conditions, models.Step, models.Repeat, models.Notify, models.TimeOfDay)
    known = set().union(*map(fields_of, (*sent, models.LastResort, models.MitigationClock)))
    assert {part for part in field.split(".") if not part.isdigit()} <= known


@pytest.mark.parametrize(
    "fine",
    [
        with_chain(),
        with_chain(repeat=Repeat(times=0, every_minutes=0)),
        with_chain(mitigation=None, acknowledgement_expires_minutes=None, last_resort=None, repeat=None),
        with_chain(mitigation=MitigationClock(within_minutes=0.1), last_resort=LastResort(after_minutes=0)),
        policy("P", areas=["Presses"], types=["press"], times=["FRI 22:00-06:00", "shift Dawn", ""], chain=GOOD),
        naming(shift_roles=["Supervisor", "crew"]),
    ],
)
def test_a_policy_that_can_be_carried_out_is_taken(fine: Policy) -> None:
    check_policy(fine, roster())


def quiet(one: TimeOfDay) -> FacilitySettings:
    hours = QuietHours(severity=[Severity.SEV3], time_of_day=[one])
    return FacilitySettings(facility_id=PLANT, quiet_hours=[hours], last_resort=CREW)


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ("facility-unknown", FacilitySettings(facility_id=named("Nowhere"))),
        ("time-of-day-incomplete", quiet(TimeOfDay(start="22:00"))),
        ("step-names-nobody", FacilitySettings(facility_id=PLANT, last_resort=Notify())),
        (
            "member-may-not-respond",
            FacilitySettings(facility_id=PLANT, last_resort=Notify(member_ids=[named("Guest")])),
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(reason: str, wrong: FacilitySettings) -> None:
    with pytest.raises(Refusal) as refused:
        check_settings(wrong, roster())
    assert refused.value.type == reason


def test_settings_that_make_sense_are_taken() -> None:
    check_settings(FacilitySettings(facility_id=PLANT), roster())
    check_settings(quiet(stretch("22:00-06:00")), roster())
