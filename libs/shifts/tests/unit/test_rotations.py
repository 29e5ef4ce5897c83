"""Rotations of the kinds that plants run: every slot of every day is worked by exactly one crew."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shift_plans import (
    DAY_12,
    EARLY,
    LATE,
    NIGHT,
    NIGHT_12,
    ROUND_THE_CLOCK,
    ROUND_THE_CLOCK_KINDS,
    TAMPERE,
    plan_with,
    rotation_of,
)

from haveri_shifts.calculation import duties, on_shift
from haveri_shifts.patterns import KINDS, crew_patterns
from haveri_shifts.plan import Crew, Plan, Rotation

TEN_YEARS = (datetime(2024, 1, 10, tzinfo=UTC), datetime(2034, 1, 10, tzinfo=UTC))
# Clocks that change in both halves of the year, by half an hour, round Ramadan, at midnight, never.
PLANTS_IN = [
    "Europe/Helsinki",
    "America/Chicago",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kolkata",
    "UTC",
]
KIND_NAMES = [f"{kind} with {crews}" for kind, _, crews in ROUND_THE_CLOCK_KINDS]


@pytest.mark.parametrize(("kind", "slots", "crews"), ROUND_THE_CLOCK_KINDS, ids=KIND_NAMES)
@pytest.mark.parametrize("zone", PLANTS_IN)
def test_rotation_leaves_no_gap_and_no_overlap_in_ten_years(zone, kind, slots, crews):
    assert_covered_exactly_once(plan_with(rotation_of(kind, slots, crews), ZoneInfo(zone)), *TEN_YEARS)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(ROUND_THE_CLOCK_KINDS),
    zone=st.sampled_from(sorted(available_timezones())),
    first_day=st.dates(date(1850, 1, 1), date(2150, 1, 1)),
)
def test_rotation_leaves_no_gap_and_no_overlap_in_any_zone_whenever_it_began(kind, zone, first_day):
    start = datetime.combine(first_day, datetime.min.time(), UTC) + timedelta(days=4)
    rotation = rotation_of(*kind, first_day=first_day)
    assert_covered_exactly_once(plan_with(rotation, ZoneInfo(zone)), start, start + timedelta(days=400))


def assert_covered_exactly_once(plan: Plan, start: datetime, end: datetime) -> None:
    worked = duties(plan, start, end)
    assert worked[0].starts_at <= start
    assert end <= worked[-1].ends_at
    for duty, following in pairwise(worked):
        assert duty.ends_at == following.starts_at, (duty, following)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(ROUND_THE_CLOCK_KINDS),
    zone=st.sampled_from(PLANTS_IN),
    at=st.datetimes(datetime(2024, 1, 10), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_who_is_on_shift_is_whose_duty_is_under_way(kind, zone, at):
    plan = plan_with(rotation_of(*kind), ZoneInfo(zone))
    under_way = [duty for duty in duties(plan, at, at + timedelta(microseconds=1)) if duty.starts_at <= at]
    assert on_shift(plan, at) == under_way
    assert len(under_way) == 1


@pytest.mark.parametrize(("kind", "slots", "crews"), ROUND_THE_CLOCK_KINDS, ids=KIND_NAMES)
def test_crews_of_a_rotation_work_the_same_number_of_days(kind, slots, crews):
    patterns = [own.pattern for own in crew_patterns(kind, slots, crews)]
    assert len({sum(slot is not None for slot in pattern) for pattern in patterns}) == 1


@pytest.mark.parametrize("crews", [3, 4, 5])
def test_crew_rests_for_eight_hours_between_two_shifts_of_a_three_shift_rotation(crews):
    plan = plan_with(rotation_of("three-shift", (EARLY, LATE, NIGHT), crews), TAMPERE)
    worked = duties(plan, datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC))
    for team in plan.teams:
        own = [duty for duty in worked if duty.team_id == team.id]
        assert all(later.starts_at - earlier.ends_at >= timedelta(hours=8) for earlier, later in pairwise(own))


def test_fixed_crews_always_work_their_own_slot():
    assert [own.pattern for own in crew_patterns("fixed", (NIGHT_12, DAY_12), 2)] == [("Day",), ("Night",)]


def test_two_two_three_has_two_crews_by_day_and_two_by_night_with_every_other_weekend_off():
    crews = crew_patterns("2-2-3", (DAY_12, NIGHT_12), 4)
    assert "".join("D" if slot else "-" for slot in crews[0].pattern) == "DD--DDD--DD---"
    assert [(set(crew.pattern), crew.offset_days) for crew in crews] == [
        ({"Day", None}, 0),
        ({"Day", None}, 7),
        ({"Night", None}, 0),
        ({"Night", None}, 7),
    ]


def test_four_on_four_off_takes_turns_between_day_and_night():
    crews = crew_patterns("4-on-4-off", (DAY_12, NIGHT_12), 4)
    assert "".join(slot[0] if slot else "-" for slot in crews[0].pattern) == "DDDD----NNNN----"
    assert [crew.offset_days for crew in crews] == [0, 8, 4, 12]


def test_three_crews_change_shift_every_week_and_begin_with_early_late_and_night():
    crews = crew_patterns("three-shift", (NIGHT, EARLY, LATE), 3)
    assert [crew.pattern[crew.offset_days] for crew in crews] == ["Early", "Late", "Night"]
    assert all(Counter(crew.pattern) == {"Early": 7, "Late": 7, "Night": 7} for crew in crews)


@pytest.mark.parametrize(("crews", "cycle"), [(4, "EELLNN--"), (5, "EELLNN----")])
def test_four_and_five_crews_work_two_of_each_and_rest(crews, cycle):
    for crew in crew_patterns("three-shift", (EARLY, LATE, NIGHT), crews):
        assert "".join(slot[0] if slot else "-" for slot in crew.pattern) == cycle


def test_pattern_of_ones_own_rests_at_the_weekend():
    # A three-shift rotation from Monday to Friday, which plants write themselves.
    week = ("Early",) * 5 + (None,) * 2 + ("Late",) * 5 + (None,) * 2
    crews = tuple(Crew(team.team_id, week, offset) for team, offset in zip(_two_crews(), (0, 7), strict=True))
    plan = plan_with(
        Rotation(_two_crews()[0].team_id, "Weekdays", date(2026, 6, 1), None, (EARLY, LATE), crews), TAMPERE
    )
    days = {duty.starts_at.astimezone(TAMPERE).weekday() for duty in _june(plan)}
    assert days == {0, 1, 2, 3, 4}


def test_rotation_works_from_its_first_day_to_its_last():
    rotation = rotation_of("fixed", (DAY_12, NIGHT_12), 2, date(2026, 6, 3))
    ended = Rotation(rotation.id, "Ended", rotation.first_day, date(2026, 6, 5), rotation.slots, rotation.crews)
    days = [duty.starts_at.astimezone(TAMPERE).day for duty in _june(plan_with(ended, TAMPERE))]
    assert days == [3, 3, 4, 4, 5, 5]


def test_rotation_that_rests_on_holidays_goes_on_afterwards_as_if_it_had_not():
    rotation = rotation_of("4-on-4-off", (ROUND_THE_CLOCK,), 2, date(2026, 6, 1))
    resting = Rotation(rotation.id, "Resting", rotation.first_day, None, rotation.slots, rotation.crews, True)
    holidays = frozenset({date(2026, 6, 19), date(2026, 6, 20)})
    worked = _june(plan_with(rotation, TAMPERE))
    rested = _june(plan_with(resting, TAMPERE, holidays))
    assert rested == [duty for duty in worked if duty.starts_at.astimezone(TAMPERE).date() not in holidays]


def test_crew_whose_team_is_gone_works_nowhere():
    plan = plan_with(rotation_of("fixed", (DAY_12, NIGHT_12), 2), TAMPERE)
    assert {duty.team_id for duty in _june(Plan(TAMPERE, plan.teams[:1], plan.rotations))} == {plan.teams[0].id}


@pytest.mark.parametrize(
    ("kind", "slots", "crews", "sentence"),
    [
        ("fixed", (DAY_12, NIGHT_12), 3, "one crew for each of its shifts; this one has 3 crews"),
        ("2-2-3", (DAY_12, NIGHT_12), 3, "two crews for each of its shifts; this one has 3 crews"),
        ("2-2-3", (EARLY, LATE, NIGHT), 6, "one or two shifts, for example day and night; this one has 3 shifts"),
        ("4-on-4-off", (DAY_12,), 1, "two crews for each of its shifts; this one has 1 crew"),
        (
            "three-shift",
            (DAY_12, NIGHT_12),
            4,
            "three shifts, for example early, late and night; this one has 2 shifts",
        ),
        ("three-shift", (EARLY, LATE, NIGHT), 2, "three, four or five crews; this one has 2 crews"),
        ("custom", (DAY_12,), 1, "A custom rotation says its own pattern"),
        ("5-on-2-off", (DAY_12,), 1, '"5-on-2-off" is no kind of rotation. The kinds are fixed, 2-2-3'),
        ("fixed", (DAY_12, DAY_12), 2, 'Two shifts of the rotation are called "Day"'),
    ],
)
def test_planner_is_told_what_a_kind_of_rotation_needs(kind, slots, crews, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        crew_patterns(kind, slots, crews)


def test_every_kind_of_the_contract_is_known_here():
    from haveri_contracts.directory.schedules import RotationKind

    assert {kind.value for kind in RotationKind} == set(KINDS)


def _two_crews() -> tuple[Crew, ...]:
    return rotation_of("fixed", (EARLY, LATE), 2).crews


def _june(plan: Plan) -> list:
    return duties(plan, datetime(2026, 5, 31, 21, tzinfo=UTC), datetime(2026, 6, 30, tzinfo=UTC))
