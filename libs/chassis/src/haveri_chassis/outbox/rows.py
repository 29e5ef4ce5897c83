"""The relay's view of its table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson

Partition = tuple[str, str]
"""What keeps its order: an organisation's messages with one key."""

# `position` is unique over all organisations, so the exclusions name rows and partitions exactly.
_SELECT = """
SELECT position, organization_id, key, id, subject, body, headers::text AS headers, created_at
FROM outbox
WHERE position <> ALL($1::bigint[])
  AND (cardinality($2::text[]) = 0
       OR (organization_id, key) NOT IN (SELECT * FROM unnest($2::text[], $3::text[])))
ORDER BY position
LIMIT $4
"""
_DELETE = "DELETE FROM outbox WHERE position = ANY($1::bigint[])"
_BACKLOG = "SELECT count(*) AS rows, extract(epoch FROM now() - min(created_at))::float8 AS age FROM outbox"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message that waits to be published."""

    position: int
    organization_id: str
    key: str
    id: UUID
    subject: str
    body: bytes
    headers: dict[str, str] | None
    created_at: datetime

    @property
    def partition(self) -> Partition:
        """The messages that this one stays in order with."""
        return self.organization_id, self.key


async def waiting_rows(
    connection: asyncpg.Connection, *, taken: Collection[int], held: Collection[Partition], limit: int
) -> list[OutboxRow]:
    """The oldest rows, at most `limit`, except the positions `taken` and those in the partitions `held`."""
    organizations = [organization for organization, _ in held]
    keys = [key for _, key in held]
    records = await connection.fetch(_SELECT, list(taken), organizations, keys, limit)
    return [_row(record) for record in records]


async def delete_rows(connection: asyncpg.Connection, positions: Collection[int]) -> None:
    """Remove published rows."""
    await connection.execute(_DELETE, list(positions))


async def backlog(connection: asyncpg.Connection) -> tuple[int, float]:
    """How many rows wait, and since how many seconds the oldest does."""
    record = await connection.fetchrow(_BACKLOG)
    return (record["rows"], record["age"] or 0.0) if record else (0, 0.0)


def _row(record: asyncpg.Record) -> OutboxRow:
    headers = record["headers"]
    return OutboxRow(
        position=record["position"],
        organization_id=record["organization_id"],
        key=record["key"],
        id=record["id"],
        subject=record["subject"],
        body=record["body"],
        headers=orjson.loads(headers) if headers is not None else None,
        created_at=record["created_at"],
    )
