"""Turning due timers into outbox rows: any number of workers, each timer once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime

import asyncpg

from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.listening import Listener, stirred_or_due
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import counter, histogram
from haveri_chassis.outbox.writing import WAKE
from haveri_chassis.timers.scheduling import GENERATION_HEADER, timers_channel
from haveri_contracts.catalogue import all_messages
from haveri_contracts.message import Visibility
from haveri_contracts.subjects import Kind

_BATCH = 200
_SAFETY_PAUSE = 30.0
_CLAIMED_PAUSE = 0.01
_RECONNECT_PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)

FIRED = counter("timers_fired", "Timers whose message was handed to the outbox.", ("schema",))
LATENESS = histogram("timer_lateness_seconds", "From a timer's moment to its message in the outbox.", ("schema",))

# The claim and the message are one statement: a worker that dies leaves either the timer or the message, never both
# and never none. Rows that another worker has claimed are skipped, not waited for.
_FIRE = f"""
WITH due AS (
    SELECT organization_id, key FROM due_timers
    WHERE due_at <= $1 ORDER BY due_at LIMIT {_BATCH} FOR UPDATE SKIP LOCKED
), fired AS (
    DELETE FROM due_timers AS timer USING due
    WHERE timer.organization_id = due.organization_id AND timer.key = due.key
    RETURNING timer.*
), queued AS (
    INSERT INTO outbox (organization_id, id, key, subject, body, headers)
    SELECT organization_id, message_id, message_key, subject, body,
           jsonb_build_object('{GENERATION_HEADER}', generation::text)
    FROM fired ORDER BY due_at, generation
    ON CONFLICT DO NOTHING
), logged AS (
    INSERT INTO event_log (organization_id, id, subject, body)
    SELECT organization_id, message_id, subject, body FROM fired
    WHERE split_part(subject, '.', 3) = 'event' AND NOT split_part(subject, '.', 4) || '.' ||
          split_part(subject, '.', 5) || '.' || split_part(subject, '.', 6) = ANY($2)
    ORDER BY due_at, generation
), woken AS ({WAKE})
SELECT fired.due_at, (SELECT count(*) FROM woken) FROM fired
"""  # noqa: S608 - put together from constants
_NEXT_DUE = "SELECT min(due_at) FROM due_timers"

log = get_logger(__name__)


class TimerWorker:
    """Sleeps until the next timer is due by `clock`, then fires it. A Component; every replica runs one.

    Outlives the loss of PostgreSQL: timers that came due meanwhile fire late, not never. Internal events are not
    logged: that a moment has come is a service's note to itself, no event that anybody would want to receive again.
    """

    name = "timer-worker"

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._stirred = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._problem: str | None = "the timer worker has not connected yet"
        self._ticks = _ticks()

    async def start(self) -> None:
        """Begin in the background; returns at once."""
        if self._task is None:
            self._stopping = False
            self._task = asyncio.create_task(self._run(), name=f"timer-worker-{self._database.schema}")

    async def stop(self) -> None:
        """Finish the claim in hand and end."""
        task, self._task = self._task, None
        if task is not None:
            self._stopping = True
            self._stirred.set()
            with suppress(asyncio.CancelledError):
                await task

    def problem(self) -> str | None:
        """Why timers do not fire; None while they do."""
        if self._task is not None and self._task.done() and not self._stopping:
            return "the timer worker has ended unexpectedly"
        return self._problem

    async def _run(self) -> None:
        attempt = 0
        channel = timers_channel(self._database.schema)
        while not self._stopping:
            try:
                async with Listener(self._database, channel, self._stirred) as listener:
                    attempt, self._problem = 0, None
                    await self._work(listener.connection)
            except Exception as error:  # noqa: BLE001 - whatever the database does, the timers are still there: go on
                pause = _RECONNECT_PAUSES[min(attempt, len(_RECONNECT_PAUSES) - 1)]
                attempt += 1
                self._problem = f"the timers cannot be read ({type(error).__name__})"
                log.warning("timers lost the database", error=str(error), again_in=pause)
                await stirred_or_due(self._stirred, pause, self._clock)

    async def _work(self, connection: asyncpg.Connection) -> None:
        while not self._stopping:
            self._stirred.clear()
            while await self._fire(connection) == _BATCH and not self._stopping:
                pass
            # Asked after firing: a timer that another worker holds claimed is still seen here, until it commits.
            next_due = await connection.fetchval(_NEXT_DUE)
            if not self._stopping:
                await self._rest(next_due)

    async def _fire(self, connection: asyncpg.Connection) -> int:
        now = self._clock.now()
        fired = await connection.fetch(_FIRE, now, self._ticks)
        FIRED.labels(self._database.schema).inc(len(fired))
        for row in fired:
            LATENESS.labels(self._database.schema).observe(max(0.0, (now - row["due_at"]).total_seconds()))
        return len(fired)

    async def _rest(self, next_due: datetime | None) -> None:
        if next_due is not None and next_due <= self._clock.now():
            # Another worker has claimed it and has not committed yet, or dies before it does.
            await stirred_or_due(self._stirred, _CLAIMED_PAUSE, self._clock)
        else:
            await stirred_or_due(self._stirred, _SAFETY_PAUSE, self._clock, next_due)


def _ticks() -> list[str]:
    """`<owner>.<name>.v<n>` of every internal event, as the ends of their subjects say them."""
    return [
        f"{message.owner}.{message.name}.v{message.version}"
        for message in all_messages()
        if message.kind is Kind.EVENT and message.visibility is Visibility.INTERNAL
    ]
