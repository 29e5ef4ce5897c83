"""Laws of matching: order does not matter, and the compiled book says what a reading of the rules says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from policy_plant import BORN, CHICAGO, CREW_A, CREW_B, HELSINKI, PLANT, named

from haveri_contracts.escalation.models import Conditions, TimeOfDay
from haveri_contracts.plain import Severity
from haveri_escalation.domain.matching import Place, PolicyBook
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.times import DAYS, WeekMask, wall_moment, weekdays
from haveri_shifts.plan import Plan

AREAS = [named(area) for area in ("Presses", "Ovens")]
TYPES = ["press", "crane"]

clocks = st.times().map(lambda at: f"{at:%H:%M}")
days = st.lists(st.sampled_from(DAYS), min_size=1, unique=True)
holiday_rules = st.sampled_from(["any", "only", "never"])
stretches = st.builds(
    lambda on, both, holidays: TimeOfDay(days=on, start=both and both[0], end=both and both[1], holidays=holidays),
    days,
    st.none() | st.tuples(clocks, clocks),
    holiday_rules,
)
shifts = st.builds(
    lambda on, name, holidays: TimeOfDay(days=on, shift=name, holidays=holidays),
    st.just(list(DAYS)) | days,
    st.sampled_from(["night", "Day", "Dawn"]),
    holiday_rules,
)
conditions = st.builds(
    Conditions,
    severity=st.lists(st.sampled_from(Severity), min_size=1, max_size=3),
    area_ids=st.lists(st.sampled_from(AREAS), max_size=1),
    asset_types=st.lists(st.sampled_from(TYPES), max_size=1),
    time_of_day=st.lists(stretches | shifts, max_size=2),
)
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: BORN + timedelta(minutes=minutes))
plans = st.builds(
    lambda zone, holidays: Plan(zone, (CREW_A, CREW_B), holidays=holidays),
    st.sampled_from([HELSINKI, CHICAGO]),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 1, 31)), max_size=20),
)
places = st.builds(
    Place,
    st.sampled_from(Severity),
    st.just(PLANT),
    st.frozensets(st.sampled_from(AREAS)),
    st.frozensets(st.sampled_from(TYPES)),
)


@st.composite
def books(draw: st.DrawFn) -> list[Policy]:
    drawn = draw(st.lists(st.tuples(conditions, st.integers(0, 1), st.booleans(), st.integers(0, 1)), max_size=6))
    return [
        Policy(
            id=named(str(n)),
            name=str(n),
            facility_id=PLANT,
            conditions=when,
            steps=[],
            priority=priority,
            is_default=default,
            created_at=BORN - timedelta(days=age),
        )
        for n, (when, priority, default, age) in enumerate(drawn)
    ]


def day_fits(rule: str, on: frozenset[int], day: date, plan: Plan) -> bool:
    holiday = day in plan.holidays
    wanted = {"any": True, "only": holiday, "never": not holiday}[rule]
    return day.weekday() in on and wanted


def covers(one: TimeOfDay, at: datetime, plan: Plan) -> bool:
    """A stretch as it is read aloud: begun today or yesterday, and the wall clock is in it."""
    wall = at.astimezone(plan.zone).replace(tzinfo=None)
    weekly = {shift.name.casefold(): shift for team in plan.teams for shift in team.shifts}
    start, end = time.fromisoformat(one.start or "00:00"), time.fromisoformat(one.end or "00:00")
    on = weekdays(one)
    if one.shift is not None:
        if one.shift.casefold() not in weekly:
            return False
        shift = weekly[one.shift.casefold()]
        start, end, on = shift.start, shift.end, on & shift.weekdays
    for day in (wall.date(), wall.date() - timedelta(days=1)):
        last = day if end > start else day + timedelta(days=1)
        begun = datetime.combine(day, start) <= wall < datetime.combine(last, end)
        if begun and day_fits(one.holidays, on, day, plan):
            return True
    return False


def fitting(policy: Policy, place: Place, at: datetime, plan: Plan) -> list[bool]:
    wanted = policy.conditions
    return [
        place.severity in wanted.severity,
        not wanted.area_ids or bool(place.area_ids.intersection(wanted.area_ids)),
        not wanted.asset_types or bool(place.asset_types.intersection(wanted.asset_types)),
        not wanted.time_of_day or any(covers(one, at, plan) for one in wanted.time_of_day),
    ]


def naive(policies: Sequence[Policy], place: Place, at: datetime, plan: Plan) -> Policy | None:
    """The rules of matching, one sentence of theirs after the other."""
    fit = [policy for policy in policies if all(fitting(policy, place, at, plan))]
    for has in (
        lambda policy: bool(policy.conditions.area_ids),
        lambda policy: bool(policy.conditions.asset_types),
        lambda policy: bool(policy.conditions.time_of_day),
        lambda policy: -len(set(policy.conditions.severity)),
    ):
        most = max(map(has, fit), default=None)
        fit = [policy for policy in fit if has(policy) == most]
    if not fit:
        fit = [policy for policy in policies if policy.is_default]
        most = max((sum(fitting(policy, place, at, plan)) for policy in fit), default=None)
        fit = [policy for policy in fit if sum(fitting(policy, place, at, plan)) == most]
    for rank in (lambda policy: policy.priority, lambda policy: policy.created_at):
        most = max(map(rank, fit), default=None)
        fit = [policy for policy in fit if rank(policy) == most]
    return min(fit, key=lambda policy: str(policy.id), default=None)


def is_plain_night(at: datetime, plan: Plan) -> bool:
    """No clocks are changed within a day: a shift then lasts as long as it says, and both readings agree."""
    zone = plan.zone
    return (at - timedelta(days=1)).astimezone(zone).utcoffset() == (at + timedelta(days=1)).astimezone(
        zone
    ).utcoffset()


@given(books(), places, moments, plans)
@settings(max_examples=300, deadline=None)
def test_the_book_says_what_the_rules_say(policies: list[Policy], place: Place, at: datetime, plan: Plan) -> None:
    if not is_plain_night(at, plan):
        policies = [one for one in policies if all(stretch.shift is None for stretch in one.conditions.time_of_day)]
    assert PolicyBook(policies).match(place, at, plan).policy == naive(policies, place, at, plan)


@given(books(), places, moments, plans, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_policies_never_matters(policies, place, at, plan, random) -> None:
    shuffled = list(policies)
    random.shuffle(shuffled)
    one, other = (PolicyBook(some).match(place, at, plan, explain=True) for some in (policies, shuffled))
    assert one == other


@given(books(), places, moments, plans)
@settings(max_examples=100, deadline=None)
def test_explaining_changes_nothing(policies, place, at, plan) -> None:
    book = PolicyBook(policies)
    plain, explained = book.match(place, at, plan), book.match(place, at, plan, explain=True)
    assert (plain.policy, plain.causes) == (explained.policy, explained.causes)
    if plain.policy is not None:
        assert explained.considered[0].policy_id == plain.policy.id
    assert len(explained.considered) == len(policies)


@given(stretches, moments, plans)
def test_a_mask_holds_the_minutes_of_its_stretch(one: TimeOfDay, at: datetime, plan: Plan) -> None:
    assert WeekMask((one,)).includes(wall_moment(at, plan)) == covers(one, at, plan)
