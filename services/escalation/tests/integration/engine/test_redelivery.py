"""Messages come twice, late, in the wrong order and in the same millisecond: it makes no difference."""

from __future__ import annotations

import asyncio

from engine_plant import Plant, calling
from engine_stage import IDS, MINUTE

from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation import commands, events
from haveri_contracts.incident import events as incident_events
from haveri_contracts.outcomes import OutcomeStatus
from haveri_devservers.testing.waiting import eventually


async def again(plant: Plant, envelope: Envelope, subject: str) -> None:
    """The same message once more, as after a lost acknowledgement; the stream itself would drop its id."""
    await plant.stage.bus.publish_durable(subject, envelope.encode(), str(IDS.new()))
    await asyncio.sleep(0.1)
    await plant.stage.settle(plant.organization, envelope.id)


async def test_a_declaration_delivered_twice_calls_once(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    declared = await plant.declare()
    await again(plant, declared, incident_events.IncidentDeclared.subject(plant.organization))
    assert plant.called() == [plant.anna]
    assert len(await plant.runs()) == 1


async def test_a_timer_delivered_twice_fires_once(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15))
    await plant.declare()
    await plant.reach_everybody()
    await plant.move(15)
    heard = plant.stage.heard[plant.organization]
    (timer,) = (one for one in heard if one.type == events.TimerDue.message_type() and one.data["timer"] == "step")
    await again(plant, timer, events.TimerDue.subject(plant.organization))
    assert plant.called() == [plant.anna, plant.carla]


async def test_a_timer_of_an_older_plan_is_refused_with_the_reason(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15), calling(plant.dirk, after=30))
    await plant.declare()
    await plant.say(incident_events.EscalationRequested, plant.anna)
    (run,) = await plant.runs()
    assert run.generation == 2
    stale = events.TimerDue(
        incident_id=plant.incident,
        timer="step",
        run_id=run.id,
        generation=1,
        round=1,
        step=3,
        due_at=plant.stage.clock.now(),
    )
    envelope = plant.stage.bus.sender.event(
        stale, organization=plant.organization, actor="system:escalation", cause=None
    )
    await plant.stage.publish(envelope, stale.subject(plant.organization))
    await plant.stage.settle(plant.organization, envelope.id)
    assert plant.dirk not in plant.called()
    (refused,) = await plant.rows("SELECT payload FROM events WHERE type LIKE '%timer_refused%'")
    assert refused["payload"]["reason"] == "it is of generation 1, the run of 2"


async def test_news_that_overtakes_the_declaration_is_taken_in_after_it(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15))
    taken = incident_events.IncidentAcknowledged(
        incident_id=plant.incident, member_id=plant.ben, acknowledged_at=plant.stage.clock.now()
    )
    envelope = plant.stage.bus.sender.event(
        taken, organization=plant.organization, actor=f"member:{plant.ben}", cause=None, sequence=2
    )
    await plant.stage.publish(envelope, taken.subject(plant.organization))
    await asyncio.sleep(0.05)
    await plant.declare()
    await plant.stage.settle(plant.organization, envelope.id)
    (run,) = await plant.runs()
    assert run.end_reason == "acknowledged"
    await plant.move(15)
    assert plant.called() == [plant.anna]


async def test_two_who_are_coming_in_the_same_millisecond_are_both_noted_once(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    await plant.take(plant.anna)
    await plant.say(incident_events.EscalationRequested, plant.anna, member_ids=[plant.ben, plant.carla])
    answers = await asyncio.gather(
        *(
            plant.command(commands.AnswerCall(incident_id=plant.incident, call_id=plant.call_of(member)), member)
            for member in (plant.ben, plant.carla, plant.ben, plant.carla)
        )
    )
    assert sorted(one.status for one in answers) == [OutcomeStatus.ACCEPTED] * 2 + [OutcomeStatus.REJECTED] * 2
    await plant.stage.settle(plant.organization)
    coming = [one.member_id for one in plant.published(events.NotificationAnswered)[1:]]
    assert sorted(coming, key=str) == sorted([plant.ben, plant.carla], key=str)


async def test_an_acknowledgement_in_the_moment_of_a_step_leaves_nobody_called(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15))
    await plant.declare()
    await plant.reach_everybody()
    due = plant.stage.clock.now() + 15 * MINUTE
    taking = asyncio.create_task(plant.take(plant.ben))
    plant.stage.clock.advance(due - plant.stage.clock.now())
    await taking
    await plant.stage.settle(plant.organization)
    withdrawn = {call for one in plant.published(events.CallsWithdrawn) for call in one.call_ids}
    assert {plant.call_of(member) for member in plant.called()} == withdrawn
    assert await plant.rows("SELECT 1 FROM due_timers") == []


async def test_while_the_people_are_not_known_the_declaration_waits_and_is_not_lost(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    people = plant.stage.rosters.known.pop(plant.organization)
    declaring = asyncio.create_task(plant.declare())
    await asyncio.sleep(0.3)
    assert plant.called() == []
    plant.roster = people
    await declaring
    assert await eventually(lambda: plant.called() == [plant.anna])
