"""While something is being worked on, nobody is woken for it; afterwards everything goes on."""

from __future__ import annotations

from engine_plant import Plant, calling
from engine_stage import MINUTE

from haveri_contracts.escalation import commands, events
from haveri_contracts.escalation.models import RunState, StepOutcome
from haveri_contracts.incident import events as incident_events


async def test_a_window_silences_a_running_chain_and_its_steps_keep_their_distance(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15), calling(plant.dirk, after=30))
    await plant.declare()
    await plant.reach_everybody()
    window = await plant.maintain(5, 60, "new bearings")
    await plant.move(5)
    (silenced,) = plant.published(events.EscalationSilenced)
    assert (silenced.window_id, silenced.reason) == (window, "new bearings")
    await plant.move(50)
    assert plant.called() == [plant.anna]
    (run,) = await plant.runs()
    assert (run.state, run.silenced_until) == (RunState.SILENCED, silenced.until)
    assert {step.outcome for step in run.steps[1:]} == {StepOutcome.SILENCED}
    await plant.move(5)
    (resumed,) = plant.published(events.EscalationResumed)
    assert [(step.due_at - silenced.until) / MINUTE for step in resumed.steps] == [10, 25]
    assert [one.window_id for one in plant.published(events.MaintenanceWindowEnded)] == [window]
    await plant.reach_everybody()
    await plant.move(9)
    assert plant.called() == [plant.anna]
    await plant.move(1)
    assert plant.called() == [plant.anna, plant.carla]
    await plant.reach_everybody()
    await plant.move(15)
    assert plant.called() == [plant.anna, plant.carla, plant.dirk]


async def test_an_incident_declared_in_a_window_calls_nobody_until_it_ends_early(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    window = await plant.maintain(0, 60)
    await plant.declare()
    assert len(plant.published(events.EscalationSilenced)) == 1
    await plant.move(20)
    assert plant.called() == []
    outcome = await plant.command(commands.EndMaintenanceWindow(window_id=window))
    assert outcome.problem is None
    await plant.stage.settle(plant.organization)
    assert plant.called() == [plant.anna]


async def test_an_asset_of_an_area_under_maintenance_is_silent_too(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.maintain(0, 60)
    await plant.declare(asset_ids=[str(plant.press)])
    assert plant.called() == []


async def test_a_second_window_goes_on_with_the_silence_of_the_first(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15))
    await plant.declare()
    await plant.reach_everybody()
    await plant.maintain(5, 30)
    await plant.maintain(20, 50)
    await plant.move(45)
    assert plant.called() == [plant.anna]
    await plant.move(5)
    await plant.move(10)
    assert plant.called() == [plant.anna, plant.carla]


async def test_a_silenced_incident_can_be_taken_and_stays_silent(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.maintain(0, 30)
    await plant.declare()
    await plant.take(plant.ben)
    await plant.move(60)
    assert plant.called() == []
    assert (await plant.runs())[0].state is RunState.ENDED


async def test_whoever_escalates_by_hand_during_the_work_is_heard(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.maintain(0, 30)
    await plant.declare()
    await plant.say(incident_events.EscalationRequested, plant.ben, member_ids=[plant.carla])
    assert plant.called() == [plant.carla]
