"""Answers about runs, out of the rows that the engine writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from haveri_chassis.bus import RawJson
from haveri_chassis.database import Database
from haveri_chassis.pages import CursorUnreadable, cursor_of, place_in, that_fit
from haveri_contracts.escalation.models import EscalationRun, RunningEscalation
from haveri_contracts.escalation.queries import ListRunning, ListRuns, RunningCount, RunningList
from haveri_escalation.adapters.run_views import next_step

_NEVER = "infinity"
_RUNS = """
SELECT view::text AS view FROM runs WHERE organization_id = $1 AND incident_id = $2 ORDER BY started_at, id
"""
_RUNNING = """
SELECT r.id, r.view::text AS view, r.next_due_at, e.number, e.title, e.severity, e.facility_id, e.area_id
FROM runs r JOIN escalations e ON e.organization_id = r.organization_id AND e.incident_id = r.incident_id
WHERE r.organization_id = $1 AND r.state <> 'ended' AND ($2::uuid IS NULL OR r.facility_id = $2)
  AND ($3::text IS NULL OR (coalesce(r.next_due_at, 'infinity'), r.id) > ($3::text::timestamptz, $4::uuid))
ORDER BY coalesce(r.next_due_at, 'infinity'), r.id LIMIT $5
"""
_COUNT = "SELECT count(*) FROM runs WHERE organization_id = $1 AND state <> 'ended'"


class RunReads:
    """Reads of one organisation's runs at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def runs(self, organization: str, query: ListRuns) -> RawJson:
        """Every run of an incident, oldest first; of very many the newest that fit into an answer."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(_RUNS, organization, query.incident_id)
        views = [row["view"].encode() for row in rows]
        fitting = that_fit(len(view) for view in reversed(views))
        return RawJson(b'{"items":[' + b",".join(views[len(views) - fitting :]) + b"]}")

    async def running(self, organization: str, query: ListRunning) -> RunningList:
        """A page of the runs under way, the one that does something first in front."""
        due_at, last = _place(query.page.cursor)
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(_RUNNING, organization, query.facility_id, due_at, last, query.page.limit + 1)
        shown = rows[: query.page.limit]
        shown = shown[: that_fit(len(row["view"]) for row in shown)]
        cursor = _cursor(shown[-1]) if len(rows) > len(shown) else None
        return RunningList(items=[_running(row) for row in shown], next_cursor=cursor)

    async def count_running(self, organization: str) -> RunningCount:
        """How many runs are under way."""
        async with self._database.transaction(organization) as connection:
            return RunningCount(running=await connection.fetchval(_COUNT, organization))


def _running(row: asyncpg.Record) -> RunningEscalation:
    run = EscalationRun.model_validate_json(row["view"])
    values: dict[str, Any] = {
        "run": run,
        "incident_number": row["number"],
        "incident_title": row["title"],
        "severity": row["severity"],
        "facility_id": row["facility_id"],
        "area_id": row["area_id"],
        "next_step": next_step(run, row["next_due_at"]),
    }
    return RunningEscalation.model_validate(values)


def _cursor(row: asyncpg.Record) -> str:
    due_at: datetime | None = row["next_due_at"]
    return cursor_of(f"{due_at.isoformat() if due_at else _NEVER}|{row['id']}")


def _place(cursor: str | None) -> tuple[str | None, UUID | None]:
    if not cursor:
        return None, None
    due_at, _, last = place_in(cursor).partition("|")
    try:
        if due_at != _NEVER:
            datetime.fromisoformat(due_at)
        return due_at, UUID(last)
    except ValueError:
        raise CursorUnreadable from None
