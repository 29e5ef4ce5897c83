"""A called member is tried one way after the other, at the right time, and never for what is over."""

from __future__ import annotations

from datetime import timedelta

from engine_plant import Plant, calling
from engine_stage import CHAT, MINUTE

from haveri_contracts.escalation import commands, events
from haveri_contracts.escalation.models import CallState
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident import events as incident_events
from haveri_contracts.outcomes import OutcomeStatus
from haveri_escalation.domain.people import Way
from haveri_escalation.domain.timers import ONLY_AFTER_FAILURE


def asked(plant: Plant) -> list[tuple[str, int]]:
    """Which ways were asked for, with their numbers."""
    return [(one.via.value, one.attempt) for one in plant.published(events.NotificationRequested)]


async def test_a_way_that_failed_is_followed_by_the_next_at_once(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    await plant.report(plant.call_of(plant.anna), "chat", "failed", "the app is not installed")
    assert asked(plant) == [("chat", 1), ("email", 2)]
    (failed,) = plant.published(events.NotificationFailed)
    assert failed.cause == Reason.of(ReasonCode.WAY_FAILED, via="chat", words="the app is not installed")


async def test_why_a_way_failed_is_kept_as_its_carrier_said_it(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    refused = Reason.of(ReasonCode.PROVIDER_REFUSED, detail="403 Forbidden")
    await plant.report(plant.call_of(plant.anna), "chat", "failed", cause=refused)
    (failed,) = plant.published(events.NotificationFailed)
    assert failed.cause is not None and failed.cause.code == ReasonCode.WAY_FAILED
    assert Reason.read(failed.cause.params["why"]) == refused
    assert failed.cause.params["words"] == str(refused), "for readers that know no `why` yet"


async def test_the_next_way_is_tried_after_its_minutes_without_an_answer(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    await plant.reach_everybody()
    await plant.move(4.9)
    assert asked(plant) == [("chat", 1)]
    await plant.move(0.1)
    assert asked(plant) == [("chat", 1), ("email", 2)]


async def test_a_way_for_failures_only_is_left_alone_while_chat_works(plant: Plant) -> None:
    plant.reach(plant.anna, CHAT, Way("email", ONLY_AFTER_FAILURE))
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    await plant.reach_everybody()
    await plant.move(9)
    assert asked(plant) == [("chat", 1)]
    await plant.report(plant.call_of(plant.anna), "chat", "failed", "blocked")
    assert asked(plant) == [("chat", 1), ("email", 2)]


async def test_a_carrier_that_says_nothing_for_a_minute_has_failed(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    await plant.move(1)
    (failed,) = plant.published(events.NotificationFailed)
    assert failed.cause == Reason.of(ReasonCode.NO_ANSWER, via="chat")
    assert asked(plant) == [("chat", 1), ("email", 2)]
    await plant.report(plant.call_of(plant.anna), "chat", "delivered")
    (run,) = await plant.runs()
    assert run.calls[0].state is CallState.REACHED, "it came late, and it came"


async def test_when_nobody_can_be_reached_the_next_step_comes_at_once(plant: Plant) -> None:
    plant.reach(plant.anna)
    await plant.put("SEV2", calling(plant.anna), calling(plant.carla, after=15), calling(plant.dirk, after=30))
    await plant.declare()
    assert plant.published(events.MemberUnreachable)[0].member_id == plant.anna
    assert plant.called() == [plant.anna, plant.carla]
    (replanned,) = plant.published(events.StepsReplanned)
    assert [step.due_at - plant.stage.clock.now() for step in replanned.steps] == [timedelta(), 15 * MINUTE]
    await plant.report(plant.call_of(plant.carla), "chat", "failed", "blocked")
    await plant.report(plant.call_of(plant.carla), "email", "failed", "no such mailbox")
    assert plant.called() == [plant.anna, plant.carla, plant.dirk]
    await plant.report(plant.call_of(plant.dirk), "chat", "failed", "blocked")
    await plant.report(plant.call_of(plant.dirk), "email", "failed", "no such mailbox")
    assert len(plant.published(events.EscalationExhausted)) == 1
    assert plant.called()[-1] == plant.adam


async def test_quiet_hours_hold_whoever_is_not_on_shift_and_let_go_in_the_morning(plant: Plant) -> None:
    now = plant.stage.clock.now()
    start, end = (now - MINUTE).strftime("%H:%M"), (now + 60 * MINUTE).strftime("%H:%M")
    quiet = {"severity": ["SEV2"], "time_of_day": [{"from": start, "to": end}]}
    settings = {"facility_id": plant.facility, "quiet_hours": [quiet]}
    outcome = await plant.command(commands.ChangeFacilitySettings.model_validate({"settings": settings}))
    assert outcome.status is OutcomeStatus.ACCEPTED
    await plant.put("SEV2", calling(plant.carla), calling(plant.dirk, after=90))
    await plant.declare()
    (fired,) = plant.published(events.StepFired)
    held_until = fired.calls[0].held_until
    assert held_until is not None
    assert plant.published(events.NotificationRequested) == []
    await plant.move((held_until - now) / MINUTE - 0.1)
    assert plant.published(events.CallReleased) == []
    await plant.move(0.1)
    assert [one.member_id for one in plant.published(events.CallReleased)] == [plant.carla]
    assert asked(plant) == [("chat", 1)]


async def test_a_held_call_is_not_made_when_the_incident_is_taken_meanwhile(plant: Plant) -> None:
    now = plant.stage.clock.now()
    quiet = {"severity": ["SEV2"], "time_of_day": [{"from": "00:00", "to": "00:00"}]}
    settings = {"facility_id": plant.facility, "quiet_hours": [quiet]}
    await plant.command(commands.ChangeFacilitySettings.model_validate({"settings": settings}))
    await plant.put("SEV2", calling(plant.carla))
    await plant.declare()
    await plant.take(plant.ben)
    await plant.move(60)
    assert plant.published(events.NotificationRequested) == []
    assert now < plant.stage.clock.now()


async def test_whoever_is_coming_says_so_once_and_nobody_else_can(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    await plant.take(plant.anna)
    await plant.say(incident_events.EscalationRequested, plant.anna, member_ids=[plant.ben])
    assert plant.published(events.NotificationRequested)[-1].purpose == "join"
    coming = commands.AnswerCall(incident_id=plant.incident, call_id=plant.call_of(plant.ben))
    refused = [
        await plant.command(coming, plant.carla),
        await plant.command(coming, plant.viewer),
        await plant.command(coming.model_copy(update={"incident_id": plant.facility}), plant.ben),
        await plant.command(coming.model_copy(update={"call_id": plant.call_of(plant.anna)}), plant.anna),
    ]
    assert [one.problem and one.problem.type for one in refused] == [
        "call-not-yours",
        "role-not-sufficient",
        "call-unknown",
        "call-already-answered",
    ]
    assert (await plant.command(coming, plant.ben)).status is OutcomeStatus.ACCEPTED
    await plant.stage.settle(plant.organization)
    assert plant.published(events.NotificationAnswered)[-1].member_id == plant.ben
    again = await plant.command(coming, plant.ben)
    assert again.problem is not None
    assert again.problem.type == "call-already-answered"


async def test_a_call_to_take_an_incident_is_not_answered_by_coming(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    answer = await plant.command(
        commands.AnswerCall(incident_id=plant.incident, call_id=plant.call_of(plant.anna)), plant.anna
    )
    assert answer.problem is not None
    assert answer.problem.type == "call-asks-to-take"


async def test_only_haveris_own_services_report_on_notifications(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    report = commands.ReportNotification.model_validate(
        {
            "incident_id": plant.incident,
            "call_id": plant.call_of(plant.anna),
            "via": "chat",
            "outcome": "failed",
        }
    )
    refused = await plant.command(report, plant.anna)
    assert refused.problem is not None
    assert refused.problem.type == "role-not-sufficient"
    assert asked(plant) == [("chat", 1)]


async def test_what_a_carrier_found_unneeded_is_not_tried_another_way(plant: Plant) -> None:
    await plant.put("SEV2", calling(plant.anna))
    await plant.declare()
    await plant.report(plant.call_of(plant.anna), "chat", "unneeded")
    await plant.move(8)
    assert asked(plant) == [("chat", 1)]
    assert plant.published(events.NotificationFailed) == []
