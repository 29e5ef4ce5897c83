"""A facility of values: people, crews and policies with short names, for tests that are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from said import said

from haveri_contracts.escalation.models import Chain, Conditions, Notify, Step, TimeOfDay
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.plain import Severity
from haveri_escalation.domain.matching import Place
from haveri_escalation.domain.people import Person, Roster, Way
from haveri_escalation.domain.policies import Policy
from haveri_shifts.plan import Crew, Plan, Rotation, Slot, Team, WeeklyShift

_SPACE = UUID("5d2c1b6e-8f2b-4a7b-9f0e-0c6f6a1c7a11")
_NAMES: dict[UUID, str] = {}
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def named(name: str) -> UUID:
    """The id of a thing by its name, always the same."""
    _NAMES[uuid5(_SPACE, name)] = name
    return uuid5(_SPACE, name)


def tell(reasons: Iterable[Reason]) -> str:
    """Reasons in English, with the names of all things named so far."""
    return said(reasons, _NAMES)


PLANT = named("Pori")
OTHER_PLANT = named("Turku")
BORN = datetime(2026, 1, 1, tzinfo=UTC)
HELSINKI = ZoneInfo("Europe/Helsinki")
CHICAGO = ZoneInfo("America/Chicago")


def when(text: str, zone: ZoneInfo = HELSINKI, *, second_time: bool = False) -> datetime:
    """A moment by what the wall clock shows; `second_time` of an hour that comes twice."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=int(second_time)).astimezone(UTC)


def days(text: str) -> frozenset[int]:
    """Weekdays such as `MON-FRI` or `SAT SUN`; nothing means every day."""
    if not text:
        return frozenset(range(7))
    found: set[int] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found.update(range(DAYS.index(first), DAYS.index(last or first) + 1))
    return frozenset(found)


def stretch(text: str, holidays: str = "any") -> TimeOfDay:
    """A time of day such as `FRI 22:00-06:00`, `MON-FRI shift Night`, `SAT SUN`."""
    on, _, shift = text.partition("shift ")
    if shift:
        return TimeOfDay(days=weekdays(on.strip()), shift=shift, holidays=holidays)
    *some, last = text.split() or [""]
    if ":" not in last:
        return TimeOfDay(days=weekdays(text), holidays=holidays)
    start, end = last.split("-")
    return TimeOfDay(days=weekdays(" ".join(some)), start=start, end=end, holidays=holidays)


def weekdays(text: str) -> list[str]:
    """As `days`, by their names."""
    return [DAYS[day] for day in sorted(days(text))]


def step(notify: Notify, after: float = 0, **more: Any) -> Step:
    """Whom to call so many minutes after the start."""
    return Step(notify=notify, after_minutes=after, **more)


def chain_of(*steps: Step, **more: Any) -> Chain:
    """These steps, and what is said besides."""
    return Chain(steps=list(steps), **more)


def policy(
    name: str,
    severities: str = "SEV1 SEV2 SEV3",
    *,
    areas: Iterable[str] = (),
    types: Iterable[str] = (),
    times: Iterable[TimeOfDay | str] = (),
    facility: UUID = PLANT,
    age: float = 0,
    chain: Chain = Chain(steps=[Step(notify=Notify(shift_roles=["crew"]))]),  # noqa: B008 - frozen
    **more: Any,
) -> Policy:
    """A policy by its conditions; `age` is how many days older than `BORN` it is."""
    return Policy(
        id=named(name),
        name=name,
        facility_id=facility,
        conditions=Conditions(
            severity=severities.split(),
            area_ids=[named(area) for area in areas],
            asset_types=list(types),
            time_of_day=[stretch(one) if isinstance(one, str) else one for one in times],
        ),
        created_at=BORN - timedelta(days=age),
        **{**dict(chain), **more},
    )


def place(severity: str = "SEV1", *, areas: Iterable[str] = (), types: Iterable[str] = ()) -> Place:
    """An incident's place at the plant."""
    return Place(Severity(severity), PLANT, frozenset(named(area) for area in areas), frozenset(types))


def weekly(name: str, start: str, end: str, on: str = "", **more: Any) -> WeeklyShift:
    """A weekly shift."""
    return WeeklyShift(name, days(on), time.fromisoformat(start), time.fromisoformat(end), **more)


def team(name: str, *members: str, shifts: Iterable[WeeklyShift] = (), leads: Iterable[str] = ()) -> Team:
    """A team with its shifts and its leads."""
    roles = (("lead", frozenset(named(lead) for lead in leads)),)
    return Team(named(name), name, tuple(named(member) for member in members), tuple(shifts), roles if leads else ())


NIGHT = weekly("Night", "22:00", "06:00")
DAY_SHIFT = weekly("Day", "06:00", "14:00", "MON-FRI")
EVENING = weekly("Evening", "14:00", "22:00")
CREW_A = team("Crew A", "Aino", "Antti", shifts=[NIGHT], leads=["Aino"])
CREW_B = team("Crew B", "Ben", "Bea", shifts=[DAY_SHIFT], leads=["Ben"])
FITTERS = team("Fitters", "Fia", "Finn")
NOBODY = team("Nobody")
ROTATION = Rotation(
    named("Twelve hours"),
    "Twelve hours",
    date(2026, 1, 1),
    None,
    (Slot("Long day", time(6), time(18)), Slot("Long night", time(18), time(6))),
    (Crew(named("Crew C"), ("Long day", "Long night", None, None)),),
)
CREW_C = team("Crew C", "Cai", "Cleo", leads=["Cleo"])
HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 6), date(2026, 12, 24)})

PLAN = Plan(HELSINKI, (CREW_A, CREW_B, CREW_C, FITTERS, NOBODY), (ROTATION,), holidays=HOLIDAYS)
PLAN_IN_CHICAGO = Plan(CHICAGO, PLAN.teams, PLAN.rotations, holidays=HOLIDAYS)

_PEOPLE = ("Aino", "Antti", "Ben", "Bea", "Cai", "Cleo", "Fia", "Finn", "Boss", "Guest")


def person(name: str, **changes: Any) -> Person:
    """A member who has chat and e-mail."""
    return replace(Person(named(name), name, (Way("chat"), Way("email", timedelta(minutes=5)))), **changes)


def roster(plan: Plan = PLAN, **changes: Any) -> Roster:
    """The plant's people: Boss administers, Guest only reads."""
    people = {named(name): person(name) for name in _PEOPLE}
    people[named("Boss")] = person("Boss", is_administrator=True, may_manage=True)
    people[named("Guest")] = person("Guest", may_respond=False)
    values: dict[str, Any] = {
        "people": people,
        "plans": {PLANT: plan, OTHER_PLANT: Plan(HELSINKI)},
        "team_names": {one.id: one.name for one in plan.teams},
        "area_names": {named(area): area for area in ("Presses", "Ovens", "Yard")},
        "facility_of_area": {named("Presses"): PLANT, named("Ovens"): PLANT, named("Yard"): OTHER_PLANT},
        "area_of_asset": {named("Press 1"): named("Presses"), named("Crane"): named("Yard")},
        "type_of_asset": {named("Press 1"): "press", named("Crane"): "crane"},
    }
    return Roster(**{**values, **changes})


def names(ids: Iterable[UUID]) -> list[str]:
    """The names of people, in the order of the ids."""
    known = {named(name): name for name in _PEOPLE}
    return [known[one] for one in ids]
