"""Somebody is called until somebody answers: the chain as people live it."""

from __future__ import annotations

from dataclasses import replace

from engine_plant import Plant, calling
from engine_stage import MINUTE

from haveri_contracts.escalation import events
from haveri_contracts.escalation.models import CallState, EndReason, RunState, StepOutcome, Trigger
from haveri_contracts.incident import events as incident_events
from haveri_contracts.plain import Status


async def test_supervisor_is_called_when_sev2_stays_unacknowledged(plant: Plant) -> None:
    await plant.put("SEV2", {"notify": {"team_ids": [str(plant.crew)]}}, calling(plant.carla, after=15))
    await plant.declare()
    assert plant.called() == [plant.anna, plant.ben]
    asked = plant.published(events.NotificationRequested)
    assert [(one.member_id, one.via, one.purpose) for one in asked] == [
        (plant.anna, "chat", "take"),
        (plant.ben, "chat", "take"),
    ]
    await plant.reach_everybody()
    await plant.move(14.5)
    assert plant.called() == [plant.anna, plant.ben]
    await plant.move(0.5)
    assert plant.called() == [plant.anna, plant.ben, plant.carla]
    (unacked,) = plant.published(events.EscalationUnacked)
    assert (unacked.step, unacked.minutes) == (1, 15)


async def test_the_chain_goes_silent_and_all_calls_are_withdrawn_when_somebody_takes_it(plant: Plant) -> None:
    await plant.put("SEV1", calling(plant.anna, plant.ben, plant.carla), calling(plant.dirk, after=5))
    await plant.declare("SEV1")
    await plant.take(plant.ben)
    (answered,) = plant.published(events.NotificationAnswered)
    assert (answered.member_id, answered.call_id) == (plant.ben, plant.call_of(plant.ben))
    (withdrawn,) = plant.published(events.CallsWithdrawn)
    assert set(withdrawn.call_ids) == {plant.call_of(plant.anna), plant.call_of(plant.carla)}
    assert withdrawn.by_member_id == plant.ben
    await plant.move(60)
    assert plant.dirk not in plant.called()
    (run,) = await plant.runs()
    assert (run.state, run.end_reason) == (RunState.ENDED, EndReason.ACKNOWLEDGED)
    assert [step.outcome for step in run.steps] == [StepOutcome.FIRED, StepOutcome.CANCELLED]
    states = {call.member_id: call.state for call in run.calls}
    assert states[plant.ben] is CallState.ANSWERED
    assert states[plant.anna] is CallState.WITHDRAWN
    assert await plant.rows("SELECT 1 FROM due_timers") == []


async def test_a_step_that_does_not_depend_on_it_still_comes_and_asks_to_join(plant: Plant) -> None:
    await plant.put(
        "SEV1", calling(plant.anna), calling(plant.dirk, after=30, only_if_unacknowledged=False), last_resort=None
    )
    await plant.declare("SEV1")
    await plant.take(plant.anna)
    await plant.move(30)
    assert plant.called() == [plant.anna, plant.dirk]
    asked = plant.published(events.NotificationRequested)[-1]
    assert (asked.member_id, asked.purpose) == (plant.dirk, "join")
    assert plant.published(events.EscalationEnded)[-1].reason is EndReason.DONE


async def test_another_severity_calls_by_its_own_policy_and_nobody_a_second_time(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15))
    await plant.put("SEV1", calling(plant.anna, plant.ben), calling(plant.dirk, after=5))
    await plant.declare("SEV2")
    await plant.reach_everybody()
    await plant.move(10)
    await plant.say(incident_events.SeverityChanged, old_severity="SEV2", severity="SEV1")
    await plant.reach_everybody()
    assert plant.called() == [plant.anna, plant.ben]
    assert plant.published(events.StepFired)[-1].already_called == [plant.anna]
    await plant.move(5)
    assert plant.called() == [plant.anna, plant.ben, plant.dirk]
    await plant.move(5)
    assert plant.carla not in plant.called()
    old, new = await plant.runs()
    assert (old.end_reason, new.trigger) == (EndReason.REPLACED, Trigger.SEVERITY_CHANGED)


async def test_a_reopened_incident_calls_everybody_anew(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    summary = {"what_happened": "A bottle was stuck"}
    now = plant.stage.clock.now()
    await plant.say(incident_events.IncidentResolved, old_status="DECLARED", summary=summary, resolved_at=now)
    assert plant.published(events.CallsWithdrawn)[-1].reason is EndReason.RESOLVED
    await plant.move(60)
    assert plant.called() == [plant.anna]
    await plant.say(incident_events.IncidentReopened, old_status=Status.RESOLVED, reason="stuck again")
    assert plant.called() == [plant.anna, plant.anna]
    assert (await plant.runs())[-1].trigger is Trigger.REOPENED


async def test_a_chain_is_repeated_then_exhausted_and_then_the_last_resort_is_called(plant: Plant) -> None:
    await plant.put(
        "SEV2",
        calling(plant.anna),
        repeat={"times": 1, "every_minutes": 20},
        last_resort={"notify": {"member_ids": [str(plant.dirk)]}, "after_minutes": 10},
    )
    await plant.declare()
    await plant.reach_everybody()
    await plant.move(20)
    assert plant.called() == [plant.anna, plant.anna]
    await plant.reach_everybody()
    await plant.move(9)
    assert plant.published(events.EscalationExhausted) == []
    await plant.move(1)
    assert [one.last_resort for one in plant.published(events.EscalationExhausted)] == [True]
    assert plant.called() == [plant.anna, plant.anna, plant.dirk]
    (run,) = await plant.runs()
    assert (run.steps[-1].step, run.state) == (0, RunState.RUNNING)


async def test_a_chain_without_last_resort_ends_exhausted(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), last_resort=None)
    await plant.declare()
    await plant.move(10)
    assert [one.last_resort for one in plant.published(events.EscalationExhausted)] == [False]
    assert (await plant.runs())[0].end_reason is EndReason.EXHAUSTED
    await plant.take(plant.anna)
    assert plant.published(events.NotificationAnswered)[-1].member_id == plant.anna, "an old card still answers"


async def test_without_a_policy_it_is_said_and_the_administrators_are_called_at_once(plant: Plant) -> None:
    await plant.declare("SEV3")
    (missing,) = plant.published(events.PolicyMissing)
    assert (missing.facility_id, missing.severity) == (plant.facility, "SEV3")
    assert plant.called() == [plant.adam]


async def test_people_named_in_vain_fall_to_the_last_resort_at_that_moment(plant: Plant) -> None:
    await plant.put("SEV2", {"notify": {"team_ids": [str(plant.crew)]}})
    plan = plant.roster.plans[plant.facility]
    everybody_left = replace(plan, teams=(replace(plan.teams[0], member_ids=()),))
    plant.roster = replace(plant.roster, plans={plant.facility: everybody_left})
    await plant.declare()
    assert plant.called() == [plant.adam]
    assert plant.published(events.StepFired)[0].in_vain


async def test_two_teams_that_name_one_person_call_them_once(plant: Plant) -> None:
    notify = {"team_ids": [str(plant.crew)], "member_ids": [str(plant.anna)]}
    await plant.put("SEV2", {"notify": notify}, calling(plant.anna, after=5))
    await plant.declare()
    await plant.reach_everybody()
    await plant.move(5)
    assert sorted(plant.called(), key=str) == sorted([plant.anna, plant.ben], key=str)
    assert plant.published(events.StepFired)[-1].already_called == [plant.anna]


async def test_a_team_whose_people_are_called_in_turn_calls_the_next_one_each_time(plant: Plant) -> None:
    await plant.put("SEV2", {"notify": {"team_ids": [str(plant.crew)], "round_robin": True}})
    await plant.declare()
    await plant.with_another_incident().declare()
    assert plant.called() == [plant.anna, plant.ben]


async def test_what_runs_is_answered_with_its_next_step_the_nearest_first(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15))
    await plant.put("SEV1", calling(plant.anna), calling(plant.carla, after=5))
    second = plant.with_another_incident()
    await plant.declare("SEV2")
    await second.declare("SEV1")
    first = await plant.running(limit=1)
    rest = await plant.running(limit=1, cursor=first.next_cursor)
    assert [one.run.incident_id for one in first.items + rest.items] == [second.incident, plant.incident]
    assert rest.next_cursor is None
    nearest = first.items[0].next_step
    assert nearest is not None
    assert (nearest.step, nearest.due_at) == (2, plant.stage.clock.now() + 5 * MINUTE)
