"""What an incident allows and refuses, by status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from haveri_contracts.incident.commands import DeclareIncident
from haveri_contracts.incident.events import IncidentDeclared, IncidentReopened, LeadAssigned
from haveri_contracts.incident.models import FollowUpDraft, Incident, Summary
from haveri_contracts.plain import EntryType, Refusal, Severity, Status
from haveri_incident.domain import decisions, refusals
from haveri_incident.domain.state import BrokenHistoryError, Fact, evolve, fold

NOW = datetime(2026, 3, 29, 1, 10, tzinfo=UTC)
ANNA, BEN, INCIDENT = UUID(int=1), UUID(int=2), UUID(int=9)
DECLARE = DeclareIncident(
    incident_id=INCIDENT, title="Filler 2 jammed", severity=Severity.SEV1, facility_id=UUID(int=5)
)
SUMMARY = Summary(
    what_happened="The infeed sensor had come loose.", root_cause="Vibration", resolution="Sensor replaced"
)


def after(state: Incident | None, events: decisions.Events) -> Incident:
    for event in events:
        version = state.version + 1 if state else 1
        state = evolve(state, Fact(version, event, NOW))
    assert state is not None
    return state


def declared() -> Incident:
    return after(None, decisions.declare(DECLARE, number="INC-1", actor=f"member:{ANNA}", lead=ANNA, now=NOW))


def investigating() -> Incident:
    return after(declared(), decisions.update_status(declared(), Status.INVESTIGATING, ""))


def resolved() -> Incident:
    return after(investigating(), decisions.resolve(investigating(), SUMMARY, NOW))


def closed() -> Incident:
    return after(resolved(), decisions.close(resolved(), [], NOW))


def test_whoever_declares_leads_until_another_is_named() -> None:
    state = declared()
    assert state.assigned_to == ANNA
    assert after(state, decisions.assign_lead(state, BEN)).assigned_to == BEN


def test_an_incident_goes_from_declared_over_mitigated_to_closed() -> None:
    state = investigating()
    state = after(state, decisions.update_status(state, Status.MITIGATED, "running at half speed"))
    state = after(state, decisions.resolve(state, SUMMARY, NOW))
    assert (state.status, state.summary, state.resolved_at) == (Status.RESOLVED, SUMMARY, NOW)
    follow_up = FollowUpDraft(id=uuid4(), description="Order a spare sensor", assigned_to=ANNA)
    state = after(state, decisions.close(state, [follow_up], NOW))
    assert (state.status, state.follow_ups, state.closed_at) == (Status.CLOSED, [follow_up], NOW)


def test_a_problem_that_comes_back_is_investigated_again() -> None:
    state = after(investigating(), decisions.update_status(investigating(), Status.MITIGATED, ""))
    assert after(state, decisions.update_status(state, Status.INVESTIGATING, "")).status is Status.INVESTIGATING


@pytest.mark.parametrize(
    ("state", "status", "reason"),
    [
        (declared(), Status.RESOLVED, refusals.SummaryRequired),
        (declared(), Status.CLOSED, refusals.CloseRequired),
        (declared(), Status.DECLARED, refusals.StatusUnchanged),
        (investigating(), Status.DECLARED, refusals.StatusMayNotFollow),
        (resolved(), Status.INVESTIGATING, refusals.IncidentAlreadyResolved),
        (closed(), Status.MITIGATED, refusals.IncidentAlreadyClosed),
    ],
)
def test_a_status_that_may_not_follow_is_refused_by_name(
    state: Incident, status: Status, reason: type[Refusal]
) -> None:
    with pytest.raises(reason) as refusal:
        decisions.update_status(state, status, "")
    assert "INC-1" in refusal.value.detail or reason is refusals.SummaryRequired


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (lambda: decisions.resolve(closed(), SUMMARY, NOW), refusals.IncidentAlreadyClosed),
        (lambda: decisions.resolve(resolved(), SUMMARY, NOW), refusals.IncidentAlreadyResolved),
        (lambda: decisions.close(investigating(), [], NOW), refusals.IncidentNotResolved),
        (lambda: decisions.close(closed(), [], NOW), refusals.IncidentAlreadyClosed),
        (lambda: decisions.reopen(investigating(), "why"), refusals.IncidentStillOpen),
        (lambda: decisions.assign_lead(declared(), ANNA), refusals.LeadUnchanged),
        (lambda: decisions.assign_lead(closed(), BEN), refusals.IncidentAlreadyClosed),
        (lambda: decisions.change_severity(declared(), Severity.SEV1, ""), refusals.SeverityUnchanged),
        (lambda: decisions.change_severity(closed(), Severity.SEV2, ""), refusals.IncidentAlreadyClosed),
        (lambda: decisions.amend_summary(declared(), SUMMARY), refusals.IncidentStillOpen),
        (lambda: decisions.escalate(resolved(), None, [], [], ""), refusals.IncidentAlreadyResolved),
        (
            lambda: decisions.add_event(closed(), EntryType.ACTION_TAKEN, "x", None, NOW),
            refusals.IncidentAlreadyClosed,
        ),
        (
            lambda: decisions.add_event(declared(), EntryType.ANNOTATION, "x", NOW + timedelta(seconds=1), NOW),
            refusals.OccurredInTheFuture,
        ),
    ],
)
def test_a_command_at_the_wrong_time_is_refused_by_name(command, reason) -> None:
    with pytest.raises(reason):
        command()


NAMES = {ANNA: "Anna", BEN: "Ben"}


def taken() -> Incident:
    return after(declared(), decisions.acknowledge(declared(), ANNA, NOW, NAMES))


def test_who_acknowledges_second_is_told_who_was_first_and_when() -> None:
    assert (taken().acknowledged_by, taken().acknowledged_at) == (ANNA, NOW)
    with pytest.raises(refusals.AlreadyAcknowledged, match="Anna took INC-1 at 01:10 UTC"):
        decisions.acknowledge(taken(), BEN, NOW, NAMES)
    with pytest.raises(refusals.AlreadyAcknowledged, match="You took INC-1 at 01:10 UTC"):
        decisions.acknowledge(taken(), ANNA, NOW, NAMES)


def test_an_incident_that_was_taken_and_forgotten_can_be_taken_by_somebody_else() -> None:
    forgotten = after(taken(), decisions.expire_acknowledgement(taken(), NOW, 30.0))
    assert (forgotten.acknowledged_by, forgotten.acknowledged_at) == (None, None)
    again = after(forgotten, decisions.acknowledge(forgotten, BEN, NOW, NAMES))
    assert again.acknowledged_by == BEN


def test_only_the_acknowledgement_that_was_forgotten_is_taken_back() -> None:
    with pytest.raises(refusals.AcknowledgementNotInForce):
        decisions.expire_acknowledgement(taken(), NOW - timedelta(seconds=1), 30.0)
    with pytest.raises(refusals.AcknowledgementNotInForce):
        decisions.expire_acknowledgement(declared(), NOW, 30.0)
    mitigated = after(taken(), decisions.update_status(taken(), Status.MITIGATED, ""))
    with pytest.raises(refusals.AcknowledgementNotInForce, match="MITIGATED"):
        decisions.expire_acknowledgement(mitigated, NOW, 30.0)


def test_a_reopened_incident_is_nobodys_until_somebody_takes_it_anew() -> None:
    resolved = after(taken(), decisions.resolve(taken(), SUMMARY, NOW))
    reopened = after(resolved, decisions.reopen(resolved, "Jammed again"))
    assert (reopened.acknowledged_by, reopened.acknowledged_at) == (None, None)


def test_a_reopening_of_the_time_before_acknowledgements_were_cleared_reads_as_it_did_then() -> None:
    resolved = after(taken(), decisions.resolve(taken(), SUMMARY, NOW))
    reopened = after(
        resolved, [IncidentReopened(incident_id=INCIDENT, old_status=Status.RESOLVED, reason="Jammed again")]
    )
    assert reopened.acknowledged_by == ANNA


def test_a_closed_incident_still_takes_annotations_and_a_better_summary() -> None:
    state = closed()
    assert decisions.add_event(state, EntryType.ANNOTATION, "Seen in the review", NOW - timedelta(days=1), NOW)
    better = Summary(what_happened="The bracket of the infeed sensor was cracked.")
    assert after(state, decisions.amend_summary(state, better)).summary == better


def test_reopening_takes_the_incident_up_again_and_keeps_its_record() -> None:
    state = after(closed(), decisions.reopen(closed(), "Jammed again"))
    assert (state.status, state.resolved_at, state.closed_at) == (Status.INVESTIGATING, None, None)
    assert state.summary == SUMMARY


def test_the_same_chat_references_again_are_no_news() -> None:
    state = after(declared(), decisions.link_chat(declared(), "19:a", None, None))
    assert decisions.link_chat(state, "19:a", None, None) == []
    more = after(state, decisions.link_chat(state, None, "19:g", "42"))
    assert (more.chat_channel_ref, more.global_channel_ref, more.global_message_ref) == ("19:a", "19:g", "42")


def test_a_history_with_a_hole_is_not_folded() -> None:
    (declaration,) = decisions.declare(DECLARE, number="INC-1", actor="system:x", lead=None, now=NOW)
    facts = [Fact(1, declaration, NOW), Fact(3, LeadAssigned(incident_id=INCIDENT, member_id=ANNA), NOW)]
    with pytest.raises(BrokenHistoryError, match="version 3 cannot follow 1"):
        fold(facts)
    with pytest.raises(BrokenHistoryError, match="does not begin"):
        fold(facts[1:])
    assert isinstance(facts[0].event, IncidentDeclared)
    assert fold([]) is None
