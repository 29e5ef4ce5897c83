"""Why a policy is followed or not, as sentences for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from haveri_contracts.plain import Severity
from haveri_escalation.domain.policies import Policy, TimeOfDay
from haveri_escalation.domain.times import in_words

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Incident:
    """What is said of an incident: `wall` is what the facility's wall clock shows, `names` are those of areas."""

    severity: Severity
    area_ids: frozenset[UUID]
    asset_types: frozenset[str]
    wall: str
    names: Mapping[UUID, str]


def why_it_wins(winner: Policy, second: Policy | None, fitting: Sequence[TimeOfDay], of: Incident) -> str:
    """What of an incident fits the winner, and what it has before the next best (if another fits, too).

    `fitting` are those of the winner's times that the moment lies in.
    """
    parts = [of.severity.value]
    if areas := winner.conditions.area_ids & of.area_ids:
        parts.append(f"area {_listed((_name(area, of) for area in areas), 'and')}")
    there = {kind.casefold() for kind in of.asset_types}
    if types := [kind for kind in winner.conditions.asset_types if kind.casefold() in there]:
        parts.append(f"asset type {_listed(types, 'and')}")
    if fitting:
        parts.append(f"{of.wall} lies in {in_words(fitting[0])}")
    sentence = f"“{winner.name}” fits: {', '.join(parts)}."
    return sentence if second is None else f"{sentence} {_before(winner, second)}"


def why_the_default(default: Policy | None, of: Incident) -> str:
    """That nothing fits, and what follows."""
    areas = f" in {_listed((_name(area, of) for area in of.area_ids), 'and')}" if of.area_ids else ""
    nothing = f"No policy of the facility fits {of.severity.value}{areas} on {of.wall}"
    if default is None:
        return f"{nothing}, and it has no default policy: the last resort is called at once."
    return f"{nothing}, so its default “{default.name}” is followed."


def why_not(policy: Policy, misfit: str, of: Incident) -> str:
    """Which condition keeps a policy from fitting: `misfit` is `severity`, `area`, `type` or `time`."""
    conditions = policy.conditions
    match misfit:
        case "severity":
            wanted = _listed((one.value for one in conditions.severities), "or")
            return f"“{policy.name}” is for {wanted}, not for {of.severity.value}."
        case "area":
            areas = _listed((_name(area, of) for area in conditions.area_ids), "or")
            return f"“{policy.name}” is for {areas}, and this is elsewhere."
        case "type":
            types = _listed(conditions.asset_types, "or")
            return f"“{policy.name}” is for assets of type {types}, and none of them is concerned."
        case _:
            times = _listed((in_words(one) for one in conditions.times), "or", as_given=True)
            return f"“{policy.name}” is for {times}, and there it is {of.wall}."


def _name(area_id: UUID, of: Incident) -> str:
    return of.names.get(area_id) or str(area_id)


def why_it_loses(policy: Policy, winner: Policy) -> str:
    """What the winner has before a policy that fits as well."""
    return f"“{policy.name}” fits as well, but it comes after “{winner.name}”. {_before(winner, policy, by_name=True)}"


def _before(better: Policy, worse: Policy, *, by_name: bool = False) -> str:
    it = f"“{better.name}”" if by_name else "It"
    other = "it" if by_name else f"“{worse.name}”"
    mine, theirs = better.conditions, worse.conditions
    for what, has, lacks in (
        ("an area", mine.area_ids, theirs.area_ids),
        ("an asset type", mine.asset_types, theirs.asset_types),
        ("a time of day", mine.times, theirs.times),
    ):
        if has and not lacks:
            return f"{it} names {what}, {other} does not."
    if len(mine.severities) < len(theirs.severities):
        return f"{it} is for fewer severities than {other}." if not by_name else f"{it} is for fewer severities."
    if better.priority != worse.priority:
        return f"{it} has the priority {better.priority}, {other} has {worse.priority}."
    if better.created_at != worse.created_at:
        return f"{it} is the newer one."
    return "Nothing tells them apart; give one of them a higher priority."


def _listed(words: Iterable[str], joint: str, *, as_given: bool = False) -> str:
    """Such as `Presses, Ovens or 4 more`; sorted, because sets have no order."""
    ordered = list(words) if as_given else sorted(words)
    if len(ordered) > _MOST_NAMED:
        ordered = [*ordered[:_MOST_NAMED], f"{len(ordered) - _MOST_NAMED} more"]
    if len(ordered) < 2:
        return "".join(ordered)
    return f"{', '.join(ordered[:-1])} {joint} {ordered[-1]}"
