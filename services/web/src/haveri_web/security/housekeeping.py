"""Forgets what nobody needs any more: dead sessions, old Idempotency-Keys."""

from __future__ import annotations

from datetime import timedelta

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_web.adapters.request_rows import forget_requests
from haveri_web.adapters.session_rows import organizations_with_sessions, remove_dead_sessions
from haveri_web.adapters.token_rows import organizations_with_tokens

TIDY_EVERY = timedelta(hours=1)
REQUESTS_KEPT = timedelta(days=7)


async def tidy(database: Database, clock: Clock, idle: timedelta) -> None:
    """Tidy once; sessions die after `idle`. Several replicas doing so at once do no harm."""
    now = clock.now()
    async with database.across_organizations() as connection:
        organizations = {*await organizations_with_sessions(connection), *await organizations_with_tokens(connection)}
    for organization in sorted(organizations):
        async with database.transaction(organization) as connection:
            await remove_dead_sessions(connection, organization, now - idle, now)
            await forget_requests(connection, organization, now - REQUESTS_KEPT)
