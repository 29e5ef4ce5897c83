"""What a simulation promises: who is called when, by which way, and why, if nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from policy_plant import PLANT, chain_of, named, names, person, place, policy, roster, step, stretch, tell, when

from haveri_contracts.escalation.models import (
    Chain,
    FacilitySettings,
    LastResort,
    MaintenanceWindow,
    Notify,
    QuietHours,
    Repeat,
    SimulatedCall,
    Simulation,
)
from haveri_contracts.plain import Severity
from haveri_escalation.domain.matching import PolicyBook
from haveri_escalation.domain.simulation import simulate
from haveri_escalation.domain.world import World

MINUTE = timedelta(minutes=1)
AT = when("2026-11-28 03:10")
CREW_A = Notify(team_ids=[named("Crew A")])
LEAD = Notify(shift_roles=["lead"])
BOSS = Notify(member_ids=[named("Boss")])


def run(chain: Chain | None = None, *, at: datetime = AT, severity: str = "SEV2", **world: Any) -> Simulation:
    policies = [policy("Presses", areas=["Presses"], chain=chain)] if chain is not None else []
    known = {"roster": roster(), "book": PolicyBook(policies), **world}
    return simulate(World(**known), place(severity, areas=["Presses"]), at)


def line(step: SimulatedCall) -> tuple[int, int, float, list[str]]:
    return step.round, step.step, (step.at - AT) / MINUTE, names(step.member_ids)


def told(step: SimulatedCall) -> dict[UUID, str]:
    return {UUID(member_id): tell([because]) for member_id, because in step.because_of.items()}


def test_the_night_shift_at_once_and_its_supervisor_after_a_quarter_of_an_hour() -> None:
    found = run(chain_of(step(Notify(shift_roles=["crew"])), step(LEAD, 15), step(BOSS, 15.5)))
    assert found.policy_name == "Presses"
    assert [line(step) for step in found.calls] == [
        (1, 1, 0, ["Aino", "Antti"]),
        (1, 2, 15, []),
        (1, 3, 15.5, ["Boss"]),
        (1, 0, 25.5, ["Boss"]),
    ]
    assert tell(found.calls[1].causes) == "Aino was called before"
    assert told(found.calls[0]) == {named("Aino"): "on shift, Night", named("Antti"): "on shift, Night"}
    assert told(found.calls[3]) == {named("Boss"): "administrator"}


def test_steps_come_in_the_order_of_their_time() -> None:
    found = run(chain_of(step(LEAD, 15), step(CREW_A), last_resort=None))
    assert [line(step) for step in found.calls] == [(1, 2, 0, ["Aino", "Antti"]), (1, 1, 15, [])]


def test_the_chain_is_repeated_and_everybody_is_called_again() -> None:
    found = run(
        chain_of(
            step(CREW_A), step(BOSS, 10), repeat=Repeat(times=2, every_minutes=30), last_resort=LastResort(notify=LEAD)
        )
    )
    assert [line(step) for step in found.calls] == [
        (1, 1, 0, ["Aino", "Antti"]),
        (1, 2, 10, ["Boss"]),
        (2, 1, 30, ["Aino", "Antti"]),
        (2, 2, 40, ["Boss"]),
        (3, 1, 60, ["Aino", "Antti"]),
        (3, 2, 70, ["Boss"]),
        (3, 0, 80, ["Aino"]),
    ]


def test_a_later_round_calls_who_is_on_shift_then() -> None:
    found = run(
        chain_of(step(LEAD), repeat=Repeat(times=1, every_minutes=60), last_resort=None), at=when("2026-11-24 05:30")
    )
    assert [names(step.member_ids) for step in found.calls] == [["Aino"], ["Ben"]]


def test_rounds_take_turns() -> None:
    one = CREW_A.model_copy(update={"round_robin": True})
    found = run(chain_of(step(one), repeat=Repeat(times=2, every_minutes=30), last_resort=None))
    assert [names(step.member_ids) for step in found.calls] == [["Aino"], ["Antti"], ["Aino"]]


def test_turns_go_on_where_they_are() -> None:
    one = CREW_A.model_copy(update={"round_robin": True})
    turns = {(named("Presses"), 1): {named("Crew A"): 1}, (named("Other"), 1): {named("Crew A"): 2}}
    found = run(chain_of(step(one), repeat=Repeat(times=1, every_minutes=30), last_resort=None), turns=turns)
    assert [names(step.member_ids) for step in found.calls] == [["Antti"], ["Aino"]]


def test_the_last_resort_wakes_who_was_not_called_yet() -> None:
    two = LastResort(notify=Notify(member_ids=[named("Aino"), named("Boss")]))
    found = run(chain_of(step(LEAD), last_resort=two))
    assert [names(step.member_ids) for step in found.calls] == [["Aino"], ["Boss"]]
    assert tell(found.calls[1].causes) == "Aino was called before"


def test_a_last_resort_of_those_who_were_called_calls_them_again() -> None:
    found = run(chain_of(step(CREW_A), last_resort=LastResort(notify=LEAD)))
    assert [names(step.member_ids) for step in found.calls] == [["Aino", "Antti"], ["Aino"]]


def test_the_first_way_of_each_is_said() -> None:
    people = dict(roster().people)
    people[named("Antti")] = person("Antti", ways=people[named("Antti")].ways[1:])
    people[named("Aino")] = person("Aino", ways=())
    found = run(chain_of(step(CREW_A), last_resort=None), roster=roster(people=people))
    assert (names(found.calls[0].member_ids), found.calls[0].via) == (["Antti"], ["email"])
    assert tell(found.calls[0].causes) == "Aino cannot be reached in any way"


def test_a_step_of_nobody_calls_the_last_resort_there_and_then() -> None:
    found = run(
        chain_of(step(Notify(member_ids=[named("Gone")])), last_resort=LastResort(notify=LEAD, after_minutes=5))
    )
    assert [line(step) for step in found.calls] == [(1, 1, 0, ["Aino"]), (1, 0, 5, ["Aino"])]
    assert tell(found.calls[0].causes) == "somebody who has left the organisation"


def test_without_a_policy_the_last_resort_is_called_at_once() -> None:
    found = run(settings=FacilitySettings(facility_id=PLANT, last_resort=LEAD))
    assert found.policy_id is None
    assert "no default policy" in tell(found.causes)
    assert [line(step) for step in found.calls] == [(1, 0, 0, ["Aino"])]


def test_quiet_hours_hold_who_is_not_on_shift() -> None:
    hours = QuietHours(severity=[Severity.SEV3], time_of_day=[stretch("22:00-06:00")])
    quiet = FacilitySettings(facility_id=PLANT, quiet_hours=[hours])
    chain = chain_of(step(Notify(member_ids=[named("Boss"), named("Aino")])), last_resort=None)
    found = run(chain, severity="SEV3", settings=quiet)
    assert found.calls[0].held_until == {str(named("Boss")): when("2026-11-28 06:00")}
    assert run(chain, severity="SEV2", settings=quiet).calls[0].held_until == {}


def window(start: float, end: float, area: str = "Presses") -> MaintenanceWindow:
    return MaintenanceWindow(
        id=named("work"),
        facility_id=PLANT,
        area_ids=[named(area)],
        starts_at=AT + start * MINUTE,
        ends_at=AT + end * MINUTE,
    )


TWO_STEPS = chain_of(step(CREW_A), step(BOSS, 10), last_resort=None)


def test_a_maintenance_window_silences_the_chain_until_it_ends() -> None:
    found = run(TWO_STEPS, windows=(window(-5, 20),))
    assert found.silenced_until == AT + 20 * MINUTE
    assert [line(step)[2] for step in found.calls] == [20, 30]


def test_a_window_that_begins_meanwhile_holds_what_is_left() -> None:
    found = run(TWO_STEPS, windows=(window(4, 20),))
    assert found.silenced_until is None
    assert [line(step)[2] for step in found.calls] == [0, 26]


def test_a_window_elsewhere_holds_nothing() -> None:
    found = run(TWO_STEPS, windows=(window(-5, 20, "Ovens"),))
    assert (found.silenced_until, [line(step)[2] for step in found.calls]) == (None, [0, 10])


def test_steps_for_everybody_say_that_they_come_in_any_case() -> None:
    found = run(chain_of(step(CREW_A), step(BOSS, 1, only_if_unacknowledged=False), last_resort=None))
    assert [step.only_if_unacknowledged for step in found.calls] == [True, False]


def test_a_chain_of_very_many_steps_is_cut_short() -> None:
    found = run(chain_of(*[step(CREW_A)] * 50, repeat=Repeat(times=50, every_minutes=60)))
    assert len(found.calls) == 301
    assert tell(found.calls[-1].causes) == "2250 steps of later rounds are not shown"


def test_every_policy_of_the_facility_is_considered() -> None:
    book = PolicyBook([policy("All", chain=TWO_STEPS), policy("Ovens", areas=["Ovens"], chain=TWO_STEPS)])
    found = simulate(World(roster(), book), place("SEV1", areas=["Presses"]), AT)
    assert [(one.name, one.matches) for one in found.considered] == [("All", True), ("Ovens", False)]
