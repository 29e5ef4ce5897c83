"""What each event makes of the calls of its run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import singledispatch
from uuid import UUID

from haveri_contracts.escalation.events import CallsWithdrawn, MemberUnreachable
from haveri_contracts.escalation.models import CallState
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.domain import events, facts
from haveri_escalation.domain.facts import EscalationEvent
from haveri_escalation.domain.state import Attempt, AttemptState, Call, Run

_NOT_NEEDED = Reason.of(ReasonCode.NOT_NEEDED)


@singledispatch
def apply(_event: EscalationEvent, run: Run) -> Run:
    """The run with its calls after an event about it."""
    return run


@apply.register
def _(event: events.StepFired, run: Run) -> Run:
    placed = tuple(
        Call(
            id=call.call_id,
            member_id=call.member_id,
            round=event.round,
            step=event.step,
            purpose=call.purpose,
            because=call.because,
            cause=call.cause,
            state=CallState.CALLING if call.held_until is None else CallState.HELD,
            called_at=event.fired_at,
            began_at=call.held_until or event.fired_at,
            ways=call.ways,
            held_until=call.held_until,
        )
        for call in event.calls
    )
    return replace(run, calls=run.calls + placed)


@apply.register
def _(event: events.CallReleased, run: Run) -> Run:
    return _changed(run, event.call_id, lambda call: replace(call, state=CallState.CALLING, began_at=event.released_at))


@apply.register
def _(event: events.NotificationRequested, run: Run) -> Run:
    attempt = Attempt(event.via, AttemptState.REQUESTED, event.requested_at)
    return _changed(run, event.call_id, lambda call: replace(call, attempts=(*call.attempts, attempt)))


@apply.register
def _(event: events.NotificationSent, run: Run) -> Run:
    return _changed(run, event.call_id, lambda call: _got_through(call, event.via, AttemptState.SENT, event.at))


@apply.register
def _(event: events.NotificationDelivered, run: Run) -> Run:
    return _changed(run, event.call_id, lambda call: _got_through(call, event.via, AttemptState.DELIVERED, event.at))


@apply.register
def _(event: events.NotificationFailed, run: Run) -> Run:
    return _changed(
        run,
        event.call_id,
        lambda call: _settled(call, event.via, AttemptState.FAILED, event.at, event.reason, event.cause),
    )


@apply.register
def _(event: facts.AttemptUnneeded, run: Run) -> Run:
    return _changed(
        run,
        event.call_id,
        lambda call: replace(
            _settled(call, event.via, AttemptState.FAILED, event.at, cause=_NOT_NEEDED), unneeded=True
        ),
    )


@apply.register
def _(event: events.NotificationAnswered, run: Run) -> Run:
    return _changed(
        run,
        event.call_id,
        lambda call: replace(call, state=CallState.ANSWERED, answered_at=event.answered_at),
    )


@apply.register
def _(event: MemberUnreachable, run: Run) -> Run:
    return _changed(run, event.call_id, lambda call: replace(call, state=CallState.UNREACHABLE))


@apply.register
def _(event: CallsWithdrawn, run: Run) -> Run:
    gone = frozenset(event.call_ids)
    return replace(
        run,
        calls=tuple(replace(call, state=CallState.WITHDRAWN) if call.id in gone else call for call in run.calls),
    )


def _changed(run: Run, call_id: UUID, change: Callable[[Call], Call]) -> Run:
    return replace(run, calls=tuple(change(call) if call.id == call_id else call for call in run.calls))


def _got_through(call: Call, via: str, state: AttemptState, at: datetime) -> Call:
    settled = _settled(call, via, state, at)
    # A way may get through after it was given up: the member is reached all the same.
    reached = call.state in (CallState.CALLING, CallState.UNREACHABLE)
    return replace(settled, state=CallState.REACHED) if reached else settled


def _settled(
    call: Call, via: str, state: AttemptState, at: datetime, reason: str = "", cause: Reason | None = None
) -> Call:
    return replace(
        call,
        attempts=tuple(
            Attempt(via, state, at, reason, cause) if tried.via == via else tried for tried in call.attempts
        ),
    )
