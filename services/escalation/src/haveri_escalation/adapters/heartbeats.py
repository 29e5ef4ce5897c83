"""The engine's heartbeats: each goes the way that every step goes, and is noted when it has come back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.messages import Sender
from haveri_chassis.metrics import gauge
from haveri_chassis.timers import schedule
from haveri_contracts.escalation.events import EngineBeat

HOUSE = "haveri"
"""The organisation of what concerns no organisation but the house itself; nobody may found it."""
_ACTING = "system:escalation"

_NOTE = """
INSERT INTO beats (organization_id, beaten_at, arrived_at) VALUES ($1, $2, $3)
ON CONFLICT (organization_id) DO UPDATE SET
    beaten_at = greatest(beats.beaten_at, excluded.beaten_at), arrived_at = excluded.arrived_at
"""

LAST_BEAT = gauge(
    "escalation_last_beat_timestamp_seconds", "When the last beat that came through was beaten, in seconds since 1970."
)


class Heartbeats:
    """Each is a timer that is due at once: timer worker, outbox, relay, bus and consumer all have to work for it
    to be noted. Every replica has its own timer.
    """

    def __init__(self, database: Database, sender: Sender, clock: Clock) -> None:
        self._database = database
        self._sender = sender
        self._clock = clock
        self._replica: UUID = sender.ids.new()

    async def send(self) -> None:
        """Send one heartbeat on its way."""
        now = self._clock.now()
        message = self._sender.event(EngineBeat(beaten_at=now), organization=HOUSE, actor=_ACTING, cause=None)
        async with self._database.transaction(HOUSE) as connection:
            await schedule(connection, HOUSE, f"beat:{self._replica}", now, message)

    async def note(self, beaten_at: datetime) -> None:
        """A heartbeat has come through; one that was overtaken changes nothing."""
        async with self._database.transaction(HOUSE) as connection:
            await connection.execute(_NOTE, HOUSE, beaten_at, self._clock.now())
        LAST_BEAT.set(beaten_at.timestamp())

    async def last(self) -> datetime | None:
        """When the newest heartbeat that came through was beaten, None when none ever did."""
        async with self._database.transaction(HOUSE) as connection:
            found: datetime | None = await connection.fetchval(
                "SELECT beaten_at FROM beats WHERE organization_id = $1", HOUSE
            )
        return found
