"""Files that have still to be fetched, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from haveri_chassis.database import Database
from haveri_chassis.outbox import emit
from haveri_contracts.envelope import Envelope
from haveri_teams_gateway.application.captured import NewFile
from haveri_teams_gateway.store.capture import add_files
from haveri_teams_gateway.store.liveness import DEAD


@dataclass(frozen=True, slots=True)
class DueFile:
    """A file to fetch, and how often that was tried, this time included."""

    organization: str
    file: NewFile
    attempts: int


class FileQueue:
    """The queue of one replica."""

    def __init__(self, database: Database, owner: int) -> None:
        self._database = database
        self._owner = owner

    async def waiting_organizations(self, now: datetime) -> list[str]:
        """Those with files that are due."""
        async with self._database.across_organizations() as connection:
            rows = await connection.fetch(
                """
                SELECT DISTINCT organization_id FROM files
                WHERE state = 'pending' AND (due_at <= $1 OR owner IS DISTINCT FROM $2)
                """,
                now,
                self._owner,
            )
        return [row["organization_id"] for row in rows]

    async def claim(self, organization: str, now: datetime) -> list[DueFile]:
        """Take a few files that are due or whose replica is gone."""
        async with self._database.transaction(organization) as connection:
            rows = await connection.fetch(
                f"""
                WITH due AS (
                    SELECT id FROM files WHERE organization_id = $1 AND state = 'pending'
                        AND CASE WHEN owner IS NULL OR owner = $3 THEN due_at <= $2 ELSE {DEAD} END
                    ORDER BY due_at LIMIT 5 FOR UPDATE SKIP LOCKED
                )
                UPDATE files f
                SET owner = $3, due_at = $2::timestamptz + interval '10 minutes', attempts = attempts + 1
                FROM due
                WHERE f.organization_id = $1 AND f.id = due.id RETURNING f.*
                """,  # noqa: S608
                organization,
                now,
                self._owner,
            )
        return [DueFile(organization, _file(row), row["attempts"]) for row in rows]

    async def done(
        self, organization: str, file: UUID, envelopes: Sequence[Envelope] = (), found: Sequence[NewFile] = ()
    ) -> None:
        """It is fetched (and told), or was a message that holds `found`."""
        await self._end(organization, file, "done", envelopes, found)

    async def failed(self, organization: str, file: UUID, envelopes: Sequence[Envelope]) -> None:
        """It will never be fetched; the envelopes say so."""
        await self._end(organization, file, "failed", envelopes, ())

    async def later(self, organization: str, file: UUID, due_at: datetime) -> None:
        """Again at `due_at`."""
        async with self._database.transaction(organization) as connection:
            await connection.execute(
                "UPDATE files SET owner = NULL, due_at = $3 WHERE organization_id = $1 AND id = $2",
                organization,
                file,
                due_at,
            )

    # The address may open the file for anybody who has it, so it is not kept longer than it is needed.
    async def _end(
        self, organization: str, file: UUID, state: str, envelopes: Sequence[Envelope], found: Sequence[NewFile]
    ) -> None:
        async with self._database.transaction(organization) as connection:
            status = await connection.execute(
                """
                UPDATE files SET state = $3, owner = NULL, url = ''
                WHERE organization_id = $1 AND id = $2 AND state = 'pending'
                """,
                organization,
                file,
                state,
            )
            if status == "UPDATE 1":
                await emit(connection, envelopes)
                await add_files(connection, organization, found)


def _file(row: Any) -> NewFile:
    names = NewFile.__slots__
    return NewFile(**{name: row[name] for name in names})
