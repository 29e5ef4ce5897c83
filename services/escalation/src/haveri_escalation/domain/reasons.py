"""Why a policy is followed or not, as reasons that a reader puts into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from haveri_contracts.escalation.models import TimeOfDay
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.plain import Severity
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.times import DAY, DAYS, EVERY_DAY, WallMoment, weekdays


@dataclass(frozen=True, slots=True)
class Incident:
    """What is said of an incident: `when` is what the facility's wall clock shows."""

    severity: Severity
    area_ids: frozenset[UUID]
    asset_types: frozenset[str]
    when: Mapping[str, str]


def day_and_time(wall: WallMoment) -> dict[str, str]:
    """The wall clock's day and time, such as `SAT` and `03:10`."""
    day, minute = divmod(wall.minute, DAY)
    return {"weekday": DAYS[day], "clock": f"{minute // 60:02d}:{minute % 60:02d}"}


def why_it_wins(
    winner: Policy, second: Policy | None, fitting: Sequence[TimeOfDay], of: Incident
) -> tuple[Reason, ...]:
    """What of an incident fits the winner, and what it has before the next best (if another fits, too).

    `fitting` are those of the winner's times that the moment lies in.
    """
    there = {kind.casefold() for kind in of.asset_types}
    fits = Reason.of(
        ReasonCode.POLICY_FITS,
        policy=winner.name,
        severity=of.severity,
        area_ids=_ordered(of.area_ids.intersection(winner.conditions.area_ids)),
        asset_types=sorted(kind for kind in set(winner.conditions.asset_types) if kind.casefold() in there),
        times=_times(fitting[:1]),
        **of.when,
    )
    return (fits,) if second is None else (fits, _before(winner, second))


def why_the_default(default: Policy | None, of: Incident) -> tuple[Reason, ...]:
    """That nothing fits, and what follows."""
    nothing = {"severity": of.severity, "area_ids": _ordered(of.area_ids), **of.when}
    if default is None:
        return (Reason.of(ReasonCode.NO_POLICY, **nothing),)
    return (Reason.of(ReasonCode.DEFAULT_FOLLOWED, policy=default.name, **nothing),)


def why_not(policy: Policy, misfit: str, of: Incident) -> tuple[Reason, ...]:
    """Which condition keeps a policy from fitting: `misfit` is `severity`, `area`, `type` or `time`."""
    conditions = policy.conditions
    match misfit:
        case "severity":
            code, said = ReasonCode.OTHER_SEVERITY, {"severities": sorted(set(conditions.severity))}
            return (Reason.of(code, policy=policy.name, severity=of.severity, **said),)
        case "area":
            return (Reason.of(ReasonCode.OTHER_AREA, policy=policy.name, area_ids=_ordered(conditions.area_ids)),)
        case "type":
            return (
                Reason.of(ReasonCode.OTHER_TYPE, policy=policy.name, asset_types=sorted(set(conditions.asset_types))),
            )
        case _:
            known = {"policy": policy.name, "times": _times(conditions.time_of_day), **of.when}
            return (Reason(ReasonCode.OTHER_TIME, known),)


def why_it_loses(policy: Policy, winner: Policy) -> tuple[Reason, ...]:
    """What the winner has before a policy that fits as well."""
    return Reason(ReasonCode.COMES_AFTER, {"policy": policy.name, "other": winner.name}), _before(winner, policy)


def _before(better: Policy, worse: Policy) -> Reason:
    names = {"policy": better.name, "other": worse.name}
    mine, theirs = better.conditions, worse.conditions
    for code, has, lacks in (
        (ReasonCode.NAMES_AREA, mine.area_ids, theirs.area_ids),
        (ReasonCode.NAMES_TYPE, mine.asset_types, theirs.asset_types),
        (ReasonCode.NAMES_TIME, mine.time_of_day, theirs.time_of_day),
    ):
        if has and not lacks:
            return Reason(code, names)
    if len(set(mine.severity)) < len(set(theirs.severity)):
        return Reason(ReasonCode.FEWER_SEVERITIES, names)
    if better.priority != worse.priority:
        priorities = {"priority": better.priority, "other_priority": worse.priority}
        return Reason(ReasonCode.HIGHER_PRIORITY, {**names, **priorities})
    return Reason(ReasonCode.NEWER if better.created_at != worse.created_at else ReasonCode.TIED, names)


def _times(times: Sequence[TimeOfDay]) -> list[dict[str, Any]]:
    return [_time(one) for one in times]


@lru_cache(maxsize=1024)
def _time(one: TimeOfDay) -> dict[str, Any]:
    """A time of day as the contract has it; every day is no days."""
    days = weekdays(one)
    return {**one.model_dump(mode="json"), "days": [DAYS[day] for day in sorted(days)] if days != EVERY_DAY else []}


def _ordered(ids: Iterable[UUID]) -> list[UUID]:
    """Each once and sorted, because sets have no order."""
    return sorted(set(ids), key=str)
