"""What makes a run begin by itself: an incident declared, reopened, of another severity, or nobody's again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from haveri_contracts.escalation.events import PolicyMissing, StepSkipped
from haveri_contracts.escalation.models import Chain, EndReason, LastResort, PlannedStep, Trigger
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.plain import Severity, Status
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.decisions.firing import call_last_resort, carry_on
from haveri_escalation.domain.decisions.silencing import hold_if_silenced
from haveri_escalation.domain.events import Started
from haveri_escalation.domain.facts import IncidentFollowed, ReleaseNoted, SeverityNoted, StatusNoted
from haveri_escalation.domain.matching import Match, Place
from haveri_escalation.domain.policies import MINUTE

WITHOUT_LAST_RESORT = timedelta(minutes=10)
"""When a chain that has no last resort is published as exhausted, after its last step."""


TOO_OLD = timedelta(hours=24)
"""What comes so late wakes nobody at night for what is long known; the next turn of the incident calls again."""


def is_old(case: Case, said_at: datetime) -> bool:
    """Whether it is only heard of now: escalation is new in this house, or the bus was filled again from tables."""
    return case.now - said_at > TOO_OLD


def declared(case: Case, incident: IncidentFollowed) -> None:
    """Follow a new incident and begin its run."""
    if case.is_known:
        return
    case.say(incident)
    if not is_old(case, incident.declared_at):
        begin(case, Trigger.DECLARED, match_policy(case))


def severity_changed(case: Case, severity: Severity, at: datetime) -> None:
    """Begin anew by the severity it has since `at`; who was called already stays called."""
    if severity is case.incident.severity:
        return
    case.say(SeverityNoted(severity))
    if case.incident.status.is_open and not is_old(case, at):
        _replace(case)
        begin(case, Trigger.SEVERITY_CHANGED, match_policy(case))


def reopened(case: Case, at: datetime) -> None:
    """The incident is open again since `at`, by its owner's clock, and nobody's."""
    if case.incident.status.is_open:
        return
    case.say(StatusNoted(Status.INVESTIGATING))
    case.say(ReleaseNoted(at))
    if not is_old(case, at):
        begin(case, Trigger.REOPENED, match_policy(case))


def expired(case: Case, acknowledged_at: datetime, at: datetime) -> None:
    """Nothing happened for too long after the incident was taken, which ended at `at`: everybody is called anew."""
    if case.incident.taken_at != acknowledged_at:
        if not case.incident.is_taken:
            # The event that it was taken is late, and is then known to be over.
            case.say(ReleaseNoted(at))
        return
    case.say(ReleaseNoted(at))
    if case.incident.status.is_open and not is_old(case, at):
        _replace(case)
        begin(case, Trigger.ACKNOWLEDGEMENT_EXPIRED, match_policy(case))


def match_policy(case: Case) -> Match:
    """The policy for the incident as it is now."""
    incident, roster = case.incident, case.world.roster
    place = Place(
        severity=incident.severity,
        facility_id=incident.facility_id,
        area_ids=roster.areas_of(incident.area_id, incident.asset_ids),
        asset_types=roster.types_of(incident.asset_ids),
    )
    return case.world.book.match(place, case.now, roster.plans.get(incident.facility_id))


def begin(case: Case, trigger: Trigger, match: Match) -> None:
    """Begin a run of the policy; where there is none, say so and call the last resort at once."""
    policy = match.policy
    if policy is not None:
        carry_out(case, trigger, policy.chain, causes=match.causes, policy=(policy.id, policy.name, policy.version))
        return
    policy_missing(case)
    nothing_but_the_last_resort = Chain(steps=[], last_resort=LastResort(after_minutes=0))
    run_id = start(case, trigger, nothing_but_the_last_resort, causes=match.causes)
    _skip_what_is_not_needed(case, run_id)
    if not hold_if_silenced(case, run_id) and case.run(run_id).is_live:
        # Not published as exhausted: nothing was tried before.
        call_last_resort(case, case.run(run_id))
        carry_on(case, run_id)


def policy_missing(case: Case) -> None:
    """Say that there is no policy to follow."""
    incident = case.incident
    case.say(PolicyMissing(incident_id=incident.id, facility_id=incident.facility_id, severity=incident.severity))


def carry_out(
    case: Case,
    trigger: Trigger,
    chain: Chain,
    *,
    causes: tuple[Reason, ...],
    policy: tuple[UUID, str, int] | None = None,
) -> UUID:
    """Start a run, hold it in a maintenance window, else do what is due; gives its id."""
    run_id = start(case, trigger, chain, causes=causes, policy=policy)
    _skip_what_is_not_needed(case, run_id)
    if not hold_if_silenced(case, run_id):
        carry_on(case, run_id)
    return run_id


def start(
    case: Case,
    trigger: Trigger,
    chain: Chain,
    *,
    causes: tuple[Reason, ...] = (),
    policy: tuple[UUID, str, int] | None = None,
    ends_when_done: bool = False,
) -> UUID:
    """Say that a run begins, and why. Gives its id."""
    steps = list(planned(chain, case.now))
    policy_id, name, version = policy or (None, "", None)
    run_id = case.new_id()
    waits = chain.last_resort.after_minutes * MINUTE if chain.last_resort else WITHOUT_LAST_RESORT
    last_due = max((step.due_at for step in steps), default=case.now)
    case.say(
        Started(
            incident_id=case.incident_id,
            run_id=run_id,
            trigger=trigger,
            policy_id=policy_id,
            policy_name=name,
            policy_version=version,
            chain=chain,
            steps=steps,
            started_at=case.now,
            exhaustion_due_at=None if ends_when_done else last_due + waits,
            causes=list(causes),
        )
    )
    return run_id


def planned(chain: Chain, start: datetime) -> Iterator[PlannedStep]:
    """Every step of every round, and when it is due."""
    repeat = chain.repeat
    for turn in range(1 + (repeat.times if repeat else 0)):
        begins = start + turn * (repeat.every_minutes * MINUTE) if repeat else start
        for number, step in enumerate(chain.steps, start=1):
            yield PlannedStep(round=turn + 1, step=number, due_at=begins + step.after_minutes * MINUTE)


def joining(chain: Chain) -> Chain:
    """The chain for people who are to join those who have the incident: nothing waits for nobody having it."""
    steps = [step.model_copy(update={"only_if_unacknowledged": False}) for step in chain.steps]
    return chain.model_copy(update={"steps": steps})


def _replace(case: Case) -> None:
    for run in case.state.live():
        if run.trigger.follows_the_incident:
            case.end(run.id, EndReason.REPLACED)


def _skip_what_is_not_needed(case: Case, run_id: UUID) -> None:
    """A run that begins while somebody has the incident keeps only what does not depend on that."""
    run, incident = case.run(run_id), case.incident
    if not incident.is_taken:
        return
    for step in run.steps:
        if step.only_if_unacknowledged and step.due_at <= case.now:
            case.say(
                StepSkipped(
                    incident_id=incident.id,
                    run_id=run.id,
                    round=step.round,
                    step=step.step,
                    due_at=step.due_at,
                    reason="",
                    cause=Reason.of(ReasonCode.TAKEN),
                )
            )
    if not case.run(run_id).pending():
        case.end(run.id, EndReason.ACKNOWLEDGED, incident.taken_by)
