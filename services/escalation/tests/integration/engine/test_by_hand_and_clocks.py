"""More people by hand, and what is taken and then forgotten."""

from __future__ import annotations

from engine_plant import Plant, calling
from engine_stage import IDS

from haveri_chassis.messages import Sender
from haveri_contracts.chat.events import Author, MessagePosted
from haveri_contracts.escalation import events
from haveri_contracts.escalation.models import EndReason, Trigger
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident import events as incident_events

WISH = incident_events.EscalationRequested


async def test_a_person_named_by_hand_is_called_now_and_nothing_is_taken_back(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15))
    await plant.declare()
    await plant.reach_everybody()
    await plant.say(WISH, plant.anna, member_ids=[plant.dirk], reason="smoke")
    assert plant.called() == [plant.anna, plant.dirk]
    by_hand = (await plant.runs())[-1]
    assert (by_hand.trigger, by_hand.end_reason) == (Trigger.BY_HAND, EndReason.DONE)
    (cause,) = by_hand.causes
    assert cause == Reason.of(ReasonCode.ASKED_FOR_MORE_BECAUSE, member_id=plant.anna, words="smoke")
    await plant.move(15)
    assert plant.called() == [plant.anna, plant.dirk, plant.carla]


async def test_nobody_named_brings_the_next_step_forward_and_later_ones_keep_their_distance(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15), calling(plant.dirk, after=40))
    await plant.declare()
    await plant.reach_everybody()
    await plant.move(5)
    await plant.say(WISH, plant.anna)
    assert plant.called() == [plant.anna, plant.carla]
    await plant.reach_everybody()
    await plant.move(24)
    assert plant.called() == [plant.anna, plant.carla]
    await plant.move(1)
    assert plant.called() == [plant.anna, plant.carla, plant.dirk]


async def test_a_policy_named_by_hand_is_run_whatever_its_conditions(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    fire = await plant.put("SEV1", calling(plant.dirk), calling(plant.ben, after=5))
    await plant.declare()
    await plant.say(WISH, plant.anna, policy_id=fire)
    await plant.reach_everybody()
    assert plant.called() == [plant.anna, plant.dirk]
    await plant.move(5)
    assert plant.called() == [plant.anna, plant.dirk, plant.ben]


async def test_a_policy_that_is_no_more_falls_to_the_last_resort(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    await plant.say(WISH, plant.anna, policy_id=IDS.new())
    assert plant.called() == [plant.anna, plant.adam]


async def test_more_people_for_a_taken_incident_are_asked_to_join(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15))
    await plant.declare()
    await plant.take(plant.anna)
    await plant.say(WISH, plant.anna)
    assert plant.called() == [plant.anna, plant.anna], "a fresh run of the policy begins"
    await plant.reach_everybody()
    await plant.move(15)
    assert plant.called()[-1] == plant.carla
    assert {one.purpose for one in plant.published(events.NotificationRequested)[1:]} == {"join"}


async def test_a_new_lead_is_called_unless_he_named_himself(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    await plant.say(incident_events.LeadAssigned, plant.anna, member_id=plant.ben)
    assert plant.called() == [plant.anna, plant.ben]
    await plant.say(incident_events.LeadAssigned, plant.carla, member_id=plant.carla)
    assert plant.called() == [plant.anna, plant.ben]


async def test_what_is_taken_and_then_forgotten_is_asked_back_and_calls_everybody_anew(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), acknowledgement_expires_minutes=30)
    await plant.declare()
    taken_at = plant.stage.clock.now()
    await plant.take(plant.anna)
    await plant.move(29)
    assert plant.expiries() == []
    await plant.move(1)
    (asked,) = plant.expiries()
    assert (asked.acknowledged_at, asked.idle_minutes) == (taken_at, 30)
    await plant.move(30)
    assert len(plant.expiries()) == 1
    await plant.say(
        incident_events.AcknowledgementExpired,
        member_id=plant.anna,
        acknowledged_at=asked.acknowledged_at,
        idle_minutes=asked.idle_minutes,
    )
    assert plant.called() == [plant.anna, plant.anna]
    assert (await plant.runs())[-1].trigger is Trigger.ACKNOWLEDGEMENT_EXPIRED


async def test_a_message_in_the_channel_keeps_a_taken_incident_from_being_forgotten(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), acknowledgement_expires_minutes=30)
    await plant.declare()
    await plant.take(plant.anna)
    await plant.move(20)
    message = MessagePosted(
        incident_id=plant.incident,
        platform="teams",
        channel_ref="channel",
        message_ref="message",
        author=Author(display_name="A contractor", platform_user_id="x"),
        text="Almost there",
        posted_at=plant.stage.clock.now(),
    )
    said = Sender("teams-gateway", plant.stage.clock, IDS).event(
        message, organization=plant.organization, actor="system:teams-gateway", cause=None
    )
    await plant.stage.publish(said, message.subject(plant.organization))
    await plant.stage.settle(plant.organization, said.id)
    await plant.move(29)
    assert plant.expiries() == []
    await plant.move(1)
    assert len(plant.expiries()) == 1


async def test_a_mitigated_incident_is_not_forgotten_and_not_overdue(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna), acknowledgement_expires_minutes=30, mitigation={"within_minutes": 45})
    await plant.declare()
    await plant.take(plant.anna)
    await plant.say(incident_events.StatusUpdated, plant.anna, old_status="DECLARED", status="MITIGATED")
    await plant.move(120)
    assert plant.expiries() == []
    assert plant.published(events.MitigationOverdue) == []


async def test_an_incident_not_mitigated_in_time_calls_whom_the_policy_names_to_join(plant: Plant) -> None:
    notify = {"member_ids": [str(plant.dirk)]}
    await plant.put("SEV2", calling(plant.anna), mitigation={"within_minutes": 45, "notify": notify})
    await plant.declare()
    await plant.take(plant.anna)
    await plant.move(44)
    assert plant.published(events.MitigationOverdue) == []
    await plant.move(1)
    (overdue,) = plant.published(events.MitigationOverdue)
    assert (overdue.taken_by, overdue.within_minutes) == (plant.anna, 45)
    asked = plant.published(events.NotificationRequested)[-1]
    assert (asked.member_id, asked.purpose) == (plant.dirk, "join")
    await plant.move(100)
    assert len(plant.published(events.MitigationOverdue)) == 1
