"""Which policy is followed, as data: what policies there are, what happens when, and which one wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from policy_plant import (
    CHICAGO,
    HELSINKI,
    NIGHT,
    OTHER_PLANT,
    PLAN,
    PLAN_IN_CHICAGO,
    place,
    policy,
    stretch,
    team,
    when,
)

from haveri_escalation.domain.matching import Place
from haveri_escalation.domain.policies import Policy
from haveri_shifts.plan import Plan

NOON = when("2026-11-25 12:00")
"""A Wednesday on which nothing is special."""


@dataclass(frozen=True)
class Case:
    """One line of the table: `wins` is the policy's name, None when there is none to follow; `why` is said of it."""

    title: str
    policies: tuple[Policy, ...]
    of: Place
    at: datetime
    wins: str | None
    why: str = ""
    plan: Plan = PLAN


def case(
    title: str,
    policies: Iterable[Policy],
    wins: str | None,
    at: datetime = NOON,
    of: Place | None = None,
    why: str = "",
    plan: Plan = PLAN,
) -> Case:
    """A SEV1 on a Wednesday at noon unless said otherwise."""
    return Case(title, tuple(policies), of or place(), at, wins, why, plan)


ALL = policy("All")
PRESSES = policy("Presses", areas=["Presses"])
NIGHTS = policy("Nights", times=["22:00-06:00"])
FRIDAY_NIGHT = policy("Friday night", times=["FRI 22:00-06:00"])
AT_PRESSES, AT_OVENS = place(areas=["Presses"]), place(areas=["Ovens"])
PRESS, CRANE = place(types=["press"]), place(types=["crane"])

SEVERITIES = [
    case("one for every severity fits", [ALL], "All", why="“All” fits: SEV1."),
    case("the incident's severity is one of several", [policy("Bad", "SEV1 SEV2")], "Bad", of=place("SEV2")),
    case("another severity does not fit", [policy("Minor", "SEV3")], None),
    case("fewer severities are more specific", [ALL, policy("Bad", "SEV1 SEV2")], "Bad", why="fewer severities"),
    case("one severity before two", [policy("Bad", "SEV1 SEV2"), policy("Worst", "SEV1")], "Worst"),
    case(
        "fewer severities go before a higher priority",
        [policy("Bad", "SEV1 SEV2", priority=99), policy("Worst", "SEV1")],
        "Worst",
    ),
]

PLACES = [
    case("the incident's area fits", [PRESSES], "Presses", of=AT_PRESSES, why="area Presses"),
    case("another area does not", [PRESSES], None, of=AT_OVENS),
    case("an incident without an area is in none", [PRESSES], None),
    case("one of several areas is enough", [policy("Both", areas=["Presses", "Ovens"])], "Both", of=AT_OVENS),
    case(
        "an asset's area counts like the incident's own",
        [PRESSES],
        "Presses",
        of=place(areas=["Ovens", "Presses"]),
    ),
    case("an asset type fits", [policy("Press", types=["press"])], "Press", of=PRESS, why="asset type press"),
    case("upper and lower case of a type are the same", [policy("Press", types=["PRESS"])], "Press", of=PRESS),
    case(
        "upper and lower case of an asset's type are the same",
        [policy("Press", types=["press"])],
        "Press",
        of=place(types=["Press"]),
    ),
    case("another type does not fit", [policy("Press", types=["press"])], None, of=CRANE),
    case("an incident without assets has no type", [policy("Press", types=["press"])], None),
    case(
        "one of the incident's types is enough",
        [policy("Press", types=["press"])],
        "Press",
        of=place(types=["crane", "press"]),
    ),
    case(
        "area and type have to fit both",
        [policy("Press at presses", areas=["Presses"], types=["press"])],
        None,
        of=place(areas=["Presses"], types=["crane"]),
    ),
    case(
        "a policy of another facility is none of ours",
        [policy("Turku", facility=OTHER_PLANT), policy("Turku's default", facility=OTHER_PLANT, is_default=True)],
        None,
    ),
]

OVERLAPS = [
    case("an area before none", [ALL, PRESSES], "Presses", of=AT_PRESSES, why="It names an area, “All” does not."),
    case(
        "an area before an asset type",
        [policy("Press", types=["press"]), PRESSES],
        "Presses",
        of=place(areas=["Presses"], types=["press"]),
    ),
    case("an area before a time of day", [NIGHTS, PRESSES], "Presses", when("2026-11-25 23:00"), AT_PRESSES),
    case(
        "an area before fewer severities",
        [policy("Worst", "SEV1"), PRESSES],
        "Presses",
        of=AT_PRESSES,
    ),
    case(
        "an asset type before a time of day",
        [NIGHTS, policy("P", types=["press"])],
        "P",
        when("2026-11-25 23:00"),
        PRESS,
    ),
    case(
        "a time of day before fewer severities",
        [policy("Worst", "SEV1"), NIGHTS],
        "Nights",
        when("2026-11-25 23:00"),
        why="It names a time of day, “Worst” does not.",
    ),
    case(
        "area and time before the area alone",
        [PRESSES, policy("Presses at night", areas=["Presses"], times=["22:00-06:00"])],
        "Presses at night",
        when("2026-11-25 23:00"),
        AT_PRESSES,
        "It names a time of day, “Presses” does not.",
    ),
    case(
        "the more specific one does not count when its time is over",
        [PRESSES, policy("Presses at night", areas=["Presses"], times=["22:00-06:00"])],
        "Presses",
        of=AT_PRESSES,
    ),
    case(
        "two areas named are as specific as one",
        [policy("Two", areas=["Presses", "Ovens"], priority=1), PRESSES],
        "Two",
        of=AT_PRESSES,
        why="priority 1, “Presses” has 0",
    ),
    case("the higher priority before the newer", [policy("Old", age=9, priority=1), ALL], "Old", why="priority"),
    case("a negative priority comes last", [policy("Low", priority=-1), policy("Old", age=9)], "Old"),
    case("of two alike the newer", [policy("Old", age=9), policy("New")], "New", why="It is the newer one."),
    case(
        "a microsecond is newer",
        [policy("Old", age=1e-6 / 86400 * 2), policy("New")],
        "New",
    ),
    case("of two the same in everything always the same one", [policy("A"), policy("B")], "A", why="Nothing tells"),
]

HOURS = [
    case("the first minute counts", [NIGHTS], "Nights", when("2026-11-25 22:00")),
    case("the minute before does not", [NIGHTS], None, when("2026-11-25 21:59:59.999")),
    case("half a minute before the end counts", [NIGHTS], "Nights", when("2026-11-26 05:59:30")),
    case("the last moment belongs to what follows", [NIGHTS], None, when("2026-11-26 06:00")),
    case("a stretch within a day", [policy("Lunch", times=["11:00-12:30"])], "Lunch"),
    case("a stretch within a day ends", [policy("Lunch", times=["11:00-12:00"])], None),
    case("midnight lies in a night", [NIGHTS], "Nights", when("2026-11-26 00:00")),
    case(
        "Friday's night covers Saturday morning",
        [FRIDAY_NIGHT],
        "Friday night",
        when("2026-11-28 03:10"),
        why="Saturday 03:10 lies in FRI 22:00-06:00",
    ),
    case("Friday morning is Thursday's night", [FRIDAY_NIGHT], None, when("2026-11-27 03:10")),
    case("Saturday evening is not Friday's night", [FRIDAY_NIGHT], None, when("2026-11-28 22:30")),
    case(
        "Sunday's night goes on into Monday",
        [policy("Sunday night", times=["SUN 22:00-06:00"])],
        "Sunday night",
        when("2026-11-30 05:59"),
    ),
    case(
        "Sunday's night is not Saturday's",
        [policy("Sunday night", times=["SUN 22:00-06:00"])],
        None,
        when("2026-11-29 05:59"),
    ),
    case(
        "until midnight is until the end of the day",
        [policy("L", times=["18:00-00:00"])],
        "L",
        when("2026-11-25 23:59"),
    ),
    case("until midnight is not beyond", [policy("L", times=["18:00-00:00"])], None, when("2026-11-26 00:00")),
    case("from midnight", [policy("Early", times=["00:00-06:00"])], "Early", when("2026-11-25 00:00")),
    case(
        "the same time twice is a whole day from then on",
        [policy("Duty", times=["WED 07:00-07:00"])],
        "Duty",
        when("2026-11-26 06:59"),
    ),
    case(
        "a whole day from seven has not begun at six",
        [policy("Duty", times=["WED 07:00-07:00"])],
        None,
        when("2026-11-25 06:59"),
    ),
    case(
        "days without times are whole days", [policy("Weekend", times=["SAT SUN"])], "Weekend", when("2026-11-29 23:59")
    ),
    case("and no others", [policy("Weekend", times=["SAT SUN"])], None, when("2026-11-30 00:00")),
    case("one of several stretches is enough", [policy("Edges", times=["05:00-07:00", "11:59-12:01"])], "Edges"),
    case("a time of day that says nothing is any time", [policy("Any", times=[""])], "Any", why="any day"),
    case(
        "a moment is read in the facility's zone", [NIGHTS], "Nights", datetime.fromisoformat("2026-11-25T20:30+00:00")
    ),
    case(
        "seen from another zone it is the same moment",
        [NIGHTS],
        "Nights",
        datetime.fromisoformat("2026-11-26T05:30+09:00"),
    ),
]

# In Helsinki 03:00-04:00 comes twice on 25 October 2026 and never on 28 March 2027; in Chicago 01:00-02:00 comes twice
# on 1 November 2026 and 02:00-03:00 never on 14 March 2027.
CHANGED_CLOCKS = [
    case("Helsinki, autumn: the first 03:30", [policy("H", times=["03:00-04:00"])], "H", when("2026-10-25 03:30")),
    case(
        "Helsinki, autumn: 03:30 the second time",
        [policy("H", times=["03:00-04:00"])],
        "H",
        when("2026-10-25 03:30", second_time=True),
    ),
    case(
        "Helsinki, autumn: 04:00 comes an hour later",
        [policy("H", times=["03:00-04:00"])],
        None,
        when("2026-10-25 03:59", second_time=True) + timedelta(minutes=1),
    ),
    case(
        "Helsinki, spring: the hour that is left out",
        [policy("H", times=["03:00-04:00"])],
        None,
        when("2027-03-28 04:00"),
    ),
    case(
        "Helsinki, spring: a minute before the gap",
        [policy("H", times=["02:00-03:00"])],
        "H",
        when("2027-03-28 04:00") - timedelta(minutes=1),
    ),
    case(
        "Helsinki, spring: a night goes on over the gap",
        [policy("Saturday night", times=["SAT 22:00-06:00"])],
        "Saturday night",
        when("2027-03-28 04:00"),
    ),
    case(
        "Chicago, autumn: the first 01:30",
        [policy("H", times=["01:00-02:00"])],
        "H",
        when("2026-11-01 01:30", CHICAGO),
        plan=PLAN_IN_CHICAGO,
    ),
    case(
        "Chicago, autumn: 01:30 the second time",
        [policy("H", times=["01:00-02:00"])],
        "H",
        when("2026-11-01 01:30", CHICAGO, second_time=True),
        plan=PLAN_IN_CHICAGO,
    ),
    case(
        "Chicago, autumn: Saturday's night ends by the wall clock",
        [policy("Saturday night", times=["SAT 22:00-06:00"])],
        None,
        when("2026-11-01 06:00", CHICAGO),
        plan=PLAN_IN_CHICAGO,
    ),
    case(
        "Chicago, spring: 03:00 follows 01:59",
        [policy("H", times=["02:00-03:00"])],
        None,
        when("2027-03-14 01:59", CHICAGO) + timedelta(minutes=1),
        plan=PLAN_IN_CHICAGO,
    ),
    case(
        "Chicago, spring: a stretch that ends after the gap",
        [policy("H", times=["02:30-03:30"])],
        "H",
        when("2027-03-14 03:10", CHICAGO),
        plan=PLAN_IN_CHICAGO,
    ),
    case("a night in Chicago is none in Helsinki", [NIGHTS], None, when("2026-11-25 23:00", CHICAGO)),
    case("a night in Chicago", [NIGHTS], "Nights", when("2026-11-25 23:00", CHICAGO), plan=PLAN_IN_CHICAGO),
]

# Christmas Eve and Christmas Day 2026, a Thursday and a Friday, and Independence Day, a Sunday.
HOLIDAYS = [
    case("only on holidays, on one", [policy("H", times=[stretch("", "only")])], "H", when("2026-12-25 12:00")),
    case("only on holidays, on another day", [policy("H", times=[stretch("", "only")])], None),
    case("never on holidays, on one", [policy("W", times=[stretch("", "never")])], None, when("2026-12-25 12:00")),
    case(
        "never on holidays, on another day", [policy("W", times=[stretch("", "never")])], "W", why="never on holidays"
    ),
    case(
        "the night of a holiday covers the morning after",
        [policy("H", times=[stretch("22:00-06:00", "only")])],
        "H",
        when("2026-12-26 03:00"),
    ),
    case(
        "the morning of the first holiday is the night before",
        [policy("H", times=[stretch("22:00-06:00", "only")])],
        None,
        when("2026-12-24 03:00"),
    ),
    case(
        "the morning between two holidays",
        [policy("H", times=[stretch("22:00-06:00", "only")])],
        "H",
        when("2026-12-25 03:00"),
    ),
    case(
        "a working day's night goes on into the holiday",
        [policy("W", times=[stretch("22:00-06:00", "never")])],
        "W",
        when("2026-12-24 03:00"),
    ),
    case(
        "a holiday's night is not a working day's on the morning after",
        [policy("W", times=[stretch("22:00-06:00", "never")])],
        None,
        when("2026-12-26 03:00"),
    ),
    case(
        "holidays and weekdays have to fit both",
        [policy("H", times=[stretch("MON-FRI", "only")])],
        None,
        when("2026-12-06 12:00"),
    ),
    case(
        "a Sunday's holiday goes on into Monday",
        [policy("H", times=[stretch("SUN 18:00-06:00", "only")])],
        "H",
        when("2026-12-07 01:00"),
    ),
]

SHIFT = policy("By night", times=["shift Night"])
SHIFTS = [
    case("while a shift is on", [SHIFT], "By night", when("2026-11-25 23:00"), why="lies in shift Night"),
    case("a shift that is not on", [SHIFT], None),
    case("a shift over midnight", [SHIFT], "By night", when("2026-11-26 03:00")),
    case("a shift's name in other case", [policy("N", times=["shift NIGHT"])], "N", when("2026-11-26 03:00")),
    case("a shift that nobody has", [policy("N", times=["shift Dawn"])], None),
    case(
        "a shift that began on Friday, on Saturday morning",
        [policy("N", times=["FRI shift Night"])],
        "N",
        when("2026-11-28 03:00"),
        why="FRI shift Night",
    ),
    case(
        "a shift that began on Thursday is not Friday's",
        [policy("N", times=["FRI shift Night"])],
        None,
        when("2026-11-27 03:00"),
    ),
    case("a day shift only on its days", [policy("D", times=["shift Day"])], None, when("2026-11-28 12:00")),
    case("a rotation's slot", [policy("L", times=["shift Long night"])], "L", when("2026-01-03 03:00")),
    case("a rotation's slot on a day off", [policy("L", times=["shift Long night"])], None, when("2026-01-04 23:00")),
    case(
        "a shift that began on a holiday",
        [policy("H", times=[stretch("shift Night", "only")])],
        "H",
        when("2026-12-26 05:00"),
    ),
    case(
        "a shift that began before the holiday",
        [policy("H", times=[stretch("shift Night", "only")])],
        None,
        when("2026-12-24 05:00"),
    ),
    case(
        "a shift or a stretch",
        [policy("Either", times=["shift Night", "12:00-13:00"])],
        "Either",
    ),
    case(
        "in the night of nine hours the shift is on until six",
        [SHIFT],
        "By night",
        when("2026-10-25 05:59"),
    ),
    case("and no longer", [SHIFT], None, when("2026-10-25 06:00")),
    case("at a plant without a plan no shift is on", [SHIFT], None, when("2026-11-26 03:00"), plan=Plan(HELSINKI)),
    case(
        "a shift of a crew of nobody is on all the same",
        [SHIFT],
        "By night",
        when("2026-11-26 03:00"),
        plan=Plan(HELSINKI, (team("Ghosts", shifts=[NIGHT]),)),
    ),
]

DEFAULT = policy("Default", "SEV3", is_default=True)
DEFAULTS = [
    case("nothing fits and there is no default", [], None, why="no default policy: the last resort is called at once"),
    case("the default, whatever its conditions say", [DEFAULT], "Default", why="its default “Default” is followed"),
    case("the default only when nothing fits", [DEFAULT, ALL], "All"),
    case("a default takes part by its conditions", [policy("D", "SEV1", is_default=True), ALL], "D", why="fewer sev"),
    case(
        "of several defaults the one that fits best",
        [
            policy("Areas", "SEV2", areas=["Ovens"], is_default=True, priority=9),
            policy("Nearly", areas=["Ovens"], is_default=True),
        ],
        "Nearly",
        of=AT_PRESSES,
    ),
    case(
        "of defaults that fit alike the higher priority",
        [DEFAULT, policy("First", "SEV2", is_default=True, priority=1, age=9)],
        "First",
    ),
    case(
        "of defaults that fit alike the newer",
        [policy("Old", "SEV2", is_default=True, age=9), DEFAULT],
        "Default",
    ),
    case("a default of its time", [policy("D", times=["22:00-06:00"], is_default=True)], "D", why="No policy"),
]

CASES = [*SEVERITIES, *PLACES, *OVERLAPS, *HOURS, *CHANGED_CLOCKS, *HOLIDAYS, *SHIFTS, *DEFAULTS]
