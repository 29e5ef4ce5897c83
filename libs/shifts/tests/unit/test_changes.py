"""What changes of shifts do: somebody stands in, two swap, somebody is away, somebody works besides."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from shift_plans import AINO, CREW_A, CREW_B, EERO, HENNA, JARI, LIISA, MIKKO, change, june, plant, who

from haveri_shifts.calculation import duties, on_shift, shift_is_on
from haveri_shifts.plan import Change, ChangeKind, Duty, Origin, Plan

START, END = june(1), june(15)
PEOPLE = [AINO, EERO, HENNA, JARI, LIISA, MIKKO]


def test_who_stands_in_for_the_lead_leads():
    plan = plant(change("override", june(3, 6), june(3, 18), member_id=AINO, substitute_id=MIKKO))
    assert who(on_shift(plan, june(3, 12)), CREW_A) == [EERO, HENNA, MIKKO]
    (mikko,) = [duty for duty in on_shift(plan, june(3, 12)) if duty.member_id == MIKKO]
    assert mikko.roles == {"lead"}
    assert mikko.origin is Origin.OVERRIDE
    assert mikko.change_id == plan.changes[0].id


def test_lead_who_stands_in_for_somebody_else_still_leads():
    plan = plant(change("override", june(3, 18), june(4, 6), team_id=CREW_B, member_id=LIISA, substitute_id=JARI))
    (jari,) = on_shift(plan, june(3, 20))
    assert (jari.member_id, jari.roles) == (JARI, {"lead"})


def test_override_of_a_part_splits_the_duty_at_its_edges():
    plan = plant(change("override", june(3, 10), june(3, 14), member_id=EERO, substitute_id=MIKKO))
    pieces = [duty for duty in duties(plan, june(3, 7), june(3, 8)) if duty.member_id == EERO]
    assert [(piece.starts_at, piece.ends_at) for piece in pieces] == [(june(3, 6), june(3, 10))]
    shown = [duty for duty in duties(plan, june(3, 6), june(3, 18)) if duty.member_id in {EERO, MIKKO}]
    assert [(duty.member_id, duty.starts_at, duty.ends_at, duty.origin) for duty in shown] == [
        (EERO, june(3, 6), june(3, 10), Origin.SHIFT),
        (MIKKO, june(3, 10), june(3, 14), Origin.OVERRIDE),
        (EERO, june(3, 14), june(3, 18), Origin.SHIFT),
    ]
    assert {duty.change_id for duty in shown} == {plan.changes[0].id}


def test_override_of_nobody_in_particular_replaces_the_whole_crew_once():
    plan = plant(change("override", june(3, 6), june(3, 18), substitute_id=MIKKO))
    (alone,) = on_shift(plan, june(3, 12))
    assert (alone.member_id, alone.roles, alone.starts_at) == (MIKKO, {"lead"}, june(3, 6))
    assert who(on_shift(plan, june(4, 12))) == [AINO, EERO, HENNA]


def test_substitute_who_is_on_that_shift_anyway_stands_there_once_and_takes_over_the_lead():
    plan = plant(change("override", june(3, 6), june(3, 12), member_id=AINO, substitute_id=EERO))
    assert who(on_shift(plan, june(3, 8))) == [EERO, HENNA]
    (eero,) = [duty for duty in on_shift(plan, june(3, 8)) if duty.member_id == EERO]
    assert eero.roles == {"lead"}
    (later,) = [duty for duty in on_shift(plan, june(3, 13)) if duty.member_id == EERO]
    assert (later.roles, later.origin) == (frozenset(), Origin.SHIFT)


def test_take_my_friday_night_and_i_take_your_monday_across_crews():
    friday_night, monday = (june(5, 18), june(6, 6)), (june(8, 6), june(8, 18))
    swap = change("swap", *friday_night, team_id=CREW_B, member_id=LIISA, substitute_id=EERO, returned=monday)
    plan = plant(swap)
    assert who(on_shift(plan, june(5, 23)), CREW_B) == [JARI, EERO]
    assert who(on_shift(plan, june(8, 9)), CREW_A) == [AINO, HENNA, LIISA]
    assert who(on_shift(plan, june(8, 23)), CREW_B) == [JARI, LIISA]
    assert {duty.origin for duty in on_shift(plan, june(8, 9)) if duty.member_id == LIISA} == {Origin.SWAP}


def test_two_who_swap_the_same_day_do_not_get_their_own_shifts_back():
    day = (june(3), june(4))
    plan = plant(change("swap", *day, member_id=EERO, substitute_id=LIISA, returned=day))
    assert LIISA in who(on_shift(plan, june(3, 12)), CREW_A)
    assert EERO not in who(on_shift(plan, june(3, 12)))
    assert EERO in who(on_shift(plan, june(3, 23)), CREW_B)
    assert LIISA not in who(on_shift(plan, june(3, 23)))


def test_swap_without_a_stretch_in_return_is_a_gift():
    plan = plant(change("swap", june(3, 6), june(3, 18), member_id=EERO, substitute_id=MIKKO))
    assert who(on_shift(plan, june(3, 12))) == [AINO, HENNA, MIKKO]


def test_absent_member_is_cut_out_of_the_shift():
    plan = plant(change("absence", june(3, 9), june(5), member_id=HENNA))
    assert [duty.ends_at for duty in duties(plan, june(3, 6), june(3, 18)) if duty.member_id == HENNA] == [june(3, 9)]
    assert who(on_shift(plan, june(4, 12))) == [AINO, EERO]
    assert who(on_shift(plan, june(5, 12))) == [AINO, EERO, HENNA]


def test_shift_is_on_even_when_everybody_is_away():
    everybody = [change("absence", june(3), june(4), member_id=member_id) for member_id in (AINO, EERO, HENNA)]
    plan = plant(*everybody)
    assert on_shift(plan, june(3, 12)) == []
    assert shift_is_on(plan, "day", june(3, 12))


def test_assigned_member_works_besides_what_is_planned_and_with_the_role_of_the_crew():
    plan = plant(change("assignment", june(3, 20), june(3, 23), member_id=AINO, shift="Audit"))
    (duty,) = [duty for duty in on_shift(plan, june(3, 21)) if duty.team_id == CREW_A]
    assert (duty.member_id, duty.shift, duty.roles, duty.origin) == (AINO, "Audit", {"lead"}, Origin.ASSIGNMENT)


def test_assignment_without_a_name_is_an_extra_shift():
    plan = plant(change("assignment", june(3, 20), june(3, 23), member_id=AINO))
    assert [duty.shift for duty in on_shift(plan, june(3, 21)) if duty.team_id == CREW_A] == ["Extra shift"]


def test_later_change_sees_what_the_earlier_one_made():
    first = change("override", june(3), june(4), member_id=EERO, substitute_id=MIKKO)
    then_mikko_falls_ill = change("override", june(3, 12), june(4), member_id=MIKKO, substitute_id=LIISA)
    for changes in ((first, then_mikko_falls_ill), (then_mikko_falls_ill, first)):
        plan = plant(*changes)
        assert MIKKO in who(on_shift(plan, june(3, 11)), CREW_A)
        assert LIISA in who(on_shift(plan, june(3, 13)), CREW_A)
        assert MIKKO not in who(on_shift(plan, june(3, 13)))


def test_assignment_can_be_handed_on_by_a_later_change():
    extra = change("assignment", june(3, 20), june(3, 23), member_id=AINO, shift="Audit")
    handed_on = change("override", june(3), june(4), member_id=AINO, substitute_id=MIKKO)
    assert who(on_shift(plant(extra, handed_on), june(3, 21)), CREW_A) == [MIKKO]


def test_change_without_the_people_it_needs_or_that_ends_before_it_starts_changes_nothing():
    before = duties(plant(), START, END)
    for useless in (
        change("override", june(3), june(4), member_id=EERO),
        change("swap", june(3), june(4), substitute_id=MIKKO, returned=(june(5), june(6))),
        change("absence", june(3), june(4)),
        change("assignment", june(3), june(4), shift="Audit"),
        change("override", june(4), june(3), member_id=EERO, substitute_id=MIKKO),
        change("absence", june(3), june(4), team_id=UUID(int=77), member_id=EERO),
    ):
        assert duties(plant(useless), START, END) == before


# All well within the fortnight looked at, so that no duty is cut just outside it.
MOMENTS = st.integers(48, 11 * 48).map(lambda halves: START + timedelta(minutes=30 * halves))


@st.composite
def some_change(draw: st.DrawFn, number: int, kinds: tuple[str, ...]) -> Change:
    kind = draw(st.sampled_from(kinds))
    starts_at, length = draw(MOMENTS), draw(st.integers(1, 100))
    returned = None
    if kind == "swap" and draw(st.booleans()):
        back = draw(MOMENTS)
        returned = (back, back + timedelta(minutes=30 * draw(st.integers(1, 100))))
    return change(
        kind,
        starts_at,
        starts_at + timedelta(minutes=30 * length),
        id=UUID(int=number),
        team_id=draw(st.sampled_from([CREW_A, CREW_B])),
        member_id=draw(st.sampled_from(PEOPLE) if kind != "override" else st.sampled_from([None, *PEOPLE])),
        substitute_id=draw(st.sampled_from(PEOPLE)) if kind in {"override", "swap"} else None,
        returned=returned,
        # A name that is planned as well lets duties of one member lie over each other.
        shift=draw(st.sampled_from([f"Extra {number}", "Day"])) if kind == "assignment" else None,
    )


@st.composite
def plants_with(draw: st.DrawFn, *kinds: str) -> Plan:
    numbers = draw(st.lists(st.integers(1, 2**64), max_size=6, unique=True))
    return plant(*(draw(some_change(number, kinds or tuple(ChangeKind))) for number in numbers))


@settings(max_examples=200, deadline=None)
@given(plants_with("override", "swap"))
def test_time_that_somebody_covered_stays_covered_when_people_stand_in_and_swap(plan):
    assert covered(duties(plan, START, END)) == covered(duties(plant(), START, END))


@settings(max_examples=200, deadline=None)
@given(plants_with("override", "swap", "absence"))
def test_changes_other_than_assignments_never_add_time(plan):
    before, after = duties(plant(), START, END), duties(plan, START, END)
    assert hours(after) <= hours(before)
    planned = covered(before)
    for shift, stretches in covered(after).items():
        assert all(any(a <= start and end <= b for a, b in planned[shift]) for start, end in stretches)


@settings(max_examples=200, deadline=None)
@given(plants_with(), MOMENTS, st.integers(1, 60))
def test_calendar_says_the_same_of_a_duty_whichever_days_are_shown(plan, start, halves):
    end = start + timedelta(minutes=30 * halves)
    shown = [duty for duty in duties(plan, START, END) if duty.starts_at < end and start < duty.ends_at]
    assert sorted(map(repr, duties(plan, start, end))) == sorted(map(repr, shown))


def test_change_that_ended_before_the_days_shown_still_cuts_a_duty_that_reaches_into_them():
    # One of the night crew has an extra shift, and Aino takes over whatever anybody does in its first half hour.
    night = START + timedelta(hours=21)
    extra = change("assignment", night, night + timedelta(hours=6.5), id=UUID(int=2), member_id=EERO, shift="Extra 1")
    first_half_hour = change("override", night, night + timedelta(hours=0.5), id=UUID(int=3), substitute_id=AINO)
    plan = plant(extra, first_half_hour)
    (shown,) = [
        duty
        for duty in duties(plan, night + timedelta(hours=6), night + timedelta(hours=6.5))
        if duty.shift == "Extra 1"
    ]
    assert (shown.member_id, shown.starts_at) == (EERO, night + timedelta(hours=0.5))
    assert shown in duties(plan, START, END)


def test_duty_taken_over_elsewhere_is_shown_the_same_when_only_its_neighbour_reaches_into_the_days():
    # Mikko has an extra day shift until noon and takes over Eero's, which begins in it and was cut in the evening.
    plan = plant(
        change("assignment", june(3, 0), june(3, 12), id=UUID(int=2), member_id=MIKKO, shift="Day"),
        change("override", june(3, 6), june(3, 12), id=UUID(int=3), member_id=EERO, substitute_id=MIKKO),
        change("absence", june(3, 17), june(3, 18), id=UUID(int=4), member_id=EERO),
    )
    whole = [duty for duty in duties(plan, START, END) if duty.starts_at < june(3, 1) and june(3) < duty.ends_at]
    assert duties(plan, june(3), june(3, 1)) == whole


@settings(max_examples=200, deadline=None)
@given(plants_with(), MOMENTS)
def test_who_is_on_shift_is_whose_duty_is_under_way(plan, at):
    under_way = [duty for duty in duties(plan, START, END) if duty.starts_at <= at < duty.ends_at]
    assert sorted(map(repr, on_shift(plan, at))) == sorted(map(repr, under_way))
    assert on_shift(plan, at) == on_shift(plan, at)


@settings(max_examples=200, deadline=None)
@given(plants_with("override", "swap", "absence"))
def test_nobody_stands_in_the_same_shift_twice(plan):
    own: dict[tuple[UUID, UUID, str], list[Duty]] = defaultdict(list)
    for duty in duties(plan, START, END):
        own[duty.member_id, duty.team_id, duty.shift].append(duty)
    for same in own.values():
        assert all(one.ends_at <= other.starts_at for one, other in pairwise(same))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.integers(1, 60), MOMENTS, st.integers(1, 60)), max_size=5))
def test_swap_takes_from_one_exactly_what_it_gives_to_the_other(stretches):
    # Eero works by day and Liisa by night, so neither is ever where the other one stands already.
    swaps = []
    for start, halves, back, back_halves in stretches:
        returned = (back, back + timedelta(minutes=30 * back_halves))
        ends_at = start + timedelta(minutes=30 * halves)
        swaps.append(change("swap", start, ends_at, member_id=EERO, substitute_id=LIISA, returned=returned))
    before, after = duties(plant(), START, END), duties(plant(*swaps), START, END)
    for members in ((EERO, LIISA), (AINO,), (HENNA,), (JARI,)):
        assert hours(before, members) == hours(after, members)
    if len(swaps) == 1:
        ((start, end), returned) = (swaps[0].starts_at, swaps[0].ends_at), swaps[0].returned
        given_away = within([duty for duty in before if duty.member_id == EERO], start, end)
        given_back = within([duty for duty in before if duty.member_id == LIISA], *returned)
        assert hours(after, (EERO,)) == hours(before, (EERO,)) - given_away + given_back


def covered(found: list[Duty]) -> dict[tuple[UUID, str], list[tuple[datetime, datetime]]]:
    """The time in which anybody works each shift of each team, as stretches that do not touch."""
    stretches: dict[tuple[UUID, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    for duty in sorted(found, key=lambda duty: duty.starts_at):
        known = stretches[duty.team_id, duty.shift]
        if known and duty.starts_at <= known[-1][1]:
            known[-1] = (known[-1][0], max(known[-1][1], duty.ends_at))
        else:
            known.append((duty.starts_at, duty.ends_at))
    return dict(stretches)


def hours(found: list[Duty], members: tuple[UUID, ...] = tuple(PEOPLE)) -> float:
    return sum((duty.ends_at - duty.starts_at) / timedelta(hours=1) for duty in found if duty.member_id in members)


def within(found: list[Duty], start: datetime, end: datetime) -> float:
    lengths = [min(duty.ends_at, end) - max(duty.starts_at, start) for duty in found]
    return sum(max(length, timedelta(0)) / timedelta(hours=1) for length in lengths)
