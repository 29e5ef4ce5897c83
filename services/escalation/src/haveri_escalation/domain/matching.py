"""Which policy is for an incident: the most specific one that fits, else the facility's default."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from haveri_contracts.escalation.models import Considered
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.plain import Severity
from haveri_escalation.domain import reasons
from haveri_escalation.domain.compiled import CompiledPolicies, Situation
from haveri_escalation.domain.policies import Policy
from haveri_shifts.plan import Plan

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MOST_CONSIDERED = 50
"""More than anybody reads; the most specific ones come first."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a policy is sought for. `area_ids` are the incident's area and those of its assets."""

    severity: Severity
    facility_id: UUID
    area_ids: frozenset[UUID] = frozenset()
    asset_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """The policy that is to be followed and why; None when nothing fits and there is no default."""

    policy: Policy | None
    causes: tuple[Reason, ...]
    considered: tuple[Considered, ...] = ()


class PolicyBook:
    """The policies of one or more facilities, compiled once and situation often. Their order given does not matter."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self.policies: tuple[Policy, ...] = tuple(sorted(policies, key=_specificity))
        of_facility: dict[UUID, list[Policy]] = {}
        for policy in self.policies:
            of_facility.setdefault(policy.facility_id, []).append(policy)
        self._compiled = {facility_id: CompiledPolicies(some) for facility_id, some in of_facility.items()}

    def get(self, policy_id: UUID) -> Policy | None:
        """A policy by its id."""
        return next((policy for policy in self.policies if policy.id == policy_id), None)

    def match(
        self,
        place: Place,
        at: datetime,
        plan: Plan | None,
        *,
        explain: bool = False,
    ) -> Match:
        """The policy for an incident at `at` (aware), and why.

        With `explain` it says of the facility's policies (the 50 most specific) why each wins, loses or does not fit.
        """
        compiled = self._compiled.get(place.facility_id) or CompiledPolicies(())
        situation = compiled.situation(place.severity, place.area_ids, place.asset_types, at, plan)
        incident = reasons.Incident(
            place.severity, place.area_ids, place.asset_types, reasons.day_and_time(situation.wall)
        )
        winner, second = compiled.first_two(situation)
        if winner is not None:
            policy: Policy | None = winner
            causes = reasons.why_it_wins(winner, second, situation.fitting_times(winner), incident)
        else:
            policy = _best_default(compiled, situation)
            causes = reasons.why_the_default(policy, incident)
        if not explain:
            return Match(policy, causes)
        chosen = [_considered(policy, winner is not None, causes)] if policy is not None else []
        return Match(policy, causes, (*chosen, *_others(compiled, situation, policy, incident)))


def _specificity(policy: Policy) -> tuple[bool, bool, bool, int, tuple[int, int, str]]:
    """What sorts the most specific policy first."""
    conditions = policy.conditions
    return (
        not conditions.area_ids,
        not conditions.asset_types,
        not conditions.time_of_day,
        len(set(conditions.severity)),
        _precedence(policy),
    )


def _precedence(policy: Policy) -> tuple[int, int, str]:
    """The higher priority, then the newer one; the id settles what nobody meant to be a tie."""
    age = ((policy.created_at or _BEGINNING) - _BEGINNING) // _TICK
    return -policy.priority, -age, str(policy.id)


def _best_default(compiled: CompiledPolicies, situation: Situation) -> Policy | None:
    """The default whose conditions fit best; then the higher priority, then the newer one."""
    defaults = [one for one in compiled.all if one.policy.is_default]
    if not defaults:
        return None
    return min(defaults, key=lambda one: (len(situation.misfits(one)), _precedence(one.policy))).policy


def _others(
    compiled: CompiledPolicies, situation: Situation, chosen: Policy | None, incident: reasons.Incident
) -> list[Considered]:
    found: list[Considered] = []
    for one in compiled.all:
        if len(found) == _MOST_CONSIDERED:
            break
        if one.policy is chosen:
            continue
        misfits = situation.misfits(one)
        if misfits:
            found.append(_considered(one.policy, False, reasons.why_not(one.policy, misfits[0], incident)))
        elif chosen is not None:
            found.append(_considered(one.policy, True, reasons.why_it_loses(one.policy, chosen)))
    return found


def _considered(policy: Policy, matches: bool, causes: Sequence[Reason]) -> Considered:
    return Considered(policy_id=policy.id, name=policy.name, matches=matches, why="", causes=list(causes))
