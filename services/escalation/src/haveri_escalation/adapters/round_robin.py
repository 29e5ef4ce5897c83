"""Deciding with the turns of teams whose people are called one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

import asyncpg

from haveri_escalation.adapters.policy_store import PolicyStore
from haveri_escalation.application.engine_ports import Decision, Input
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.events import StepFired
from haveri_escalation.domain.world import World

# Two incidents at once must not call the same person of a team: the second waits for the first one's turn.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('escalation-turns'), hashtext($1 || $2::uuid::text || $3::int::text))"

Turns = dict[tuple[UUID, int], Mapping[UUID, int]]


async def decide_in_turn(
    connection: asyncpg.Connection,
    policies: PolicyStore,
    given: Input,
    world: World,
    decision: Decision,
    new_case: Callable[[World], Case],
) -> Case:
    """Decide; when that fires steps that go by turns, take their turns and decide again, and write the new turns."""
    known: Turns = {}
    while True:
        case = new_case(replace(world, turns=known))
        decision(case)
        taken = _turns_taken(case)
        unknown = sorted(taken.keys() - known.keys(), key=str)
        if not unknown:
            break
        for policy_id, step in unknown:
            await connection.execute(_LOCK, given.organization, policy_id, step)
            known[policy_id, step] = await policies.turns(connection, given.organization, policy_id, step)
    for (policy_id, step), turns in taken.items():
        await policies.store_turns(connection, given.organization, policy_id, step, turns)
    return case


def _turns_taken(case: Case) -> Turns:
    taken: Turns = {}
    for event in case.events:
        if isinstance(event, StepFired) and event.turns:
            policy_id = case.run(event.run_id).policy_id
            if policy_id is not None:
                taken[policy_id, event.step] = dict(event.turns)
    return taken
