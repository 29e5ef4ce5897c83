"""Files that have still to be fetched, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from haveri_chassis.database import Database
from haveri_chassis.outbox import emit
from haveri_contracts.envelope import Envelope
from haveri_teams_gateway.store.jobs import Jobs

FILE = "file"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that has still to be fetched; `author` is the author of the event that will say so."""

    id: UUID
    incident_id: UUID
    source: str
    url: str
    name: str
    content_type: str
    channel: str
    thread: str | None
    group_id: str | None
    message_id: str
    author: dict[str, Any]
    shared_at: datetime


_COLUMNS = [field.name for field in fields(NewFile)]
_ADD = f"""
INSERT INTO files (organization_id, state, {", ".join(_COLUMNS)})
VALUES ($1, 'pending', {", ".join(f"${number}" for number in range(2, len(_COLUMNS) + 2))}) ON CONFLICT DO NOTHING
"""  # noqa: S608


async def add_files(connection: asyncpg.Connection, jobs: Jobs, organization: str, files: Sequence[NewFile]) -> None:
    """Files to be fetched by whichever replica is free, in the caller's transaction."""
    for new in files:
        await connection.execute(_ADD, organization, *(getattr(new, name) for name in _COLUMNS))
    if files:
        await jobs.put(connection, organization, FILE, [new.id for new in files], mine=False)


class Files:
    """The files that people shared."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs

    async def find(self, organization: str, file: UUID) -> NewFile | None:
        """A file that is not fetched yet."""
        async with self._database.transaction(organization) as connection:
            row = await connection.fetchrow(
                "SELECT * FROM files WHERE organization_id = $1 AND id = $2 AND state = 'pending'", organization, file
            )
        return NewFile(**{name: row[name] for name in _COLUMNS}) if row else None

    async def done(
        self, organization: str, file: UUID, envelopes: Sequence[Envelope] = (), found: Sequence[NewFile] = ()
    ) -> None:
        """It is fetched, and the envelopes say so; or it was a message that holds `found`."""
        await self._end(organization, file, "done", envelopes, found)

    async def failed(self, organization: str, file: UUID, envelopes: Sequence[Envelope]) -> None:
        """It will never be fetched; the envelopes say so."""
        await self._end(organization, file, "failed", envelopes, ())

    # The address may open the file for anybody who has it, so it is not kept longer than it is needed.
    async def _end(
        self, organization: str, file: UUID, state: str, envelopes: Sequence[Envelope], found: Sequence[NewFile]
    ) -> None:
        async with self._database.transaction(organization) as connection:
            status = await connection.execute(
                "UPDATE files SET state = $3, url = '' WHERE organization_id = $1 AND id = $2 AND state = 'pending'",
                organization,
                file,
                state,
            )
            if status == "UPDATE 1":
                await emit(connection, envelopes)
                await add_files(connection, self._jobs, organization, found)
