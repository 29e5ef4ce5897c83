"""When people are let sleep, and when nobody is called because work is done on the machine."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from policy_plant import CHICAGO, HELSINKI, OTHER_PLANT, PLAN, PLANT, named, roster, stretch, when

from haveri_contracts.escalation.models import FacilitySettings, MaintenanceWindow, QuietHours
from haveri_contracts.plain import Refusal, Severity
from haveri_escalation.domain import windows
from haveri_escalation.domain.quiet import LONGEST_HOLD, held_until
from haveri_shifts.plan import Plan


def quiet(*times: str, holidays: str = "any") -> FacilitySettings:
    hours = QuietHours(severity=[Severity.SEV3], time_of_day=[stretch(one, holidays) for one in times])
    return FacilitySettings(facility_id=PLANT, quiet_hours=[hours])


def held(settings: FacilitySettings | None, at: datetime, plan: Plan | None = PLAN) -> datetime | None:
    return held_until(settings, Severity.SEV3, at, plan)


def test_a_call_at_night_waits_until_the_morning() -> None:
    assert held(quiet("22:00-06:00"), when("2026-11-25 23:10")) == when("2026-11-26 06:00")
    assert held(quiet("22:00-06:00"), when("2026-11-26 05:59:59")) == when("2026-11-26 06:00")


def test_a_call_by_day_does_not_wait() -> None:
    assert held(quiet("22:00-06:00"), when("2026-11-25 21:59")) is None
    assert held(quiet("22:00-06:00"), when("2026-11-26 06:00")) is None
    assert held(None, when("2026-11-25 23:10")) is None
    assert held(FacilitySettings(facility_id=PLANT), when("2026-11-25 23:10")) is None


def test_only_the_severities_that_were_said_wait() -> None:
    assert held_until(quiet("22:00-06:00"), Severity.SEV1, when("2026-11-25 23:10"), PLAN) is None


def test_stretches_that_meet_are_one() -> None:
    assert held(quiet("22:00-06:00", "06:00-08:00"), when("2026-11-25 23:10")) == when("2026-11-26 08:00")


def test_a_weekend_is_quiet_until_monday() -> None:
    assert held(quiet("SAT SUN", "FRI 16:00-00:00"), when("2026-11-27 17:30")) == when("2026-11-30 00:00")


def test_holidays_are_quiet_one_after_the_other() -> None:
    at = when("2026-12-24 09:00")
    assert held(quiet("", holidays="only"), at) == when("2026-12-26 00:00")


def test_quiet_that_never_ends_holds_a_week_and_no_longer() -> None:
    at = when("2026-11-25 12:00")
    assert held(quiet(""), at) == at + timedelta(minutes=1) + LONGEST_HOLD


def test_a_shift_may_be_what_is_quiet() -> None:
    assert held(quiet("shift Night"), when("2026-11-25 23:10")) == when("2026-11-26 06:00")


@pytest.mark.parametrize(
    ("zone", "evening", "morning", "hours"),
    [
        (HELSINKI, "2026-10-24 22:00", "2026-10-25 06:00", 9),
        (HELSINKI, "2027-03-27 22:00", "2027-03-28 06:00", 7),
        (CHICAGO, "2026-10-31 22:00", "2026-11-01 06:00", 9),
        (CHICAGO, "2027-03-13 22:00", "2027-03-14 06:00", 7),
    ],
)
def test_nights_with_changed_clocks_end_when_the_clock_on_the_wall_says_so(zone, evening, morning, hours) -> None:
    begin, end = when(evening, zone), when(morning, zone)
    assert held(quiet("22:00-06:00"), begin, Plan(zone)) == end
    assert end - begin == timedelta(hours=hours)


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    settings = quiet("03:30-04:00")
    assert held(settings, when("2026-10-25 03:40")) == when("2026-10-25 03:00", second_time=True)
    assert held(settings, when("2026-10-25 03:40", second_time=True)) == when("2026-10-25 04:00")


def test_without_a_plan_quiet_hours_are_in_utc() -> None:
    at = datetime.fromisoformat("2026-11-25T23:10+00:00")
    assert held(quiet("22:00-06:00"), at, None) == datetime.fromisoformat("2026-11-26T06:00+00:00")


NOW = when("2026-11-25 12:00")
HOUR = timedelta(hours=1)


def window(name: str = "w", *, areas: str = "Presses", assets: str = "", begin: float = 0, end: float = 2, **more):
    values = {
        "id": named(name),
        "facility_id": PLANT,
        "area_ids": [named(one) for one in areas.split()],
        "asset_ids": [named(one) for one in assets.split(", ") if one],
        "starts_at": NOW + begin * HOUR,
        "ends_at": NOW + end * HOUR,
    }
    return MaintenanceWindow(**{**values, **more})


def silencing(*announced: MaintenanceWindow, areas: str = "Presses", assets: str = "", at: datetime = NOW):
    area_ids = frozenset(named(one) for one in areas.split())
    asset_ids = frozenset(named(one) for one in assets.split(", ") if one)
    return windows.silencing(announced, PLANT, area_ids, asset_ids, at)


def test_a_window_silences_its_areas_and_assets_while_it_lasts() -> None:
    work = window(assets="Press 1")
    assert silencing(work) is work
    assert silencing(work, areas="", assets="Press 1") is work
    assert silencing(work, areas="Ovens", assets="Oven 1") is None
    assert silencing(work, at=NOW - timedelta(microseconds=1)) is None
    assert silencing(work, at=NOW + 2 * HOUR - timedelta(microseconds=1)) is work
    assert silencing(work, at=NOW + 2 * HOUR) is None


def test_a_window_of_another_facility_silences_nothing_here() -> None:
    assert silencing(window(facility_id=OTHER_PLANT)) is None


def test_of_two_windows_the_last_to_end_counts() -> None:
    short, long = window("short", end=1), window("long", begin=-1, end=3)
    assert silencing(short, long) is silencing(long, short) is long


def test_a_chain_waits_while_it_is_silenced() -> None:
    def due(wait: float, *announced: MaintenanceWindow) -> float:
        return (windows.after_silence(announced, NOW, wait * HOUR) - NOW) / HOUR

    assert due(0.5) == 0.5
    assert due(0, window()) == 2
    assert due(0.5, window()) == 2.5
    assert due(0.5, window(begin=1)) == 0.5
    assert due(1, window(begin=1)) == 2
    assert due(1.5, window(begin=1)) == 2.5
    assert due(1.5, window("a", begin=1), window("b", begin=1.5, end=3)) == 3.5
    assert due(1.5, window("a", begin=1), window("b", begin=2.5, end=3)) == 3
    assert due(1.5, window("a", begin=1), window("b", begin=2.2, end=3)) == pytest.approx(3.3)
    assert due(1, window(begin=-3, end=-1)) == 1


REFUSED = {
    "facility-unknown": window(facility_id=named("Nowhere")),
    "window-ends-before-it-starts": window(begin=2, end=2),
    "window-is-over": window(begin=-2, end=0),
    "window-too-long": window(end=31 * 24 + 0.1),
    "window-without-place": window(areas=""),
    "area-unknown": window(areas="Lost"),
    "area-elsewhere": window(areas="Yard"),
    "asset-unknown": window(assets="Lost"),
    "asset-elsewhere": window(assets="Crane"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_window_that_makes_no_sense_is_refused(reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        windows.check_window(REFUSED[reason], roster(), NOW)
    assert refused.value.type == reason
    assert refused.value.detail.endswith(".")


def test_a_window_may_have_begun_and_may_last_a_month() -> None:
    windows.check_window(window(assets="Press 1", begin=-1), roster(), NOW)
    windows.check_window(window(end=31 * 24), roster(), NOW)
