"""The contract's models of the domain's chains and simulations."""

from __future__ import annotations

from datetime import timedelta

from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation import models
from haveri_escalation.domain import policies
from haveri_escalation.domain.matching import Considered
from haveri_escalation.domain.simulation import Simulated, SimulatedStep

_MINUTE = timedelta(minutes=1)


def chain_model(chain: policies.Chain) -> models.Chain:
    """The contract's chain, for a run that keeps to it."""
    expires, mitigation, last_resort = chain.acknowledgement_expires, chain.mitigation, chain.last_resort
    return models.Chain(
        steps=[
            models.Step(
                notify=notify_model(step.notify),
                after_minutes=minutes(step.after),
                only_if_unacknowledged=step.only_if_unacknowledged,
            )
            for step in chain.steps
        ],
        repeat=models.Repeat(times=chain.repeat.times, every_minutes=minutes(chain.repeat.every))
        if chain.repeat
        else None,
        acknowledgement_expires_minutes=minutes(expires) if expires is not None else None,
        mitigation=models.MitigationClock(
            within_minutes=minutes(mitigation.within), notify=_notify_model(mitigation.notify)
        )
        if mitigation
        else None,
        last_resort=models.LastResort(
            notify=_notify_model(last_resort.notify), after_minutes=minutes(last_resort.after)
        )
        if last_resort
        else None,
    )


def notify_model(notify: policies.Notify) -> models.Notify:
    """The contract's notify."""
    return models.Notify(
        member_ids=list(notify.member_ids),
        team_ids=list(notify.team_ids),
        shift_roles=list(notify.shift_roles),
        round_robin=notify.round_robin,
    )


def _notify_model(notify: policies.Notify | None) -> models.Notify | None:
    return notify_model(notify) if notify is not None else None


def minutes(delay: timedelta) -> float:
    """A delay in minutes, which may be a fraction."""
    return delay / _MINUTE


def simulation_model(simulated: Simulated) -> models.Simulation:
    """The contract's simulation."""
    policy = simulated.match.policy
    return models.Simulation(
        policy_id=policy.id if policy else None,
        policy_name=policy.name if policy else "",
        policy_version=policy.version if policy else None,
        why="",
        causes=list(simulated.match.causes),
        calls=[_call_model(step) for step in simulated.steps],
        silenced_until=simulated.silenced_until,
        considered=[_considered_model(one) for one in simulated.match.considered],
    )


def _call_model(step: SimulatedStep) -> models.SimulatedCall:
    return models.SimulatedCall(
        step=step.step,
        round=step.round,
        at=step.at,
        member_ids=list(step.member_ids),
        via=[Via(via) for via in step.via],
        because_of={str(member_id): because for member_id, because in step.because.items()},
        held_until={str(member_id): until for member_id, until in step.held_until.items()},
        only_if_unacknowledged=step.only_if_unacknowledged,
        causes=list(step.causes),
    )


def _considered_model(one: Considered) -> models.Considered:
    policy = one.policy
    return models.Considered(
        policy_id=policy.id, name=policy.name, matches=one.matches, why="", causes=list(one.causes)
    )
