"""A maintenance window begins, changes or ends: what it covers falls silent, or goes on."""

from __future__ import annotations

from haveri_chassis.bus import Received
from haveri_chassis.clock import Clock
from haveri_contracts.escalation.events import WindowDue
from haveri_escalation.application.engine_ports import Escalations, Input, WindowWork, Worlds
from haveri_escalation.domain.decisions.silencing import apply_windows


class ApplyWindow:
    """Applies the windows to every run under way at the facility.

    Each incident has a transaction of its own, and each is changed only as far as the windows ask for: a message that
    comes again, after a crash in the middle, does the rest.
    """

    def __init__(self, escalations: Escalations, worlds: Worlds, windows: WindowWork, clock: Clock) -> None:
        self._escalations = escalations
        self._worlds = worlds
        self._windows = windows
        self._clock = clock

    async def __call__(self, received: Received[WindowDue]) -> None:
        """Take in one moment of a window; raises when it cannot be now and is to come again."""
        due, organization = received.message, received.organization
        now = max(self._clock.now(), due.due_at)
        fresh = True
        for incident_id, facility_id in await self._windows.affected(organization, due.window_id):
            world = await self._worlds.get(organization, facility_id, fresh=fresh)
            await self._escalations.take_in(Input(incident_id, received.envelope, now), world, apply_windows)
            fresh = False
        ends_at = await self._windows.end_of(organization, due.window_id)
        if ends_at is not None and ends_at <= now:
            await self._windows.publish_end(received.envelope, due.window_id, now)
