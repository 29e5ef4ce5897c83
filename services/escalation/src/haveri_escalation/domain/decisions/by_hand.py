"""Somebody wishes for more people. Nothing that runs is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from haveri_contracts.escalation.models import Chain, Notify, RunState, Step, Trigger
from haveri_contracts.escalation.reasons import Reason
from haveri_escalation.domain.decisions.beginning import joining, match_policy, policy_missing, start
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.decisions.firing import bring_pending_to_now, call_last_resort, carry_on, exhaust
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.state import Run


def people_wished_for(case: Case, member_ids: Iterable[UUID], team_ids: Iterable[UUID], cause: Reason) -> None:
    """Call these members and teams now."""
    if not case.incident.status.is_open:
        return
    notify = Notify(member_ids=list(dict.fromkeys(member_ids)), team_ids=list(dict.fromkeys(team_ids)))
    chain = Chain(steps=[Step(notify=notify)], last_resort=None)
    _carry_out(case, chain, cause, None, ends_when_done=True)


def policy_wished_for(case: Case, policy: Policy | None, cause: Reason) -> None:
    """Run a policy now, whatever its conditions; the last resort is called when there is no such policy any more."""
    if case.incident.status.is_open:
        _run_policy(case, policy, cause)


def more_people_wished_for(case: Case, cause: Reason) -> None:
    """Let the next step that is to come happen now; where none is left, run the incident's policy afresh."""
    if not case.incident.status.is_open:
        return
    run = _nearest(case)
    if run is None:
        _run_policy(case, match_policy(case).policy, cause)
    elif run.pending():
        bring_pending_to_now(case, run, cause)
        carry_on(case, run.id)
    else:
        exhaust(case, run)
        carry_on(case, run.id)


def _nearest(case: Case) -> Run | None:
    """The run whose next step comes first; else one that only waits to be exhausted."""
    running = [run for run in case.state.live() if run.state is RunState.RUNNING]
    coming = [run for run in running if run.pending()]
    if coming:
        return min(coming, key=lambda run: (run.pending()[0].due_at, str(run.id)))
    return next((run for run in running if run.exhaustion_due_at is not None and not run.exhausted), None)


def _run_policy(case: Case, policy: Policy | None, cause: Reason) -> None:
    if policy is not None:
        _carry_out(case, policy.chain, cause, policy)
        return
    policy_missing(case)
    run_id = start(case, Trigger.BY_HAND, Chain(steps=[]), causes=(cause,))
    call_last_resort(case, case.run(run_id))
    carry_on(case, run_id)


def _carry_out(case: Case, chain: Chain, cause: Reason, policy: Policy | None, *, ends_when_done: bool = False) -> None:
    taken = case.incident.is_taken
    run_id = start(
        case,
        Trigger.BY_HAND,
        joining(chain) if taken else chain,
        causes=(cause,),
        policy=(policy.id, policy.name, policy.version) if policy else None,
        ends_when_done=ends_when_done or taken,
    )
    carry_on(case, run_id)
