"""What a planner is told about a rotation or a change that cannot be right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from uuid import UUID

import pytest
from shift_plans import (
    CREW_A,
    CREW_B,
    DAY_12,
    EARLY,
    EERO,
    HENNA,
    LATE,
    LIISA,
    MIKKO,
    NIGHT,
    NIGHT_12,
    ROUND_THE_CLOCK_KINDS,
    change,
    june,
    plant,
    rotation_of,
)

from haveri_shifts.change_rules import overlapping_duties, swap_cycle
from haveri_shifts.plan import Crew, Rotation, Slot
from haveri_shifts.rotation_rules import Fault, rotation_findings

NAMES = {CREW_A: "Crew A", CREW_B: "Crew B"}
FIRST = date(2026, 6, 1)


def rotation(slots: tuple[Slot, ...], *patterns: tuple[str | None, ...], last_day: date | None = None) -> Rotation:
    crews = tuple(Crew(team, pattern) for team, pattern in zip((CREW_A, CREW_B), patterns, strict=False))
    return Rotation(UUID(int=9), "Line 1", FIRST, last_day, slots, crews)


def sentences(checked: Rotation) -> list[str]:
    return [finding.sentence for finding in rotation_findings(checked, NAMES)]


@pytest.mark.parametrize(("kind", "slots", "crews"), ROUND_THE_CLOCK_KINDS)
def test_known_kinds_are_found_faultless(kind, slots, crews):
    assert rotation_findings(rotation_of(kind, slots, crews), {}) == []


def test_planner_is_told_of_a_slot_that_is_not_there():
    assert sentences(rotation((DAY_12, NIGHT_12), ("Day", None), ("Nite", "Day"))) == [
        'The pattern of Crew B names "Nite", which is no shift of this rotation. Its shifts are Day and Night.'
    ]


def test_planner_is_told_when_two_crews_work_the_same_slot():
    assert sentences(rotation((DAY_12,), ("Day",), ("Day", "Day", None))) == [
        'Crew A and Crew B both work "Day" on 2026-06-01 and 1 more day of the cycle.'
    ]


def test_planner_is_told_of_a_slot_that_nobody_works():
    found = rotation_findings(rotation((DAY_12, NIGHT_12), ("Day",), ("Night", "Night", None, None)), NAMES)
    assert [finding.fault for finding in found] == [Fault.GAP]
    assert found[0].sentence == 'Nobody works "Night" on 2026-06-03 and 1 more day of the cycle.'


def test_day_on_which_the_whole_rotation_rests_is_no_gap():
    weekdays = ("Day",) * 5 + (None,) * 2
    assert sentences(rotation((DAY_12,), weekdays)) == []


def test_planner_is_told_when_a_crew_would_have_to_be_in_two_shifts_at_once():
    long_night = Slot("Night", time(18), time(7))
    assert sentences(rotation((DAY_12, long_night), ("Night", "Day"), ("Day", "Night"))) == [
        'Crew A would still work "Night" until 07:00 when its "Day" begins at 06:00 on 2026-06-02.',
        'Crew B would still work "Night" until 07:00 when its "Day" begins at 06:00 on 2026-06-03.',
    ]


def test_planner_is_told_of_a_crew_that_is_in_the_rotation_twice_or_has_no_pattern():
    twice = rotation((EARLY, LATE), ("Early",), ())
    twice = replace(twice, crews=(*twice.crews, Crew(CREW_A, ("Late",))))
    assert sentences(twice) == [
        "Crew B has no pattern, so it would never work.",
        "Crew A is in the rotation twice.",
    ]


def test_planner_is_told_when_the_last_day_is_before_the_first():
    (sentence,) = sentences(rotation((DAY_12,), ("Day",), last_day=date(2026, 5, 31)))
    assert sentence == "The rotation ends on 2026-05-31, before it begins on 2026-06-01."


def test_rotation_at_the_end_of_the_calendar_is_judged_like_any_other():
    last = replace(rotation((NIGHT,), ("Night", None), ("Night",)), first_day=date(9999, 12, 28))
    assert [finding.fault for finding in rotation_findings(last, NAMES)] == [Fault.CREWS_OVERLAP]


def test_cycle_of_swaps_is_found_whoever_closes_it():
    day = (june(3, 6), june(3, 18))
    eero_to_henna = change("swap", *day, member_id=EERO, substitute_id=HENNA)
    henna_to_mikko = change("override", *day, member_id=HENNA, substitute_id=MIKKO)
    mikko_to_eero = change("swap", *day, member_id=MIKKO, substitute_id=EERO)
    circle = [eero_to_henna, henna_to_mikko, mikko_to_eero]
    for number, new in enumerate(circle):
        others = [other for other in circle if other is not new]
        assert swap_cycle(others, new) == [*circle[number:], *circle[:number]]
        assert swap_cycle(others[:1], new) == []


def test_two_who_give_each_other_the_same_shift_are_a_cycle_too():
    given = change("override", june(3), june(4), member_id=EERO, substitute_id=HENNA)
    given_back = change("override", june(3, 12), june(5), member_id=HENNA, substitute_id=EERO)
    assert swap_cycle([given], given_back) == [given_back, given]


def test_swaps_one_after_the_other_or_in_other_crews_are_no_cycle():
    monday = change("override", june(1), june(2), member_id=EERO, substitute_id=HENNA)
    tuesday = change("override", june(2), june(3), member_id=HENNA, substitute_id=EERO)
    elsewhere = change("override", june(1), june(2), team_id=CREW_B, member_id=HENNA, substitute_id=EERO)
    assert swap_cycle([monday], tuesday) == []
    assert swap_cycle([monday], elsewhere) == []


def test_three_changes_that_never_meet_at_one_moment_are_no_cycle():
    first = change("override", june(1), june(3), member_id=EERO, substitute_id=HENNA)
    second = change("override", june(2), june(5), member_id=HENNA, substitute_id=MIKKO)
    third = change("override", june(4), june(6), member_id=MIKKO, substitute_id=EERO)
    assert swap_cycle([first, second], third) == []


def test_ordinary_swap_of_two_shifts_is_no_cycle_and_closing_it_through_its_return_is():
    swap = change("swap", june(3), june(4), member_id=EERO, substitute_id=LIISA, returned=(june(8), june(9)))
    assert swap_cycle([], swap) == []
    back = change("override", june(8), june(9), member_id=EERO, substitute_id=LIISA)
    assert swap_cycle([swap], back) == [back, swap]


def test_many_swaps_in_one_night_are_judged_at_once():
    night = (june(3), june(4))
    people = [UUID(int=number) for number in range(60)]
    everybody_to_everybody_after = [
        change("override", *night, member_id=one, substitute_id=other)
        for number, one in enumerate(people)
        for other in people[number + 1 :]
    ]
    assert swap_cycle(everybody_to_everybody_after[1:], everybody_to_everybody_after[0]) == []


def test_assignment_that_overlaps_another_duty_of_the_member_is_found_in_any_crew():
    extra = change("assignment", june(3, 17), june(3, 20), team_id=CREW_B, member_id=EERO, shift="Audit")
    for plan in (plant(), plant(extra)):
        assert [(duty.team_id, duty.shift) for duty in overlapping_duties(plan, extra)] == [(CREW_A, "Day")]
    touching = change("assignment", june(3, 18), june(3, 20), team_id=CREW_B, member_id=EERO, shift="Audit")
    assert overlapping_duties(plant(), touching) == []


def test_assignment_in_place_of_a_shift_that_was_given_away_overlaps_nothing():
    given = change("override", june(3), june(4), member_id=EERO, substitute_id=MIKKO)
    extra = change("assignment", june(3, 17), june(3, 20), team_id=CREW_B, member_id=EERO, shift="Audit")
    assert overlapping_duties(plant(given), extra) == []
