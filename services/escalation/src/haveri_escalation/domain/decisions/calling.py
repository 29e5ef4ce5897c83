"""Trying to reach a called member: one way after the other."""

from __future__ import annotations

from uuid import UUID

from haveri_contracts.escalation.events import MemberUnreachable
from haveri_contracts.escalation.models import CallState
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.events import (
    CallReleased,
    NotificationFailed,
    NotificationRequested,
)
from haveri_escalation.domain.state import AttemptState, Call
from haveri_escalation.domain.timers import REPORT_WITHIN, way_due_at


def go_on(case: Case, run_id: UUID, call_id: UUID) -> None:
    """Do for a call whatever is due by now: release it, give up a silent way, try the next ones."""
    call = _call(case, run_id, call_id)
    if not call.may_go_on:
        return
    if call.state is CallState.HELD:
        if call.held_until is not None and call.held_until > case.now:
            return
        case.say(CallReleased(**about(case, run_id, call), released_at=case.now))
    _give_up_silent_ways(case, run_id, call)
    _try_next_ways(case, run_id, call_id)
    call = _call(case, run_id, call_id)
    if call.next_way is None and all(tried.state is AttemptState.FAILED for tried in call.attempts):
        case.say(MemberUnreachable(**about(case, run_id, call), causes=_why_unreachable(call)))


def _give_up_silent_ways(case: Case, run_id: UUID, call: Call) -> None:
    for tried in call.attempts:
        if tried.state is AttemptState.REQUESTED and tried.at + REPORT_WITHIN <= case.now:
            silent = Reason.of(ReasonCode.NO_ANSWER, via=tried.via)
            failed(case, run_id, call, tried.via, silent)


def _try_next_ways(case: Case, run_id: UUID, call_id: UUID) -> None:
    while (way := (call := _call(case, run_id, call_id)).next_way) is not None:
        due_at = way_due_at(call, way)
        failed = not call.attempts or call.attempts[-1].state is AttemptState.FAILED
        if not failed and (due_at is None or due_at > case.now):
            return
        case.say(
            NotificationRequested(
                **about(case, run_id, call),
                via=way.via,
                attempt=len(call.attempts) + 1,
                purpose=call.purpose,
                because=call.because,
                requested_at=case.now,
                cause=call.cause,
            )
        )


def failed(case: Case, run_id: UUID, call: Call, via: str, cause: Reason) -> None:
    """Say that a way did not get through, and why."""
    case.say(NotificationFailed(**about(case, run_id, call), via=via, reason="", cause=cause, at=case.now))


def about(case: Case, run_id: UUID, call: Call) -> dict[str, UUID]:
    """Which call an event is about."""
    return {"incident_id": case.incident_id, "run_id": run_id, "call_id": call.id, "member_id": call.member_id}


def _why_unreachable(call: Call) -> list[Reason]:
    if not call.attempts:
        return [Reason.of(ReasonCode.NO_WAY, member_id=call.member_id)]
    return [
        tried.cause or Reason.of(ReasonCode.WAY_FAILED, via=tried.via, words=tried.reason) for tried in call.attempts
    ]


def _call(case: Case, run_id: UUID, call_id: UUID) -> Call:
    call = case.run(run_id).find_call(call_id)
    if call is None:
        raise KeyError(call_id)
    return call
