"""Matching policies and simulating escalations, in one process, as the escalation service does it.

Matching is measured in its worst case: every policy names areas, asset types and times of day, all of them are looked
at, and only the last one fits. A simulation is the whole answer to `escalation.simulate`, from the question to its
JSON: a plant of 20 crews and 200 members in three shifts, 100 policies, a chain of three steps that is repeated twice,
quiet hours and a maintenance window. The moments asked about are spread over four weeks, so that few are alike. Ids
are made anew each time they are named, as they come from the bus. Nothing waits for anything here, so the time is the
process's own CPU time: who else is busy on the machine does not count.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from functools import partial
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from benchmarks.report import Report, median
from haveri_contracts.escalation.models import (
    Chain,
    Conditions,
    FacilitySettings,
    MaintenanceWindow,
    Notify,
    QuietHours,
    Repeat,
    Step,
    TimeOfDay,
)
from haveri_contracts.escalation.queries import Simulate
from haveri_contracts.plain import Severity
from haveri_escalation.application.simulate import simulate
from haveri_escalation.domain.matching import Place, PolicyBook
from haveri_escalation.domain.people import Person, Roster, Way
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.world import World
from haveri_shifts.plan import Plan, Team, WeeklyShift

NIGHT = datetime(2026, 11, 28, 1, 10, tzinfo=UTC)  # Saturday 03:10 at the plant
EVERY_DAY = frozenset(range(7))
BOOKS = (10, 100, 1000, 10000)
ROUNDS = 15
SIMULATIONS = 3000
TEAMS, MEMBERS = 20, 200
SHIFTS = (("Day", wall(6), wall(14)), ("Evening", wall(14), wall(22)), ("Night", wall(22), wall(6)))


def plant() -> UUID:
    """The facility."""
    return UUID(int=1)


def presses() -> UUID:
    """Its area."""
    return UUID(int=2)


def roster() -> Roster:
    """A plant in three shifts; the first of each crew leads it."""
    people = [UUID(int=1000 + n) for n in range(MEMBERS)]
    teams = []
    for n in range(TEAMS):
        crew = tuple(people[n * 10 : n * 10 + 10])
        name, start, end = SHIFTS[n % 3]
        shift = WeeklyShift(name, EVERY_DAY, start, end)
        teams.append(Team(UUID(int=100 + n), f"Crew {n}", crew, (shift,), (("lead", frozenset(crew[:1])),)))
    ways = (Way("chat"), Way("email", timedelta(minutes=5)))
    return Roster(
        people={one: Person(one, f"Member {one.int}", ways, is_administrator=one.int == 1000) for one in people},
        plans={plant(): Plan(ZoneInfo("Europe/Helsinki"), tuple(teams))},
        team_names={team.id: team.name for team in teams},
        area_names={presses(): "Presses"},
        facility_of_area={presses(): plant()},
    )


def policies(count: int) -> list[Policy]:
    """All are for SEV2 on presses there; all but the last are for other times, of which few are alike."""
    made = []
    for n in range(count):
        hour, minute = 5 + n % 10, n // 10 % 60
        other_times = [TimeOfDay(start=f"{hour:02}:{minute:02}", end=f"{hour + 5:02}:{minute:02}")]
        fits = [TimeOfDay(days=["FRI"], start="22:00", end="06:00")]
        last = n == count - 1
        made.append(
            Policy(
                id=UUID(int=n),
                name=f"P{n}",
                facility_id=plant(),
                conditions=Conditions(
                    severity=[Severity.SEV2],
                    area_ids=[presses()],
                    asset_types=["press"],
                    time_of_day=fits if last else other_times,
                ),
                priority=-1 if last else 0,
                **dict(chain()),
            )
        )
    return made


def chain() -> Chain:
    """The crew, their lead, everybody on shift."""
    steps = [
        Step(notify=Notify(team_ids=[UUID(int=100 + n) for n in range(3)])),
        Step(notify=Notify(shift_roles=["lead"]), after_minutes=15),
        Step(notify=Notify(member_ids=[UUID(int=1007), UUID(int=1107)]), after_minutes=30),
    ]
    return Chain(steps=steps, repeat=Repeat(times=2, every_minutes=45))


def microseconds(work: Callable[[], object], times: int) -> float:
    """What one call takes, the median of several rounds."""
    found = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        for _ in range(times):
            work()
        found.append((time.thread_time() - begun) / times * 1e6)
    return median(found)


def match_times() -> dict[int, float]:
    """Microseconds of one match by the number of policies."""
    people = roster()
    plan = people.plans[plant()]
    place = Place(Severity.SEV2, plant(), frozenset({presses()}), frozenset({"press"}))
    found = {}
    for count in BOOKS:
        book = PolicyBook(policies(count))
        matched = book.match(place, NIGHT, plan).policy
        if matched is None or matched.name != f"P{count - 1}":
            raise RuntimeError(f"{matched} was matched, and only the last of {count} policies fits")
        found[count] = microseconds(partial(book.match, place, NIGHT, plan), 200_000 // count)
    return found


def simulations_a_second() -> float:
    """Whole answers to `escalation.simulate`, one after the other."""
    people, now = roster(), datetime(2026, 11, 1, tzinfo=UTC)
    quiet = QuietHours(severity=[Severity.SEV2], time_of_day=[TimeOfDay(start="22:00", end="06:00")])
    window = MaintenanceWindow(
        id=UUID(int=9),
        facility_id=plant(),
        area_ids=[presses()],
        starts_at=NIGHT,
        ends_at=NIGHT + timedelta(hours=4),
        reason="New die",
    )
    settings = FacilitySettings(facility_id=plant(), quiet_hours=[quiet])
    world = World(people, PolicyBook(policies(100)), settings, (window,))
    questions = [
        Simulate(
            severity=Severity.SEV2,
            facility_id=plant(),
            area_id=presses(),
            asset_type="press",
            at=now + timedelta(minutes=n * 40320 // SIMULATIONS),
        )
        for n in range(SIMULATIONS)
    ]
    begun = time.thread_time()
    for question in questions:
        simulate(question, world, now).model_dump_json()
    return SIMULATIONS / (time.thread_time() - begun)


def run() -> Report:
    """Measure and give the report."""
    report = Report(
        "escalation_matching",
        f"policies of one facility, all looked at; simulations with {TEAMS} crews, {MEMBERS} members",
    )
    gc.collect()
    matched = match_times()
    report.at_most("a match among 1,000 policies, only the last one fits", matched[1000] / 1000, 1, "ms")
    for few, many in pairwise(BOOKS):
        ratio = matched[many] / matched[few]
        report.at_most(f"time of {many:,} policies / of {few:,}, ten times as many", ratio, 12, "x")
    report.at_least("simulations a second, 100 policies", simulations_a_second(), 1000, "/s")
    report.details["microseconds of a match by the number of policies"] = {
        str(count): round(taken, 1) for count, taken in matched.items()
    }
    return report


if __name__ == "__main__":
    run().show(details=True)
