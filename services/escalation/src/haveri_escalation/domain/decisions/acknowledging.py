"""Somebody takes the incident, or says that he is coming."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from haveri_contracts.escalation.models import CallState, EndReason, Purpose
from haveri_escalation.domain.decisions.calling import about
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.engine_refusals import (
    CallAlreadyAnswered,
    CallAsksToTake,
    CallNotYours,
    CallUnknown,
    CallWithdrawn,
)
from haveri_escalation.domain.events import NotificationAnswered
from haveri_escalation.domain.facts import TakingNoted
from haveri_escalation.domain.state import Call, Run


def taken(case: Case, member_id: UUID, taken_at: datetime) -> None:
    """A member has the incident: every call for somebody to take it stops, and the chain goes silent."""
    incident = case.incident
    if not incident.status.is_open or incident.is_taken:
        return
    if incident.released_at is not None and taken_at < incident.released_at:
        # An old event that was overtaken by its own end.
        return
    case.say(TakingNoted(member_id, taken_at))
    for run in case.state.runs:
        _settle_calls(case, run, member_id, taken_at)
    for run in case.state.live():
        if not run.pending():
            case.end(run.id, EndReason.ACKNOWLEDGED, member_id, taken_at)


def answered(case: Case, call_id: UUID, member_id: UUID) -> None:
    """A called member is coming. Raises a Refusal named after why that cannot be."""
    found = case.state.find_call(call_id) if case.is_known else None
    if found is None:
        raise CallUnknown("There is no such call for this incident.")
    run, call = found
    if call.member_id != member_id:
        raise CallNotYours("Somebody else was called; only they can answer this call.")
    if call.state is CallState.ANSWERED and call.answered_at is not None:
        raise CallAlreadyAnswered(f"You answered this call at {call.answered_at:%H:%M} UTC.")
    if call.state is CallState.WITHDRAWN:
        raise CallWithdrawn(f"{case.incident.number} is taken care of; you need not come any more.")
    if call.purpose is Purpose.TAKE:
        raise CallAsksToTake(f"Nobody has {case.incident.number} yet; take it with I've got it.")
    _answer(case, run, call, case.now)


def _settle_calls(case: Case, run: Run, member_id: UUID, taken_at: datetime) -> None:
    for call in run.calls:
        if call.state.is_open and call.member_id == member_id:
            _answer(case, run, call, taken_at)
    others = [call.id for call in case.run(run.id).calls if call.state.is_open and call.purpose is Purpose.TAKE]
    case.withdraw(run.id, others, EndReason.ACKNOWLEDGED, member_id, taken_at)


def _answer(case: Case, run: Run, call: Call, at: datetime) -> None:
    case.say(NotificationAnswered(**about(case, run.id, call), purpose=call.purpose, answered_at=at))
