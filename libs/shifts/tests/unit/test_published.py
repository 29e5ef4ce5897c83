"""The plan of what the directory publishes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haveri_contracts.directory import models, schedules
from haveri_shifts.calculation import on_shift
from haveri_shifts.patterns import KINDS
from haveri_shifts.published import filled, plan_of

TAMPERE = models.Facility(id=UUID(int=1), name="Tampere Works", timezone="Europe/Helsinki")
OULU = models.Facility(id=UUID(int=2), name="Oulu Works", timezone="Europe/Helsinki")
AINO, EERO, MIKKO = (UUID(int=number) for number in range(10, 13))
DAY = {"name": "Day", "from": "06:00", "to": "18:00"}
NIGHT = {"name": "Night", "from": "18:00", "to": "06:00"}
EIGHT_HOURS = [
    {"name": "Early", "from": "06:00", "to": "14:00"},
    {"name": "Late", "from": "14:00", "to": "22:00"},
    {"name": "Night", "from": "22:00", "to": "06:00"},
]
NOON = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)


def team(number: int, *members: UUID, facility: models.Facility = TAMPERE, **shift_info: object) -> models.Team:
    return models.Team.model_validate(
        {
            "id": UUID(int=number),
            "name": f"Crew {number}",
            "facility_id": facility.id,
            "member_ids": members,
            "shift_info": shift_info,
        }
    )


def rotation(kind: str, slots: list[dict[str, str]], *crews: dict[str, object], **more: object) -> schedules.Rotation:
    return schedules.Rotation.model_validate(
        {
            "id": UUID(int=50),
            "facility_id": TAMPERE.id,
            "name": "Line 1",
            "kind": kind,
            "first_day": date(2026, 1, 1),
            "slots": slots,
            "crews": crews,
            **more,
        }
    )


def crew(number: int, **more: object) -> dict[str, object]:
    return {"team_id": UUID(int=number), **more}


def override(**more: object) -> schedules.ShiftChange:
    return schedules.ShiftChange.model_validate(
        {
            "id": UUID(int=70),
            "team_id": UUID(int=100),
            "kind": "override",
            "member_id": AINO,
            "substitute_id": MIKKO,
            "starts_at": datetime(2026, 6, 3, tzinfo=UTC),
            "ends_at": datetime(2026, 6, 4, tzinfo=UTC),
            **more,
        }
    )


def test_published_team_works_its_weekly_shifts_with_its_roles():
    crew_a = team(100, AINO, EERO, shifts=[DAY], roles=[{"role": "Lead", "member_ids": [AINO]}])
    plan = plan_of(TAMPERE, [crew_a], [], [], None)
    assert plan.zone == ZoneInfo("Europe/Helsinki")
    assert [(duty.member_id, duty.shift, duty.roles) for duty in on_shift(plan, NOON)] == [
        (AINO, "Day", {"lead"}),
        (EERO, "Day", set()),
    ]


def test_plan_holds_what_is_the_facilitys_only():
    crew_a, elsewhere = team(100, AINO, shifts=[DAY]), team(101, EERO, facility=OULU, shifts=[DAY])
    in_oulu = rotation("fixed", [DAY], crew(101)).model_copy(update={"facility_id": OULU.id})
    plan = plan_of(TAMPERE, [crew_a, elsewhere], [in_oulu], [override(team_id=UUID(int=101))], None)
    assert ([own.id for own in plan.teams], plan.rotations, plan.changes) == ([crew_a.id], (), ())


def test_change_takes_effect_once_it_is_accepted():
    crew_a = team(100, AINO, shifts=[DAY])
    asked = plan_of(TAMPERE, [crew_a], [], [override(accepted=False)], None)
    agreed = plan_of(TAMPERE, [crew_a], [], [override(accepted=True)], None)
    assert [duty.member_id for duty in on_shift(asked, NOON)] == [AINO]
    assert [duty.member_id for duty in on_shift(agreed, NOON)] == [MIKKO]


def test_swap_comes_with_what_is_given_in_return():
    back = {"starts_at": datetime(2026, 6, 8, tzinfo=UTC), "ends_at": datetime(2026, 6, 9, tzinfo=UTC)}
    crews = [team(100, AINO, shifts=[DAY]), team(101, MIKKO, shifts=[DAY])]
    plan = plan_of(TAMPERE, crews, [], [override(kind="swap", return_stretch=back)], None)
    assert [duty.member_id for duty in on_shift(plan, datetime(2026, 6, 8, 9, tzinfo=UTC))] == [AINO, AINO]


def test_published_holidays_rest_what_rests_on_them():
    resting = {**DAY, "rests_on_holidays": True}
    calendar = schedules.HolidayCalendar(
        facility_id=TAMPERE.id, holidays=[schedules.Holiday(date=date(2026, 6, 3), name="Plant's birthday")]
    )
    assert on_shift(plan_of(TAMPERE, [team(100, AINO, shifts=[resting])], [], [], calendar), NOON) == []


@pytest.mark.parametrize(("slots", "crews"), [([DAY, NIGHT], 4), ([DAY], 2)])
def test_rotation_of_a_known_kind_works_without_saying_its_pattern(slots, crews):
    said = rotation("2-2-3", slots, *(crew(100 + number) for number in range(crews)))
    teams = [team(100 + number, UUID(int=200 + number)) for number in range(crews)]
    assert len(on_shift(plan_of(TAMPERE, teams, [said], [], None), NOON)) == 1


def test_pattern_that_crews_share_is_the_rotations_own():
    said = filled(rotation("4-on-4-off", [DAY, NIGHT], *(crew(100 + number) for number in range(4))))
    assert len(said.pattern) == 16
    assert [(own.pattern, own.offset_days) for own in said.crews] == [([], 0), ([], 8), ([], 4), ([], 12)]


def test_crews_whose_patterns_differ_have_their_own():
    said = filled(rotation("2-2-3", [DAY, NIGHT], *(crew(100 + number) for number in range(4))))
    assert said.pattern == []
    assert [own.pattern[0] for own in said.crews] == ["Day", "Day", "Night", "Night"]


def test_offsets_and_patterns_that_were_said_are_kept():
    said = filled(rotation("4-on-4-off", [DAY], crew(100, offset_days=3), crew(101, offset_days=7)))
    assert [own.offset_days for own in said.crews] == [3, 7]
    own = rotation("custom", [DAY], crew(100, pattern=["Day", None]), crew(101, pattern=[None, "Day"]))
    assert filled(own) == own


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(KINDS), slots=st.sampled_from([[DAY], [DAY, NIGHT], EIGHT_HOURS]), crews=st.integers(1, 6))
def test_rotation_that_was_filled_stays_as_it_is(kind, slots, crews):
    said = rotation(kind, slots, *(crew(100 + number) for number in range(crews)))
    try:
        once = filled(said)
    except ValueError:
        return
    assert filled(once) == once


def test_rotation_that_does_not_fit_its_kind_is_refused_at_the_door_and_spoils_no_plan():
    odd = rotation("three-shift", [DAY, NIGHT], crew(100))
    with pytest.raises(ValueError, match="this one has 2 shifts"):
        filled(odd)
    plan = plan_of(TAMPERE, [team(100, AINO, shifts=[DAY])], [odd], [], None)
    assert [duty.member_id for duty in on_shift(plan, NOON)] == [AINO]
