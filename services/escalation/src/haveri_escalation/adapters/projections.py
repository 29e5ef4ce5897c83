"""What is read of escalations: only rows that a change touched are written again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from haveri_escalation.adapters.run_views import next_due_at, view_of
from haveri_escalation.domain.state import Call, Escalation, Run, RunStep

RUNS_SQL = """
    INSERT INTO runs (organization_id, id, incident_id, facility_id, state, generation, started_at, ended_at,
                      next_due_at, view)
    SELECT $1, r.id, $2, $3, r.state, r.generation, r.started_at, r.ended_at, r.next_due_at, r.view::json
    FROM unnest({0}::uuid[], {1}::text[], {2}::bigint[], {3}::timestamptz[], {4}::timestamptz[], {5}::timestamptz[],
                {6}::text[]) AS r(id, state, generation, started_at, ended_at, next_due_at, view)
    ON CONFLICT (organization_id, id) DO UPDATE SET
        state = excluded.state, generation = excluded.generation, ended_at = excluded.ended_at,
        next_due_at = excluded.next_due_at, view = excluded.view
"""
STEPS_SQL = """
    INSERT INTO run_steps (organization_id, run_id, round, step, incident_id, generation, due_at, fired_at, outcome)
    SELECT $1, s.run_id, s.round, s.step, $2, s.generation, s.due_at, s.fired_at, s.outcome
    FROM unnest({0}::uuid[], {1}::int[], {2}::int[], {3}::bigint[], {4}::timestamptz[], {5}::timestamptz[],
                {6}::text[]) AS s(run_id, round, step, generation, due_at, fired_at, outcome)
    ON CONFLICT (organization_id, run_id, round, step) DO UPDATE SET
        generation = excluded.generation, due_at = excluded.due_at, fired_at = excluded.fired_at,
        outcome = excluded.outcome
"""
CALLS_SQL = """
    INSERT INTO calls (organization_id, id, incident_id, run_id, member_id, round, step, purpose, because, state,
                       called_at, held_until, answered_at)
    SELECT $1, c.id, $2, c.run_id, c.member_id, c.round, c.step, c.purpose, c.because, c.state, c.called_at,
           c.held_until, c.answered_at
    FROM unnest({0}::uuid[], {1}::uuid[], {2}::uuid[], {3}::int[], {4}::int[], {5}::text[], {6}::text[], {7}::text[],
                {8}::timestamptz[], {9}::timestamptz[], {10}::timestamptz[])
        AS c(id, run_id, member_id, round, step, purpose, because, state, called_at, held_until, answered_at)
    ON CONFLICT (organization_id, id) DO UPDATE SET state = excluded.state, answered_at = excluded.answered_at
"""

Columns = list[list[Any]]


def run_columns(before: Escalation | None, after: Escalation) -> Columns:
    """The runs that changed, column by column."""
    return _columns(
        (
            (
                run.id,
                run.state.value,
                run.generation,
                run.started_at,
                run.ended_at,
                next_due_at(run),
                view_of(run, after.incident.id).model_dump_json(),
            )
            for _, run in _changed(before, after)
        ),
        7,
    )


def step_columns(before: Escalation | None, after: Escalation) -> Columns:
    """The steps that changed."""
    rows = []
    for old, run in _changed(before, after):
        known = {row[:3]: row for step in old.steps for row in (_step(old, step),)} if old else {}
        rows += [row for step in run.steps if known.get((row := _step(run, step))[:3]) != row]
    return _columns(rows, 7)


def call_columns(before: Escalation | None, after: Escalation) -> Columns:
    """The calls that changed."""
    rows = []
    for old, run in _changed(before, after):
        known = {call.id: _call(run, call) for call in old.calls} if old else {}
        rows += [row for call in run.calls if known.get(call.id) != (row := _call(run, call))]
    return _columns(rows, 11)


def _changed(before: Escalation | None, after: Escalation) -> Iterable[tuple[Run | None, Run]]:
    known = {run.id: run for run in before.runs} if before else {}
    return [(known.get(run.id), run) for run in after.runs if known.get(run.id) != run]


def _step(run: Run, step: RunStep) -> tuple[Any, ...]:
    # Of a settled step the generation says nothing any more.
    generation = run.generation if step.outcome.may_come else 0
    return run.id, step.round, step.step, generation, step.due_at, step.fired_at, step.outcome.value


def _call(run: Run, call: Call) -> tuple[Any, ...]:
    return (
        call.id,
        run.id,
        call.member_id,
        call.round,
        call.step,
        call.purpose.value,
        call.because,
        call.state.value,
        call.called_at,
        call.held_until,
        call.answered_at,
    )


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> Columns:
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns or [[] for _ in range(width)]
