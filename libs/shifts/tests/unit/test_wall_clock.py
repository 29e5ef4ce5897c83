"""Shifts begin and end when the clock on the wall says so, the nights on which clocks are changed included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shift_plans import AINO, CREW_A, EERO, EVERY_DAY

from haveri_shifts.calculation import duties, first_moment, on_shift, shift_is_on, stretch_of
from haveri_shifts.plan import Plan, Team, WeeklyShift

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones())
MOMENTS = st.integers(-5_000_000_000, 7_000_000_000).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
MORNING = WeeklyShift("Morning", EVERY_DAY, time(6), time(14))
AFTERNOON = WeeklyShift("Afternoon", EVERY_DAY, time(14), time(22))
NIGHT = WeeklyShift("Night", EVERY_DAY, time(22), time(6))
THREE_SHIFTS = (MORNING, AFTERNOON, NIGHT)


def on_the_wall(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC).replace(tzinfo=None)


def team_with(*shifts: WeeklyShift, zone: ZoneInfo = BERLIN, holidays: frozenset[date] = frozenset()) -> Plan:
    return Plan(zone, (Team(CREW_A, "Crew A", (AINO,), shifts),), holidays=holidays)


def hours_of_night(day: date) -> float:
    start, end = stretch_of(day, NIGHT.start, NIGHT.end, BERLIN)
    return (end - start) / timedelta(hours=1)


def test_night_shift_lasts_seven_hours_when_clocks_go_forward():
    assert hours_of_night(date(2026, 3, 28)) == 7


def test_night_shift_lasts_nine_hours_when_clocks_go_back():
    assert hours_of_night(date(2026, 10, 24)) == 9


def test_night_shift_lasts_eight_hours_on_every_other_night():
    assert hours_of_night(date(2026, 6, 1)) == 8


def test_shift_that_starts_at_a_skipped_time_starts_when_clocks_are_changed():
    assert first_moment(on_the_wall(2026, 3, 29, 2, 30), BERLIN) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_shift_that_starts_at_a_time_that_comes_twice_starts_the_first_time():
    assert first_moment(on_the_wall(2026, 10, 25, 2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_shift_that_clocks_skip_altogether_is_worked_by_nobody():
    skipped = team_with(WeeklyShift("Check", EVERY_DAY, time(2, 10), time(2, 50)))
    assert duties(skipped, datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 3, 30, tzinfo=BERLIN)) == []


def test_day_that_an_island_skipped_has_no_shifts_and_loses_nobody():
    apia = ZoneInfo("Pacific/Apia")
    skipped = [stretch_of(date(2011, 12, 30), shift.start, shift.end, apia) for shift in (MORNING, AFTERNOON)]
    assert [end - start for start, end in skipped] == [timedelta(0), timedelta(0)]
    assert_covered_exactly_once(apia, datetime(2011, 12, 27, tzinfo=UTC), 7)


@settings(max_examples=60, deadline=None)
@given(zone=st.sampled_from(ZONES), year=st.integers(1800, 2200))
def test_three_shifts_cover_every_moment_of_any_year_in_any_zone_exactly_once(zone, year):
    assert_covered_exactly_once(ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC), 366)


def assert_covered_exactly_once(zone: ZoneInfo, first: datetime, days: int) -> None:
    last = first + timedelta(days=days)
    worked = duties(team_with(*THREE_SHIFTS, zone=zone), first, last)
    assert worked[0].starts_at <= first
    assert last <= worked[-1].ends_at
    assert all(duty.starts_at < duty.ends_at for duty in worked)
    for duty, following in pairwise(worked):
        assert duty.ends_at == following.starts_at


@settings(max_examples=300, deadline=None)
@given(zone=st.sampled_from(ZONES), at=MOMENTS)
def test_exactly_one_of_three_shifts_is_under_way_at_any_moment(zone, at):
    plan = team_with(*THREE_SHIFTS, zone=ZoneInfo(zone))
    (duty,) = on_shift(plan, at)
    assert [shift.name for shift in THREE_SHIFTS if shift_is_on(plan, shift.name.upper(), at)] == [duty.shift]


@pytest.mark.parametrize("year", [1, 9999])
def test_nobody_is_on_shift_at_the_ends_of_the_calendar(year):
    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    plan = team_with(*THREE_SHIFTS)
    assert on_shift(plan, first) == on_shift(plan, last) == duties(plan, first, last) == []
    assert not shift_is_on(plan, "Night", first)


def test_saturdays_night_shift_is_still_on_in_the_small_hours_of_sunday():
    saturday_night = team_with(WeeklyShift("Night", frozenset({5}), time(22), time(6)))
    assert on_shift(saturday_night, datetime(2026, 6, 7, 5, 59, tzinfo=BERLIN))
    assert not on_shift(saturday_night, datetime(2026, 6, 7, 22, 0, tzinfo=BERLIN))


def test_shift_that_ends_when_it_starts_lasts_until_the_next_day():
    weekend = team_with(WeeklyShift("Weekend", frozenset({5}), time(7), time(7)))
    assert on_shift(weekend, datetime(2026, 6, 7, 6, 59, tzinfo=BERLIN))
    assert not on_shift(weekend, datetime(2026, 6, 7, 7, 0, tzinfo=BERLIN))


def test_shift_without_members_is_worked_by_the_whole_team_and_one_with_members_by_them():
    on_call = WeeklyShift("On call", EVERY_DAY, time(7), time(7), (EERO,))
    day = WeeklyShift("Day", EVERY_DAY, time(6), time(18))
    plan = Plan(BERLIN, (Team(CREW_A, "Crew A", (AINO, EERO), (day, on_call)),))
    found = on_shift(plan, datetime(2026, 6, 1, 10, 0, tzinfo=UTC))
    assert [(duty.member_id, duty.shift) for duty in found] == [(AINO, "Day"), (EERO, "Day"), (EERO, "On call")]


def test_shift_that_rests_on_holidays_does_not_start_on_one_but_the_one_of_the_eve_ends_in_it():
    christmas = date(2026, 12, 25)
    night = WeeklyShift("Night", EVERY_DAY, time(22), time(6), rests_on_holidays=True)
    plan = team_with(night, MORNING, holidays=frozenset({christmas}))
    assert [duty.shift for duty in on_shift(plan, datetime(2026, 12, 25, 5, 0, tzinfo=BERLIN))] == ["Night"]
    assert on_shift(plan, datetime(2026, 12, 25, 23, 0, tzinfo=BERLIN)) == []
    assert not shift_is_on(plan, "Night", datetime(2026, 12, 25, 23, 0, tzinfo=BERLIN))
    assert [duty.shift for duty in on_shift(plan, datetime(2026, 12, 25, 9, 0, tzinfo=BERLIN))] == ["Morning"]


def test_plan_remembers_only_so_many_days_and_answers_the_same_afterwards():
    plan = team_with(*THREE_SHIFTS)
    moments = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(1200)]
    first = [on_shift(plan, at) for at in moments]
    assert len(plan.memo) <= 500
    assert [on_shift(plan, at) for at in moments] == first
    assert plan == team_with(*THREE_SHIFTS)
