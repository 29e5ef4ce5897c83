"""Rows of one organisation, written and deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession


async def upsert(
    session: AsyncSession, table: Table, rows: Sequence[dict[str, Any]], kept: Collection[str] = ()
) -> None:
    """Write rows; of the columns `kept`, a row without a value leaves the one that is there."""
    if not rows:
        return
    statement = insert(table)
    new = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    changed = {name: func.coalesce(value, table.c[name]) if name in kept else value for name, value in new.items()}
    await session.execute(
        statement.on_conflict_do_update(index_elements=["organization_id", "id"], set_=changed), list(rows)
    )


async def delete_rows(session: AsyncSession, slug: str, table: Table, *conditions: ColumnElement[bool]) -> None:
    """Delete those of an organisation's rows that fit."""
    await session.execute(delete(table).where(table.c.organization_id == slug, *conditions))
