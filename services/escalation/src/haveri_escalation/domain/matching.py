"""Which policy is for an incident: the most specific one that fits, else the facility's default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from haveri_contracts.plain import Severity
from haveri_escalation.domain import reasons
from haveri_escalation.domain.policies import Conditions, Policy, TimeOfDay
from haveri_escalation.domain.times import ShiftsNow, WallMoment, WeekMask, wall_moment, week_mask
from haveri_shifts.plan import Plan

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MOST_CONSIDERED = 200


@dataclass(frozen=True, slots=True)
class Place:
    """What a policy is sought for. `area_ids` are the incident's area and those of its assets."""

    severity: Severity
    facility_id: UUID
    area_ids: frozenset[UUID] = frozenset()
    asset_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Considered:
    """A policy that was looked at, and why it wins, loses or does not fit."""

    policy: Policy
    matches: bool
    why: str


@dataclass(frozen=True, slots=True)
class Match:
    """The policy that is to be followed and why; None when nothing fits and there is no default."""

    policy: Policy | None
    why: str
    considered: tuple[Considered, ...] = ()


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A policy with its conditions made quick to look at; None where it has no such condition."""

    policy: Policy
    areas: frozenset[UUID] | None
    types: frozenset[str] | None
    clock: WeekMask | None
    shifts: tuple[TimeOfDay, ...]
    timed: bool


@dataclass(frozen=True, slots=True)
class _Moment:
    """All that is asked of policies at one place and moment."""

    place: Place
    types: frozenset[str]
    wall: WallMoment
    shifts: ShiftsNow


class PolicyBook:
    """The policies of one or more facilities, compiled once and asked often. Their order given does not matter."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        masks: dict[tuple[TimeOfDay, ...], WeekMask] = {}
        self.policies: tuple[Policy, ...] = tuple(sorted(policies, key=_specificity))
        self._by_place: dict[tuple[UUID, Severity], list[_Compiled]] = {}
        self._by_facility: dict[UUID, list[_Compiled]] = {}
        for policy in self.policies:
            compiled = _compile(policy, masks)
            self._by_facility.setdefault(policy.facility_id, []).append(compiled)
            for severity in policy.conditions.severities:
                self._by_place.setdefault((policy.facility_id, severity), []).append(compiled)

    def get(self, policy_id: UUID) -> Policy | None:
        """A policy by its id."""
        return next((policy for policy in self.policies if policy.id == policy_id), None)

    def match(
        self,
        place: Place,
        at: datetime,
        plan: Plan | None,
        names: Mapping[UUID, str] | None = None,
        *,
        explain: bool = False,
    ) -> Match:
        """The policy for an incident at `at` (aware), and why in a sentence; `names` are those of areas.

        With `explain` it says of every policy of the facility (of the first 200) why it wins, loses or does not fit.
        """
        types = frozenset(kind.casefold() for kind in place.asset_types)
        moment = _Moment(place, types, wall_moment(at, plan), ShiftsNow(plan, at))
        named = names or {}
        winner, second = _first_two(self._by_place.get((place.facility_id, place.severity), ()), moment)
        if winner is not None:
            fitting = _fitting_times(winner, moment)
            why = reasons.why_it_wins(
                winner, second, place.severity, place.area_ids, types, moment.wall, fitting, named
            )
            policy: Policy | None = winner
        else:
            policy = _best_default(self._by_facility.get(place.facility_id, ()), moment)
            why = reasons.why_the_default(policy, place.severity, place.area_ids, moment.wall, named)
        considered = self._considered(policy, winner is not None, why, moment, named) if explain else ()
        return Match(policy, why, considered)

    def _considered(
        self, chosen: Policy | None, fits: bool, why: str, moment: _Moment, names: Mapping[UUID, str]
    ) -> tuple[Considered, ...]:
        found: list[Considered] = [Considered(chosen, fits, why)] if chosen is not None else []
        for compiled in self._by_facility.get(moment.place.facility_id, ()):
            if len(found) == _MOST_CONSIDERED:
                break
            if compiled.policy is not chosen:
                found.append(_consider(compiled, chosen, moment, names))
        return tuple(found)


def _specificity(policy: Policy) -> tuple[bool, bool, bool, int, tuple[int, int, str]]:
    """What sorts the most specific policy first."""
    conditions = policy.conditions
    return (
        not conditions.area_ids,
        not conditions.asset_types,
        not conditions.times,
        len(conditions.severities),
        _precedence(policy),
    )


def _precedence(policy: Policy) -> tuple[int, int, str]:
    """The higher priority, then the newer one; the id settles what nobody meant to be a tie."""
    age = ((policy.created_at or _BEGINNING) - _BEGINNING) // _TICK
    return -policy.priority, -age, str(policy.id)


def _compile(policy: Policy, masks: dict[tuple[TimeOfDay, ...], WeekMask]) -> _Compiled:
    conditions = policy.conditions
    by_clock = tuple(one for one in conditions.times if one.shift is None)
    if by_clock and by_clock not in masks:
        masks[by_clock] = WeekMask(by_clock)
    return _Compiled(
        policy,
        conditions.area_ids or None,
        frozenset(kind.casefold() for kind in conditions.asset_types) or None,
        masks[by_clock] if by_clock else None,
        tuple(one for one in conditions.times if one.shift is not None),
        bool(conditions.times),
    )


def _first_two(candidates: Sequence[_Compiled], moment: _Moment) -> tuple[Policy | None, Policy | None]:
    """The first two, of the most specific first, that fit. They are all for the severity already."""
    areas, types = moment.place.area_ids, moment.types
    byte, bit, which = moment.wall.byte, moment.wall.bit, moment.wall.which_mask
    first: Policy | None = None
    for one in candidates:
        # Written out, not called: a facility may have a thousand policies, and an incident waits for this.
        if one.areas is not None and one.areas.isdisjoint(areas):
            continue
        if one.types is not None and one.types.isdisjoint(types):
            continue
        in_time = one.clock is not None and one.clock.masks[which][byte] & bit
        if one.timed and not in_time and not any(map(moment.shifts.fits, one.shifts)):
            continue
        if first is not None:
            return first, one.policy
        first = one.policy
    return first, None


def _fits_time(one: _Compiled, moment: _Moment) -> bool:
    in_time = one.clock is not None and one.clock.includes(moment.wall)
    return not one.timed or in_time or any(map(moment.shifts.fits, one.shifts))


def _fitting_times(policy: Policy, moment: _Moment) -> list[TimeOfDay]:
    return [
        one
        for one in policy.conditions.times
        if (moment.shifts.fits(one) if one.shift is not None else week_mask((one,)).includes(moment.wall))
    ]


def _misfits(one: _Compiled, moment: _Moment) -> list[str]:
    """Which conditions keep a policy from fitting: `severity`, `area`, `type`, `time`."""
    conditions: Conditions = one.policy.conditions
    fitting = {
        "severity": moment.place.severity in conditions.severities,
        "area": one.areas is None or not one.areas.isdisjoint(moment.place.area_ids),
        "type": one.types is None or not one.types.isdisjoint(moment.types),
        "time": _fits_time(one, moment),
    }
    return [name for name, fits in fitting.items() if not fits]


def _best_default(of_facility: Sequence[_Compiled], moment: _Moment) -> Policy | None:
    """The default whose conditions fit best; then the higher priority, then the newer one."""
    defaults = [one for one in of_facility if one.policy.is_default]
    if not defaults:
        return None
    return min(defaults, key=lambda one: (len(_misfits(one, moment)), _precedence(one.policy))).policy


def _consider(one: _Compiled, chosen: Policy | None, moment: _Moment, names: Mapping[UUID, str]) -> Considered:
    misfits = _misfits(one, moment)
    if misfits:
        why = reasons.why_not(one.policy, misfits[0], moment.place.severity, moment.wall, names)
        return Considered(one.policy, False, why)
    winner = chosen or one.policy
    return Considered(one.policy, True, reasons.why_it_loses(one.policy, winner))
