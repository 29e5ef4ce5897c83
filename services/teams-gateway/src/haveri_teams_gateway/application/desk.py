"""What this replica has in hand: one activity of a conversation after the other, conversations side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from haveri_chassis import telemetry
from haveri_chassis.clock import Clock
from haveri_chassis.locks import KeyedLock
from haveri_chassis.logs import bound, get_logger
from haveri_teams_gateway.application.handle_activity import Work

_PAUSE = timedelta(seconds=5)

log = get_logger(__name__)


class Lanes(Protocol):
    """Where work is given back that others have to do first."""

    async def later(self, organization: str, activity: UUID, due_at: datetime) -> None:
        """Take it up at `due_at`."""
        ...


class Desk:
    """Runs the handling of activities as tasks, in the order in which they were begun within a conversation."""

    def __init__(
        self, handle: Callable[[Work], Awaitable[Any]], lanes: Lanes, clock: Clock, poke: Callable[[], None]
    ) -> None:
        self._handle = handle
        self._lanes = lanes
        self._clock = clock
        self._poke = poke
        self._locks = KeyedLock[tuple[str, str]]()
        self._tasks: dict[UUID, asyncio.Task[Any]] = {}

    @property
    def in_hand(self) -> list[UUID]:
        """What is being handled here."""
        return list(self._tasks)

    def task_of(self, activity: UUID) -> asyncio.Task[Any] | None:
        """The task that handles an activity here."""
        return self._tasks.get(activity)

    def begin(self, work: Work, conversation: str, *, behind: bool = False) -> None:
        """Handle it when its conversation's turn comes; `behind` others' earlier work it is given back."""
        if behind:
            self._run(work, self._give_back(work, timedelta(0)))
            return
        self._run(work, self._in_turn(self._locks.of((work.tenant.organization, conversation)), work))

    def begin_alone(self, work: Work) -> asyncio.Task[Any]:
        """Handle it at once: a press does not wait for what is typed beside it."""
        return self._run(work, self._guarded(work))

    async def settle(self, seconds: float) -> None:
        """Wait until everything in hand is done, at most `seconds`."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks.values()), timeout=seconds)

    def _run(self, work: Work, job: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(job, name=f"activity {work.id}")
        self._tasks[work.id] = task
        task.add_done_callback(lambda ended: self._ended(work.id, ended))
        return task

    def _ended(self, activity: UUID, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(activity, None)
        if not task.cancelled():
            task.exception()  # it was logged where it happened

    async def _in_turn(self, lock: asyncio.Lock, work: Work) -> Any:
        async with lock:
            return await self._guarded(work)

    async def _guarded(self, work: Work) -> Any:
        """A fault of ours must not lose the activity: it stays in the table and is taken up again."""
        with bound(organization=work.tenant.organization, activity=str(work.id)), telemetry.span("handle activity"):
            try:
                return await self._handle(work)
            except Exception:
                log.exception("an activity could not be handled", attempts=work.attempts)
                await self._give_back(work, _PAUSE * min(work.attempts, 60))
                raise

    async def _give_back(self, work: Work, pause: timedelta) -> None:
        try:
            await self._lanes.later(work.tenant.organization, work.id, self._clock.now() + pause)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            # It stays ours in the table; the sweeper takes up what is ours and not in hand.
            log.warning("an activity could not be given back", error=type(error).__name__)
        self._poke()
