"""What became of a notification, as whoever carries it reports."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.domain.decisions import calling
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.decisions.firing import carry_on
from haveri_escalation.domain.engine_refusals import CallUnknown
from haveri_escalation.domain.events import NotificationDelivered, NotificationSent
from haveri_escalation.domain.facts import AttemptUnneeded
from haveri_escalation.domain.state import Attempt, AttemptState, Call, Run

_LATER_THAN_SENT = (AttemptState.SENT, AttemptState.DELIVERED)


def reported(case: Case, call_id: UUID, via: str, outcome: str, reason: Reason | str) -> None:
    """`outcome` is sent, delivered, failed or unneeded; a report that says nothing new changes nothing.

    `reason` is a text from carriers of before there were reasons. Raises CallUnknown. After a failure the member's next
    way is tried at once.
    """
    found = case.state.find_call(call_id) if case.is_known else None
    if found is None:
        raise CallUnknown("There is no such call for this incident.")
    run, call = found
    attempt = next((tried for tried in call.attempts if tried.via == via), None)
    if attempt is None:
        return
    if outcome == "failed":
        _failed(case, run, call, attempt, reason)
    elif outcome == "unneeded":
        if call.may_go_on:
            case.say(AttemptUnneeded(run.id, call.id, via, case.now))
    elif outcome == "delivered" and attempt.state is not AttemptState.DELIVERED:
        case.say(NotificationDelivered(**calling.about(case, run.id, call), via=via, at=case.now))
    elif outcome == "sent" and attempt.state not in _LATER_THAN_SENT:
        case.say(NotificationSent(**calling.about(case, run.id, call), via=via, at=case.now))


def _failed(case: Case, run: Run, call: Call, attempt: Attempt, reason: Reason | str) -> None:
    if attempt.state is AttemptState.FAILED:
        return
    data = {"why": asdict(reason)} if isinstance(reason, Reason) else {}
    cause = Reason.of(ReasonCode.WAY_FAILED, via=attempt.via, words=str(reason)[:300] or "–", **data)
    calling.failed(case, run.id, call, attempt.via, cause)
    if not case.state.is_silent(run):
        calling.go_on(case, run.id, call.id)
        carry_on(case, run.id)
