"""Who is on shift, on every day of the year, the nights on which clocks are changed included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haveri_directory.domain.shifts import Crew, ShiftTimes, first_moment, on_shift, shifts_at, stretches

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVERY_DAY = frozenset(range(7))
THREE_SHIFTS = [
    ShiftTimes("morning", EVERY_DAY, time(6), time(14)),
    ShiftTimes("afternoon", EVERY_DAY, time(14), time(22)),
    ShiftTimes("night", EVERY_DAY, time(22), time(6)),
]
NIGHT = THREE_SHIFTS[2]
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones())
MOMENTS = st.integers(-5_000_000_000, 7_000_000_000).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
HELENA, OTTO = UUID(int=1), UUID(int=2)


def on_the_wall(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC).replace(tzinfo=None)


def hours_of_night(day: date) -> float:
    start, end = next(stretches(NIGHT, BERLIN, day, 1))
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


def test_day_that_an_island_skipped_has_no_shifts_and_loses_nobody():
    apia = ZoneInfo("Pacific/Apia")
    lengths = [end - start for shift in THREE_SHIFTS for start, end in stretches(shift, apia, date(2011, 12, 30), 1)]
    assert lengths[:2] == [timedelta(0), timedelta(0)]
    assert_covered_exactly_once(apia, date(2011, 12, 27), 7)


@settings(max_examples=60, deadline=None)
@given(zone=st.sampled_from(ZONES), year=st.integers(1800, 2200))
def test_three_shifts_cover_every_moment_of_any_year_in_any_zone_exactly_once(zone, year):
    assert_covered_exactly_once(ZoneInfo(zone), date(year, 1, 1), 366)


def assert_covered_exactly_once(zone: ZoneInfo, first: date, days: int) -> None:
    found = sorted(stretch for shift in THREE_SHIFTS for stretch in stretches(shift, zone, first, days))
    worked = [(start, end) for start, end in found if start != end]
    assert all(start < end for start, end in worked)
    for (_, end), (next_start, _) in pairwise(worked):
        assert end == next_start


@settings(max_examples=300, deadline=None)
@given(zone=st.sampled_from(ZONES), at=MOMENTS)
def test_exactly_one_of_three_shifts_is_under_way_at_any_moment(zone, at):
    assert len(shifts_at(THREE_SHIFTS, ZoneInfo(zone), at)) == 1


@pytest.mark.parametrize("year", [1, 9999])
def test_nobody_is_on_shift_at_the_ends_of_the_calendar(year):
    assert shifts_at(THREE_SHIFTS, BERLIN, datetime(year, 1, 1, tzinfo=UTC)) == []
    assert shifts_at(THREE_SHIFTS, BERLIN, datetime(year, 12, 31, 23, 59, tzinfo=UTC)) == []


def test_saturdays_night_shift_is_still_on_in_the_small_hours_of_sunday():
    saturday_night = ShiftTimes("night", frozenset({5}), time(22), time(6))
    assert shifts_at([saturday_night], BERLIN, datetime(2026, 6, 7, 5, 59, tzinfo=BERLIN))
    assert not shifts_at([saturday_night], BERLIN, datetime(2026, 6, 7, 22, 0, tzinfo=BERLIN))


def test_shift_that_ends_when_it_starts_lasts_until_the_next_day():
    weekend = ShiftTimes("weekend", frozenset({5}), time(7), time(7))
    assert shifts_at([weekend], BERLIN, datetime(2026, 6, 7, 6, 59, tzinfo=BERLIN))
    assert not shifts_at([weekend], BERLIN, datetime(2026, 6, 7, 7, 0, tzinfo=BERLIN))


def test_shift_without_members_is_worked_by_the_whole_team_and_one_with_members_by_them():
    on_call = ShiftTimes("on call", EVERY_DAY, time(0), time(0), (OTTO,))
    day = ShiftTimes("day", EVERY_DAY, time(6), time(18))
    crew = Crew(UUID(int=9), (HELENA, OTTO), (day, on_call))
    duties = on_shift([crew], BERLIN, datetime(2026, 6, 1, 10, 0, tzinfo=UTC))
    assert [(duty.member_id, duty.shift) for duty in duties] == [(HELENA, "day"), (OTTO, "day"), (OTTO, "on call")]
