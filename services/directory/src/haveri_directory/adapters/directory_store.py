"""The directory in PostgreSQL: what a command changes, its events and its outcome are committed all at once"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.messages import Sender
from haveri_chassis.outbox import emit
from haveri_chassis.outcomes import record_outcome
from haveri_chassis.sessions import driver_connection
from haveri_contracts.directory.models import Organization
from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Event
from haveri_contracts.outcomes import Outcome
from haveri_directory.store.tables import organizations
from haveri_directory.store.unit_of_work import UnitOfWork

Work = Callable[[UnitOfWork], Awaitable[dict[str, Any]]]
"""A command carried out in a unit of work; gives the command's result."""

# Commands of one organisation follow each other: the rules look at several tables, and commands are rare.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('directory'), hashtext(:slug))")
_COUNT = "UPDATE organizations SET version = version + $2 WHERE organization_id = $1 RETURNING version"


class DirectoryStore:
    """Carries commands out, one organisation's after the other."""

    def __init__(self, database: Database, sender: Sender, clock: Clock) -> None:
        self._database = database
        self._sender = sender
        self._clock = clock

    async def carry_out(self, command: Envelope, work: Work) -> dict[str, Any]:
        """Do the work of a command and record its outcome; gives the command's result.

        Raises what `work` raises (then nothing was kept) and OutcomeTaken when the command was carried out before.
        """
        async with self._database.session(command.organization) as session:
            unit = await begin_work(session, command.organization, self._clock)
            result = await work(unit)
            connection = await driver_connection(session)
            # Recorded before anything is published: a repeated command ends here, and nothing of it is kept.
            await record_outcome(connection, command.organization, Outcome.accepted(command.id, result))
            await emit(connection, await self._numbered(connection, command, unit.events))
        return result

    async def _numbered(self, connection: Any, command: Envelope, events: list[Event]) -> list[Envelope]:
        """The events in their envelopes; `sequence` counts all of the organisation's, so that a reader sees a gap."""
        version = await connection.fetchval(_COUNT, command.organization, len(events)) if events else 0
        return [
            self._sender.event(
                event, organization=command.organization, actor=command.actor, cause=command, sequence=sequence
            )
            for sequence, event in enumerate(events, start=version - len(events) + 1)
        ]


async def begin_work(session: AsyncSession, slug: str, clock: Clock) -> UnitOfWork:
    """Open an organisation's directory for changes; waits until nobody else has it open."""
    await session.execute(_ONE_AT_A_TIME, {"slug": slug})
    found = await session.execute(select(organizations).where(organizations.c.organization_id == slug))
    row = found.mappings().one_or_none()
    organization = Organization(id=slug, name=row["name"], locale=row["locale"]) if row else None
    return UnitOfWork(session, slug, organization, clock.now())
