"""Lists page by page: those ordered by name, then id, and those ordered by time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, tuple_

from haveri_chassis.database import Database
from haveri_chassis.pages import CursorUnreadable, cursor_of, place_in, that_fit
from haveri_contracts.directory.schedules import ShiftChange
from haveri_contracts.plain import name_key
from haveri_contracts.types import Frozen, Page
from haveri_directory.store.rows import to_thing
from haveri_directory.store.tables import TABLES, shift_changes, shown

_ID_CHARACTERS = 36
_ORDERING_CHARACTERS = 60
"""How much of a name orders lists: a cursor carries it, and is at most 500 characters long."""


async def page_by_name(
    database: Database, slug: str, kind: type[Any], page: Page, conditions: Sequence[ColumnElement[bool]] = ()
) -> tuple[list[Any], str | None]:
    """A page of things of one kind, and the cursor of the next one. Raises CursorUnreadable."""
    id, name = TABLES[kind].c.id, func.left(TABLES[kind].c.name_key, literal_column(str(_ORDERING_CHARACTERS)))
    statement = shown(kind, slug).where(*conditions)
    if page.cursor is not None:
        last_id, last_name = _parts(page.cursor)
        statement = statement.where(tuple_(name, id) > tuple_(last_name, last_id))
    async with database.session(slug) as session:
        rows = (await session.execute(statement.order_by(name, id).limit(page.limit + 1))).mappings().all()
    items = _fitting([kind.model_validate(dict(row)) for row in rows[: page.limit]])
    more = len(rows) > len(items)
    return items, _cursor(items[-1].id, name_key(items[-1].name)[:_ORDERING_CHARACTERS]) if more else None


async def page_of_changes(
    database: Database, slug: str, page: Page, conditions: Sequence[ColumnElement[bool]] = ()
) -> tuple[list[ShiftChange], str | None]:
    """A page of changes of shifts, the first to begin first, and the next one's cursor. Raises CursorUnreadable."""
    id, starts_at = shift_changes.c.id, shift_changes.c.starts_at
    statement = shown(ShiftChange, slug).where(*conditions)
    if page.cursor is not None:
        last_id, moment = _parts(page.cursor)
        statement = statement.where(tuple_(starts_at, id) > tuple_(_moment(moment), last_id))
    async with database.session(slug) as session:
        rows = (await session.execute(statement.order_by(starts_at, id).limit(page.limit + 1))).mappings().all()
    items = _fitting([to_thing(ShiftChange, row) for row in rows[: page.limit]])
    more = len(rows) > len(items)
    return items, _cursor(items[-1].id, items[-1].starts_at.isoformat()) if more else None


Item = TypeVar("Item", bound=Frozen)


def _fitting(items: list[Item]) -> list[Item]:
    return items[: that_fit(len(item.__pydantic_serializer__.to_json(item)) for item in items)]


def _cursor(id: UUID, place: str) -> str:
    return cursor_of(f"{id}{place}")


def _parts(cursor: str) -> tuple[UUID, str]:
    place = place_in(cursor)
    try:
        id, rest = UUID(place[:_ID_CHARACTERS]), place[_ID_CHARACTERS:]
    except ValueError:
        raise CursorUnreadable from None
    if "\x00" in rest:
        raise CursorUnreadable
    return id, rest


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CursorUnreadable from None
