"""Whom a step calls: found at that moment, each once for one cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from haveri_contracts.escalation.models import Purpose
from haveri_contracts.escalation.reasons import Reason
from haveri_escalation.domain import quiet, who
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.events import PlacedCall
from haveri_escalation.domain.people import Found, Named
from haveri_escalation.domain.state import LAST_RESORT, Run


@dataclass(frozen=True, slots=True)
class Placing:
    """The calls of a step, who was called before, who was named in vain, and the new turns of its teams."""

    calls: list[PlacedCall]
    already_called: list[UUID]
    in_vain: list[Reason]
    turns: tuple[tuple[UUID, int], ...]


def place_calls(case: Case, run: Run, round: int, step: int) -> Placing:
    """Find the people of a step; those of the last resort when it comes to nobody."""
    found = _find(case, run, step)
    before = _called_before(case, run, round)
    new = [named for named in found.people if named.member_id not in before]
    if step == LAST_RESORT and not new:
        # Nobody is left whom this has not woken yet, and nobody has answered: they are called again.
        new = list(found.people)
    called = {named.member_id for named in new}
    already = [named.member_id for named in found.people if named.member_id not in called]
    turns = tuple(sorted(found.turns.items(), key=lambda turn: str(turn[0])))
    return Placing(list(_calls(case, new)), already, list(found.in_vain), turns)


def _find(case: Case, run: Run, step: int) -> Found:
    world, facility_id = case.world, case.incident.facility_id
    turns = world.turns.get((run.policy_id, step), {}) if run.policy_id is not None else {}
    if step == LAST_RESORT:
        return who.last_resort(world.roster, run.chain, world.settings, facility_id, case.now, turns)
    notify = run.chain.steps[step - 1].notify
    return who.find_or_last_resort(world.roster, notify, run.chain, world.settings, facility_id, case.now, turns)


def _called_before(case: Case, run: Run, round: int) -> frozenset[UUID]:
    """In the first round all who were called for this cause; a repetition is there to call them again."""
    if round == 1:
        return case.state.called
    return frozenset(call.member_id for call in run.calls if call.round == round)


def _calls(case: Case, people: Iterable[Named]) -> Iterable[PlacedCall]:
    world, incident = case.world, case.incident
    purpose = Purpose.JOIN if incident.is_taken else Purpose.TAKE
    plan = world.roster.plans.get(incident.facility_id)
    held = quiet.held_until(world.settings, incident.severity, case.now, plan)
    for named in people:
        yield PlacedCall(
            call_id=case.new_id(),
            member_id=named.member_id,
            purpose=purpose,
            held_until=None if named.on_shift else held,
            ways=world.roster.people[named.member_id].ways,
            cause=named.because,
        )
