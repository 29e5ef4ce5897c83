"""Forgets what nobody needs any more: dead sessions, old Idempotency-Keys."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.endings import end
from haveri_chassis.logs import get_logger
from haveri_web.adapters.request_rows import forget_requests
from haveri_web.adapters.session_rows import organizations_with_sessions, remove_dead_sessions
from haveri_web.adapters.token_rows import organizations_with_tokens

_EVERY = timedelta(hours=1)
REQUESTS_KEPT = timedelta(days=7)

log = get_logger(__name__)


class Housekeeping:
    """A Component that tidies once an hour. Several replicas doing so at once do no harm."""

    name = "housekeeping"

    def __init__(self, database: Database, clock: Clock, idle: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._idle = idle
        self._task: asyncio.Task[None] | None = None

    async def tidy(self) -> None:
        """Tidy once."""
        now = self._clock.now()
        async with self._database.across_organizations() as connection:
            organizations = {
                *await organizations_with_sessions(connection),
                *await organizations_with_tokens(connection),
            }
        for organization in sorted(organizations):
            async with self._database.transaction(organization) as connection:
                await remove_dead_sessions(connection, organization, now - self._idle, now)
                await forget_requests(connection, organization, now - REQUESTS_KEPT)

    async def start(self) -> None:
        """Begin to tidy, every hour."""
        self._task = asyncio.create_task(self._run(), name="housekeeping")

    async def stop(self) -> None:
        """Stop."""
        task, self._task = self._task, None
        await end(task)

    def problem(self) -> str | None:
        """Untidiness keeps nobody from working."""
        return None

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(_EVERY.total_seconds())
            try:
                await self.tidy()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("housekeeping is put off", error=repr(error))
