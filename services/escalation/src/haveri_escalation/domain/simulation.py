"""What would happen if an incident were declared, and nobody answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from haveri_contracts.escalation.models import Chain, MaintenanceWindow, PlannedStep, SimulatedCall, Simulation
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.domain import quiet, who
from haveri_escalation.domain.decisions.beginning import planned
from haveri_escalation.domain.matching import Place
from haveri_escalation.domain.people import Found
from haveri_escalation.domain.policies import MINUTE, Policy
from haveri_escalation.domain.state import LAST_RESORT
from haveri_escalation.domain.windows import after_silence, silencing
from haveri_escalation.domain.world import World

_MOST_STEPS = 300
_NO_CHAIN = Chain(steps=[])

# Python writes a UUID slowly, and every round names the same people.
_written = lru_cache(maxsize=4096)(str)


def simulate(world: World, place: Place, at: datetime) -> Simulation:
    """What an incident declared at `at` (aware) would bring about if nobody took it."""
    plan = world.roster.plans.get(place.facility_id)
    match = world.book.match(place, at, plan, explain=True)
    windows = [
        one
        for one in world.windows
        if one.facility_id == place.facility_id and not place.area_ids.isdisjoint(one.area_ids)
    ]
    silent = silencing(windows, place.facility_id, place.area_ids, frozenset(), at)
    policy = match.policy
    forecast = _Forecast(world, place, at, windows, policy)
    calls = forecast.of_chain(policy) if policy else [forecast.last_resort(_NO_CHAIN, timedelta())]
    return Simulation(
        policy_id=policy.id if policy else None,
        policy_name=policy.name if policy else "",
        policy_version=policy.version if policy else None,
        why="",
        causes=list(match.causes),
        calls=calls,
        silenced_until=silent.ends_at if silent else None,
        considered=list(match.considered),
    )


class _Forecast:
    """Steps of one simulated run. Within a round everybody is called once, however many steps name them."""

    def __init__(
        self, world: World, place: Place, at: datetime, windows: Iterable[MaintenanceWindow], policy: Policy | None
    ) -> None:
        self._world = world
        self._place = place
        self._at = at
        self._windows = tuple(windows)
        self._called: dict[int, set[UUID]] = {}
        self._turns = {
            step: dict(turns) for (of, step), turns in world.turns.items() if policy is not None and of == policy.id
        }

    def of_chain(self, chain: Chain) -> list[SimulatedCall]:
        """The steps of a chain, cut short when there are very many, and its last resort."""
        steps = sorted(planned(chain, self._at), key=lambda step: (step.due_at, step.round, step.step))
        found = [self._step(chain, step) for step in steps[:_MOST_STEPS]]
        if chain.last_resort is not None:
            found.append(
                self.last_resort(chain, steps[-1].due_at - self._at + chain.last_resort.after_minutes * MINUTE)
            )
        if len(steps) > _MOST_STEPS:
            left_out = Reason.of(ReasonCode.STEPS_NOT_SHOWN, count=len(steps) - _MOST_STEPS)
            found[-1] = found[-1].model_copy(update={"causes": [*found[-1].causes, left_out]})
        return found

    def last_resort(self, chain: Chain, after: timedelta) -> SimulatedCall:
        """The last resort so long after the start."""
        due = self._moment(after)
        found = who.last_resort(self._world.roster, chain, self._world.settings, self._place.facility_id, due)
        rounds = 1 + (chain.repeat.times if chain.repeat is not None else 0)
        return self._called_at(rounds, LAST_RESORT, due, found)

    def _step(self, chain: Chain, unsilenced: PlannedStep) -> SimulatedCall:
        number, step = unsilenced.step, chain.steps[unsilenced.step - 1]
        due = self._moment(unsilenced.due_at - self._at)
        turns = self._turns.setdefault(number, {})
        found = who.find_or_last_resort(
            self._world.roster, step.notify, chain, self._world.settings, self._place.facility_id, due, turns
        )
        turns.update(found.turns)
        return self._called_at(unsilenced.round, number, due, found, step.only_if_unacknowledged)

    def _moment(self, after: timedelta) -> datetime:
        return after_silence(self._windows, self._at, after)

    def _called_at(
        self, round: int, step: int, due: datetime, found: Found, only_if_unacknowledged: bool = True
    ) -> SimulatedCall:
        roster, before = self._world.roster, self._called.setdefault(round, set())
        if step == LAST_RESORT and before.issuperset(named.member_id for named in found.people):
            # Nobody else is left: they are called again.
            before = set()
        causes = list(found.in_vain)
        calls = []
        for named in found.people:
            person = roster.people[named.member_id]
            if named.member_id in before:
                causes.append(Reason.of(ReasonCode.CALLED_BEFORE, member_id=person.id))
            elif not person.ways:
                causes.append(Reason.of(ReasonCode.NO_WAY, member_id=person.id))
            else:
                calls.append((named, person.ways[0].via))
            before.add(named.member_id)
        asleep = [named.member_id for named, _ in calls if not named.on_shift]
        held = self._held_until(due) if asleep else None
        return SimulatedCall(
            step=step,
            round=round,
            at=due,
            member_ids=[named.member_id for named, _ in calls],
            via=[via for _, via in calls],
            because_of={_written(named.member_id): named.because for named, _ in calls},
            held_until=dict.fromkeys(map(_written, asleep), held) if held is not None else {},
            only_if_unacknowledged=only_if_unacknowledged,
            causes=causes,
        )

    def _held_until(self, due: datetime) -> datetime | None:
        plan = self._world.roster.plans.get(self._place.facility_id)
        return quiet.held_until(self._world.settings, self._place.severity, due, plan)
