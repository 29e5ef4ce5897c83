"""Answers about policies, settings and windows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel

from haveri_chassis.database import Database
from haveri_chassis.pages import CursorUnreadable, cursor_of, number_in, place_in, that_fit
from haveri_contracts.escalation import queries
from haveri_contracts.escalation.models import EscalationPolicy, MaintenanceWindow
from haveri_contracts.refusals import PolicyUnknown, WindowUnknown
from haveri_escalation.adapters.policy_unit_of_work import name_key
from haveri_escalation.adapters.settings_store import all_settings

_ORDERING_CHARACTERS = 60
"""How much of a name orders lists: a cursor carries it, and is at most 500 characters long."""

_POLICIES = """
SELECT policy FROM policies
WHERE organization_id = $1 AND ($2::uuid IS NULL OR facility_id = $2)
    AND ($3::text IS NULL OR (left(name_key, 60), id) > ($3 COLLATE "C", $4::uuid))
ORDER BY left(name_key, 60), id LIMIT $5
"""
_POLICY = "SELECT policy FROM policies WHERE organization_id = $1 AND id = $2"
_WINDOW = 'SELECT "window" FROM maintenance_windows WHERE organization_id = $1 AND id = $2'
_VERSIONS = """
SELECT policy FROM policy_versions
WHERE organization_id = $1 AND policy_id = $2 AND ($3::bigint IS NULL OR version < $3)
ORDER BY version DESC LIMIT $4
"""
_WINDOWS = """
SELECT "window" FROM maintenance_windows
WHERE organization_id = $1 AND ($2::uuid IS NULL OR facility_id = $2) AND ends_at > $3
    AND ($4::timestamptz IS NULL OR (starts_at, id) > ($4, $5::uuid))
ORDER BY starts_at, id LIMIT $6
"""


class PolicyReads:
    """Reads of one organisation at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def policies(self, organization: str, query: queries.ListPolicies) -> queries.PolicyList:
        """A page of policies, by name."""
        id, name = _named(query.page.cursor)
        rows = await self._fetch(organization, _POLICIES, query.facility_id, name, id, query.page.limit + 1)
        items = [EscalationPolicy.model_validate(row["policy"]) for row in rows[: query.page.limit]]
        items = items[: _fitting(items)]
        more = len(rows) > len(items)
        cursor = cursor_of(f"{items[-1].id}{name_key(items[-1].name)[:_ORDERING_CHARACTERS]}") if more else None
        return queries.PolicyList(items=items, next_cursor=cursor)

    async def policy(self, organization: str, query: queries.GetEscalationPolicy) -> EscalationPolicy:
        """A policy as it stands now. Raises PolicyUnknown."""
        rows = await self._fetch(organization, _POLICY, query.id)
        if not rows:
            raise PolicyUnknown(f"There is no escalation policy {query.id} in this organisation.")
        return EscalationPolicy.model_validate(rows[0]["policy"])

    async def versions(self, organization: str, query: queries.ListPolicyVersions) -> queries.PolicyList:
        """A page of a policy's versions, newest first; of one that never was, none."""
        before = number_in(query.page.cursor) if query.page.cursor is not None else None
        rows = await self._fetch(organization, _VERSIONS, query.policy_id, before, query.page.limit + 1)
        items = [EscalationPolicy.model_validate(row["policy"]) for row in rows[: query.page.limit]]
        items = items[: _fitting(items)]
        cursor = cursor_of(items[-1].version) if len(rows) > len(items) else None
        return queries.PolicyList(items=items, next_cursor=cursor)

    async def settings(self, organization: str) -> queries.FacilitySettingsList:
        """The settings of every facility that has any."""
        async with self._database.transaction(organization) as connection:
            return queries.FacilitySettingsList(items=await all_settings(connection, organization))

    async def window(self, organization: str, query: queries.GetMaintenanceWindow) -> MaintenanceWindow:
        """A maintenance window. Raises WindowUnknown."""
        rows = await self._fetch(organization, _WINDOW, query.id)
        if not rows:
            raise WindowUnknown(f"There is no maintenance window {query.id} in this organisation.")
        return MaintenanceWindow.model_validate(rows[0]["window"])

    async def windows(self, organization: str, query: queries.ListMaintenanceWindows) -> queries.MaintenanceWindowList:
        """A page of maintenance windows, the first to begin first."""
        id, begin = _begun(query.page.cursor)
        rows = await self._fetch(
            organization, _WINDOWS, query.facility_id, query.ending_after, begin, id, query.page.limit + 1
        )
        items = [MaintenanceWindow.model_validate(row["window"]) for row in rows[: query.page.limit]]
        items = items[: _fitting(items)]
        more = len(rows) > len(items)
        cursor = cursor_of(f"{items[-1].id}{items[-1].starts_at.isoformat()}") if more else None
        return queries.MaintenanceWindowList(items=items, next_cursor=cursor)

    async def _fetch(self, organization: str, statement: str, *arguments: object) -> list[dict[str, object]]:
        async with self._database.transaction(organization) as connection:
            return [dict(row) for row in await connection.fetch(statement, organization, *arguments)]


def _fitting(items: Sequence[BaseModel]) -> int:
    return that_fit(len(item.__pydantic_serializer__.to_json(item)) for item in items)


def _named(cursor: str | None) -> tuple[UUID | None, str | None]:
    if cursor is None:
        return None, None
    place = place_in(cursor)
    if "\x00" in place:
        raise CursorUnreadable
    return _id_in(place), place[36:]


def _begun(cursor: str | None) -> tuple[UUID | None, datetime | None]:
    if cursor is None:
        return None, None
    place = place_in(cursor)
    try:
        begun = datetime.fromisoformat(place[36:])
        if begun.tzinfo is None:
            raise CursorUnreadable
        return _id_in(place), begun.astimezone(UTC)
    except (ValueError, OverflowError):
        raise CursorUnreadable from None


def _id_in(place: str) -> UUID:
    try:
        return UUID(place[:36])
    except ValueError:
        raise CursorUnreadable from None
