"""Answers from the incident tables. Lists are given as the JSON that the projection holds, without a model between."""

from __future__ import annotations

import re
from uuid import UUID

import asyncpg
import orjson

from haveri_chassis.bus import RawJson
from haveri_chassis.database import Database
from haveri_chassis.pages import cursor_of, number_in, that_fit
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import CountIncidents, GetIncident, IncidentCounts, ListIncidents
from haveri_contracts.plain import Status
from haveri_contracts.refusals import IncidentUnknown
from haveri_incident.adapters.event_store import fact_of
from haveri_incident.domain.state import fold

_NUMBER = re.compile(r"INC-([1-9][0-9]{0,8})", re.IGNORECASE)


class IncidentReads:
    """Reads of one organisation's incidents at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, organization: str, query: GetIncident) -> Incident | RawJson:
        """One incident now, or as it was known; raises IncidentUnknown."""
        async with self._database.transaction(organization) as connection:
            row = await self._find(connection, organization, query.incident)
            if query.as_of is None and query.version_at is None:
                return RawJson(row["state"].encode())
            return await self._as_known(connection, organization, row["id"], query)

    async def list(self, organization: str, query: ListIncidents) -> RawJson:
        """A page of incidents, newest first."""
        where, values = _filters(organization, query)
        sql = f"SELECT number, state::text AS state FROM incidents WHERE {where} ORDER BY number DESC LIMIT {query.page.limit + 1}"  # noqa: S608, E501 - conditions are ours, values are parameters
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(sql, *values)
        items = [row["state"].encode() for row in rows[: query.page.limit]]
        shown = items[: that_fit(len(item) for item in items)]
        cursor = orjson.dumps(cursor_of(rows[len(shown) - 1]["number"]) if len(rows) > len(shown) else None)
        return RawJson(b'{"items":[' + b",".join(shown) + b'],"next_cursor":' + cursor + b"}")

    async def count(self, organization: str, query: CountIncidents) -> IncidentCounts:
        """How many incidents there are in each status, and of the open ones in each severity."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                """SELECT status, severity, count(*) AS n,
                       count(*) FILTER (
                           WHERE status NOT IN ('RESOLVED', 'CLOSED') AND state ->> 'acknowledged_at' IS NULL
                       ) AS unacknowledged
                   FROM incidents
                   WHERE organization_id = $1 AND ($2::uuid IS NULL OR facility_id = $2) GROUP BY status, severity""",
                organization,
                query.facility_id,
            )
        by_status: dict[str, int] = {}
        by_severity: dict[str, int] = {}
        unacknowledged = 0
        for row in rows:
            by_status[row["status"]] = by_status.get(row["status"], 0) + row["n"]
            if Status(row["status"]).is_open:
                by_severity[row["severity"]] = by_severity.get(row["severity"], 0) + row["n"]
                unacknowledged += row["unacknowledged"]
        return IncidentCounts(by_status=by_status, open_by_severity=by_severity, unacknowledged=unacknowledged)

    async def _find(self, connection: asyncpg.Connection, organization: str, name: str) -> asyncpg.Record:
        number = _NUMBER.fullmatch(name)
        row = None
        if number:
            row = await connection.fetchrow(
                "SELECT id, state::text AS state FROM incidents WHERE organization_id = $1 AND number = $2",
                organization,
                int(number[1]),
            )
        elif (incident_id := _uuid(name)) is not None:
            row = await connection.fetchrow(
                "SELECT id, state::text AS state FROM incidents WHERE organization_id = $1 AND id = $2",
                organization,
                incident_id,
            )
        if row is None:
            raise IncidentUnknown(f"There is no incident {name} here.")
        return row

    async def _as_known(
        self, connection: asyncpg.Connection, organization: str, incident_id: UUID, query: GetIncident
    ) -> Incident:
        rows = await connection.fetch(
            """SELECT version, type, payload, recorded_at FROM events
               WHERE organization_id = $1 AND incident_id = $2
                 AND ($3::timestamptz IS NULL OR recorded_at <= $3) AND ($4::bigint IS NULL OR version <= $4)
               ORDER BY version""",
            organization,
            incident_id,
            query.as_of,
            query.version_at,
        )
        state = fold(fact_of(row) for row in rows)
        if state is None:
            raise IncidentUnknown(f"{query.incident} was not known at that time.")
        return state


def _filters(organization: str, query: ListIncidents) -> tuple[str, list[object]]:
    conditions, values = ["organization_id = $1"], [organization]

    def add(condition: str, value: object) -> None:
        values.append(value)  # type: ignore[arg-type]
        conditions.append(condition.format(f"${len(values)}"))

    if query.status:
        add("status = ANY({}::text[])", [status.value for status in query.status])
    if query.severity:
        add("severity = ANY({}::text[])", [severity.value for severity in query.severity])
    if query.facility_id:
        add("facility_id = {}", query.facility_id)
    if query.page.cursor:
        add("number < {}", number_in(query.page.cursor))
    if query.q.strip():
        number = _NUMBER.fullmatch(query.q.strip())
        if number:
            add("number = {}", int(number[1]))
        else:
            add("title ILIKE {}", f"%{_escape_like(query.q.strip())}%")
    return " AND ".join(conditions), list(values)


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
