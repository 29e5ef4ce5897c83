"""The calendar's grid: shifts that changes cut, nights, and weeks in which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from haveri_contracts.directory.models import DutyOrigin, Team
from haveri_contracts.directory.schedules import ScheduledShift, ShiftChange
from haveri_web.shifts.calendar import Block, Row, Week, monday_of

HELSINKI = ZoneInfo("Europe/Helsinki")
TEAM = Team(id=UUID(int=1), name="Crew A", facility_id=UUID(int=2))
SANNA, TIMO, MIKKO = (UUID(int=number) for number in (11, 12, 13))
NAMES = {SANNA: "Sanna Virtanen", TIMO: "Timo Nieminen", MIKKO: "Mikko Laine"}
CHANGE = UUID(int=99)


def _local(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=HELSINKI).astimezone(UTC)


def _turn(
    member_id: UUID,
    start: datetime,
    hours: float,
    shift: str = "Night",
    origin: DutyOrigin = DutyOrigin.ROTATION,
    change_id: UUID | None = None,
) -> ScheduledShift:
    return ScheduledShift(
        member_id=member_id, team_id=TEAM.id, shift=shift, starts_at=start, ends_at=start + timedelta(hours=hours),
        origin=origin, change_id=change_id,
    )  # fmt: skip


def _row(*turns: ScheduledShift, change: ShiftChange | None = None) -> Row:
    week = Week(
        zone=HELSINKI, monday=date(2026, 11, 23), chosen=date(2026, 11, 23), now=_local(23, 8), me=SANNA, names=NAMES,
        changes={change.id: change} if change else {},
    )  # fmt: skip
    return week.rows([TEAM], turns)[0]


def _blocks(row: Row) -> list[tuple[int, Block]]:
    return [(cell.day.date.day, block) for cell in row.cells for block in cell.blocks]


def test_half_a_night_taken_over_stays_one_night_with_two_people() -> None:
    change = ShiftChange(
        id=CHANGE, team_id=TEAM.id, kind="override", member_id=TIMO, substitute_id=SANNA,
        starts_at=_local(27, 22), ends_at=_local(28, 2),
    )  # fmt: skip
    row = _row(
        _turn(SANNA, _local(27, 22), 4, origin=DutyOrigin.OVERRIDE, change_id=CHANGE),
        _turn(TIMO, _local(28, 2), 4, change_id=CHANGE),
        _turn(TIMO, _local(28, 22), 8),
        change=change,
    )
    (friday, first), (saturday, second) = _blocks(row)
    assert (friday, saturday) == (27, 28)
    assert (first.starts_at, first.ends_at) == (_local(27, 22), _local(28, 6))
    sanna, timo = first.people
    assert (sanna.name, sanna.change, sanna.instead_of) == ("Sanna Virtanen", "override", "Timo Nieminen")
    assert (timo.name, timo.change, timo.instead_of) == ("Timo Nieminen", "", "")
    assert timo.own_time == (_local(28, 2), _local(28, 6)) and second.people[0].own_time is None


def test_shifts_that_follow_each_other_under_one_name_stay_apart() -> None:
    row = _row(*(_turn(TIMO, _local(day, 6), 24, "Duty") for day in (23, 24, 25)))
    assert [day for day, _ in _blocks(row)] == [23, 24, 25]


def test_both_sides_of_a_swap_say_whose_turn_it_was() -> None:
    change = ShiftChange.model_validate(
        {
            "id": CHANGE, "team_id": TEAM.id, "kind": "swap", "member_id": SANNA, "substitute_id": TIMO,
            "starts_at": _local(23, 6), "ends_at": _local(23, 14),
            "return_stretch": {"starts_at": _local(24, 6), "ends_at": _local(24, 14)},
        }
    )  # fmt: skip
    row = _row(
        _turn(TIMO, _local(23, 6), 8, "Early", DutyOrigin.SWAP, CHANGE),
        _turn(SANNA, _local(24, 6), 8, "Early", DutyOrigin.SWAP, CHANGE),
        change=change,
    )
    told = [(block.people[0].name, block.people[0].instead_of) for _, block in _blocks(row)]
    assert told == [("Timo Nieminen", "Sanna Virtanen"), ("Sanna Virtanen", "Timo Nieminen")]


def test_a_night_is_written_where_it_begins_and_drawn_on_both_days() -> None:
    row = _row(_turn(TIMO, _local(24, 22), 8))
    assert [(day, block.shift) for day, block in _blocks(row)] == [(24, "Night")]
    assert [(bar.start, bar.length) for cell in row.cells for bar in cell.bars] == [(22, 2), (0, 6)]


@pytest.mark.parametrize(
    ("zone", "sunday", "hours"),
    [
        ("Europe/Helsinki", date(2026, 10, 25), 25),
        ("Europe/Helsinki", date(2026, 3, 29), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("America/Santiago", date(2026, 9, 6), 23),
        ("UTC", date(2026, 10, 25), 24),
    ],
)
def test_a_week_has_the_hours_that_its_days_really_have(zone: str, sunday: date, hours: float) -> None:
    week = Week(
        zone=ZoneInfo(zone), monday=monday_of(sunday), chosen=sunday, now=datetime(2026, 1, 1, tzinfo=UTC),
        me=SANNA, names=NAMES,
    )  # fmt: skip
    days = week.days()
    assert days[6].date == sunday and days[6].hours == hours and days[6].chosen
    assert all(before.ends_at == after.starts_at for before, after in pairwise(days))
    assert sum(day.hours for day in days) == (week.ends_at - week.starts_at) / timedelta(hours=1)


def test_a_shift_of_one_who_left_still_shows() -> None:
    row = _row(_turn(UUID(int=77), _local(23, 6), 8, "Early"))
    assert _blocks(row)[0][1].people[0].name == "#00000000"
