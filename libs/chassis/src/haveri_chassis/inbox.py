"""Messages handled before are told apart by a row that commits together with their effect.

Rows stay for good: `haveri replay` may bring any event again, however old.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import asyncpg

_REMEMBER = """
INSERT INTO inbox (organization_id, consumer, message_id)
SELECT $1, $2, message_id FROM unnest($3::uuid[]) AS message_id
ON CONFLICT DO NOTHING
RETURNING message_id
"""


async def first_times(
    connection: asyncpg.Connection, consumer: str, organization_id: str, ids: Iterable[UUID]
) -> set[UUID]:
    """Remember messages in the caller's transaction; gives those that this consumer has not handled before.

    When two deliveries meet, the second waits here until the first has committed or rolled back.
    """
    # In sorted order, so that two batches with the same messages wait for each other instead of deadlocking.
    rows = await connection.fetch(_REMEMBER, organization_id, consumer, sorted(set(ids)))
    return {row["message_id"] for row in rows}
