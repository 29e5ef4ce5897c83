"""What the engine decides in the corners: late events, work on the line, and runs that nobody needs."""

from __future__ import annotations

from dataclasses import replace

from engine_rig import ADMIN, ANNA, BEN, CARLA, DIRK, FACILITY, MINUTE, Rig, policy, sev2, step, window

from haveri_contracts.escalation.events import MemberUnreachable, PolicyMissing, StepSkipped
from haveri_contracts.escalation.models import CallState, Chain, EndReason, RunState, Trigger
from haveri_contracts.plain import Severity
from haveri_escalation.domain import events, facts
from haveri_escalation.domain.decisions import acknowledging, beginning, following


def declared(*policies_, **values) -> Rig:
    """A declared SEV2 incident."""
    rig = Rig(list(policies_) or [sev2()], **values)
    rig.declare()
    return rig


def test_late_news_of_a_taking_that_is_over_changes_nothing() -> None:
    rig = declared()
    taken_at = rig.now + MINUTE
    rig.move(40 * MINUTE)
    rig.decide(beginning.expired, taken_at, rig.now)
    before = len(rig.only(events.StepFired))
    rig.decide(acknowledging.taken, ANNA, taken_at)
    assert not rig.known.incident.is_taken
    assert len(rig.only(events.StepFired)) == before


def test_a_taking_after_the_expiry_counts_although_our_clock_is_ahead_of_its_owners() -> None:
    rig = declared(sev2(acknowledgement_expires_minutes=30))
    rig.take(ANNA)
    rig.move(30 * MINUTE)
    expired_at = rig.now
    rig.now += MINUTE
    rig.decide(beginning.expired, rig.known.incident.taken_at, expired_at)
    rig.decide(acknowledging.taken, BEN, expired_at + MINUTE / 2)
    assert rig.known.incident.taken_by == BEN


def test_another_severity_of_a_taken_incident_calls_only_whom_that_does_not_depend_on() -> None:
    sev1 = policy(1, Severity.SEV1, Chain(steps=[step(0, CARLA), step(0, DIRK, only_if_unacknowledged=False)]))
    rig = declared(sev2(), sev1)
    rig.take(ANNA)
    rig.change_severity(Severity.SEV1)
    assert [event.step for event in rig.only(StepSkipped)] == [1]
    assert [call.member_id for call in rig.run.calls] == [DIRK]
    assert rig.run.end_reason is EndReason.DONE


def test_a_taken_incident_without_a_policy_for_its_new_severity_wakes_nobody() -> None:
    rig = declared(sev2())
    rig.take(ANNA)
    rig.change_severity(Severity.SEV1)
    assert len(rig.only(PolicyMissing)) == 1
    assert rig.run.end_reason is EndReason.ACKNOWLEDGED
    assert ADMIN not in [call.member_id for call in rig.calls()]


def test_open_calls_of_a_run_replaced_during_work_wait_for_its_end() -> None:
    sev1 = policy(1, Severity.SEV1, Chain(steps=[step(0, CARLA)]))
    rig = declared(sev2(), sev1)
    rig.maintain(window(1, rig.now, rig.now + 60 * MINUTE))
    rig.change_severity(Severity.SEV1)
    asked = len(rig.only(events.NotificationRequested))
    rig.move(59 * MINUTE)
    assert len(rig.only(events.NotificationRequested)) == asked
    rig.now += MINUTE
    rig.maintain()
    assert CARLA in [call.member_id for call in rig.calls()]
    assert len(rig.only(events.NotificationRequested)) > asked + 1, "the old calls went on, too"


def test_a_wish_for_more_people_calls_the_last_resort_when_nothing_else_is_left() -> None:
    rig = declared(policy(2, Severity.SEV2, Chain(steps=[step(0, ANNA)])))
    rig.wish()
    assert [call.member_id for call in rig.calls()] == [ANNA, ADMIN]
    assert rig.run.state is RunState.RUNNING


def test_a_last_resort_of_people_called_before_calls_them_again() -> None:
    rig = declared(policy(2, Severity.SEV2, Chain(steps=[step(0, ADMIN)])))
    rig.report(rig.calls()[0], "chat", "delivered")
    rig.move(10 * MINUTE)
    assert [call.member_id for call in rig.calls()] == [ADMIN, ADMIN]


def test_a_run_whose_last_resort_cannot_be_reached_ends_exhausted() -> None:
    rig = Rig([policy(2, Severity.SEV2, Chain(steps=[step(0, ANNA)]))])
    nobody = {id: replace(person, ways=()) for id, person in rig.people.people.items()}
    rig.people = replace(rig.people, people=nobody)
    rig.declare()
    assert [event.member_id for event in rig.only(MemberUnreachable)] == [ANNA, ADMIN]
    assert rig.run.end_reason is EndReason.EXHAUSTED


def test_a_report_that_says_nothing_new_changes_nothing() -> None:
    rig = declared()
    call = rig.calls()[0]
    rig.report(call, "chat", "delivered")
    for outcome in ("delivered", "sent"):
        assert rig.report(call, "chat", outcome) == []
    assert rig.report(call, "voice", "failed") == [], "that way was never asked for"


def test_activity_is_noted_only_where_a_clock_waits_for_it() -> None:
    without, with_clock = declared(), declared(sev2(acknowledgement_expires_minutes=30))
    for rig in (without, with_clock):
        rig.take(ANNA)
        rig.now += MINUTE
        rig.decide(following.active, rig.now)
    assert without.only(facts.ActivityNoted) == []
    assert len(with_clock.only(facts.ActivityNoted)) == 1


def test_a_withdrawn_call_says_so_and_the_takers_own_is_answered() -> None:
    rig = declared()
    rig.take(ANNA)
    assert [call.state for call in rig.calls()] == [CallState.ANSWERED, CallState.WITHDRAWN]
    assert rig.run.trigger is Trigger.DECLARED


def test_an_incident_of_last_week_wakes_nobody_when_it_is_first_heard_of_and_does_when_something_happens() -> None:
    rig = Rig([sev2(), policy(1, Severity.SEV1, Chain(steps=[step(0, CARLA)]))])
    long_ago = rig.now - 7 * 24 * 60 * MINUTE
    rig.decide(
        beginning.declared, facts.IncidentFollowed("INC-42", "Filler 2 jammed", Severity.SEV2, FACILITY, long_ago)
    )
    rig.decide(beginning.severity_changed, Severity.SEV3, long_ago)
    assert rig.known.runs == ()
    rig.change_severity(Severity.SEV1)
    assert [call.member_id for call in rig.run.calls] == [CARLA]
