"""Everything that is left to do is done here: at once by whoever asked for it, later by whichever replica is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from haveri_chassis import telemetry
from haveri_chassis.bus import BusUnavailable, OwnerUnavailable
from haveri_chassis.clock import Clock
from haveri_chassis.locks import KeyedLock
from haveri_chassis.logs import bound, get_logger
from haveri_chassis.objects import ObjectStoreUnavailable
from haveri_chassis.periodic import Periodic
from haveri_chassis.tasks import cancel
from haveri_chat.ports import PlatformUnavailable
from haveri_chat.workflow.store import StepBusy
from haveri_teams_gateway.store.jobs import Job, Jobs, Key, Record

LOOK_EVERY = timedelta(seconds=1)
SETTLE_SECONDS = 4.0
OUT_OF_TURN_AFTER = 5
"""After so many faults of ours in a row a job lets those behind it in its lane pass."""
NOT_NOW = (PlatformUnavailable, StepBusy, OwnerUnavailable, BusUnavailable, ObjectStoreUnavailable)
"""What somebody else's bad moment looks like; everything else is a fault of ours, and never given up for."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Retry:
    """When a job is tried again: after `first` seconds, doubled each time up to `longest`, at most `most` times."""

    first: float
    longest: float
    most: int | None = None

    def wait(self, attempts: int, named: float | None = None) -> timedelta:
        """The wait after so many attempts; `named` is what was asked for."""
        return timedelta(seconds=max(named or 0.0, min(self.longest, self.first * 2.0 ** min(attempts - 1, 20))))


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended. `record` is stored with it, `answer` is for who waits; `again`: the rest follows later."""

    record: Record | None = None
    answer: Any = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: what to do, and when it is tried again when that raises. `give_up` ends it after the last time.

    So many as `at_once` are done by one replica at the same time.
    """

    name: str
    do: Callable[[Job], Awaitable[Ended]]
    retry: Retry
    give_up: Callable[[Job, Exception], Awaitable[Ended]] | None = None
    at_once: int = 1000


class Worker(Periodic):
    """Every second, and when poked because something new may be due, it takes up what is due, urgent kinds first."""

    def __init__(self, jobs: Jobs, clock: Clock) -> None:
        super().__init__("worker", LOOK_EVERY, self._take_up, clock)
        self._jobs = jobs
        self._kinds: dict[str, Kind] = {}
        self._room: dict[str, asyncio.Semaphore] = {}
        self._locks = KeyedLock[tuple[str, str, str | UUID]]()
        self._tasks: dict[Key, list[asyncio.Task[Ended | None]]] = {}

    def look_after(self, *kinds: Kind) -> None:
        """What there is to do, the most urgent first."""
        self._kinds = {kind.name: kind for kind in kinds}
        self._room = {kind.name: asyncio.Semaphore(kind.at_once) for kind in kinds}

    # Beginning

    def begin(self, *jobs: Job) -> None:
        """Do these now, each when its lane's turn has come."""
        for job in jobs:
            self._start(job)

    async def ask(self, organization: str, kind: str, id: UUID) -> Ended | None:
        """Ask for a job and do it now, both at once; gives how it ended, None when it is put off.

        Raises what the database raises when not even that could be stored.
        """
        asking = asyncio.create_task(self._jobs.ask(organization, kind, id))
        try:
            return await self._start(Job(organization, kind, id), asking)
        finally:
            await asyncio.gather(asking, return_exceptions=True)

    def task_of(self, key: Key) -> asyncio.Task[Ended | None] | None:
        """The task of a job that is in hand here."""
        return self._tasks.get(key, [None])[-1]

    async def stop(self) -> None:
        """End; what is in hand gets a moment, and the rest is taken up by another replica."""
        await super().stop()
        if tasks := [task for tasks in self._tasks.values() for task in tasks]:
            await asyncio.wait(tasks, timeout=SETTLE_SECONDS)
            await cancel(*tasks)

    async def _take_up(self) -> None:
        for organization in await self._jobs.organizations():
            free = [name for name, kind in self._kinds.items() if self._in_hand(name) < kind.at_once]
            self.begin(*await self._jobs.claim(organization, free, self._tasks))

    def _in_hand(self, kind: str) -> int:
        return sum(1 for _, name, _ in self._tasks if name == kind)

    # One job

    def _start(self, job: Job, asking: asyncio.Task[Job] | None = None) -> asyncio.Task[Ended | None]:
        lock = self._locks.of((job.organization, job.kind, job.lane or job.id))
        task = asyncio.create_task(self._in_turn(lock, job, asking), name=f"{job.kind} {job.id}")
        self._tasks.setdefault(job.key, []).append(task)
        task.add_done_callback(lambda ended: self._over(job.key, ended))
        return task

    def _over(self, key: Key, task: asyncio.Task[Ended | None]) -> None:
        self._tasks[key].remove(task)
        if not self._tasks[key]:
            del self._tasks[key]
        if not task.cancelled() and task.exception() is not None:
            # It stays ours in the table: it is taken up again as soon as the database is back.
            log.warning("how a job ended could not be stored", kind=key[1], error=repr(task.exception()))

    async def _in_turn(self, lock: asyncio.Lock, job: Job, asking: asyncio.Task[Job] | None) -> Ended | None:
        kind = self._kinds[job.kind]
        about = {"organization": job.organization, kind.name: str(job.id)}
        async with lock, self._room[job.kind]:
            with bound(**about), telemetry.span(f"do {kind.name}"):
                ended, wait, aside = await self._attempt(kind, job)
                if asking is not None:
                    job = replace(job, token=(await asking).token)
                record = ended.record if ended is not None else None
                if wait is None:
                    await self._jobs.end(job, record)
                else:
                    await self._jobs.later(job, wait, record, aside=aside)
        if job.lane is not None and job.attempts > 1:
            # What waited behind it in its lane is nobody's yet.
            self.poke()
        return ended

    async def _attempt(self, kind: Kind, job: Job) -> tuple[Ended | None, timedelta | None, bool]:
        """How it ended, None when it did not; the wait until the next time, None when there is none; whether aside."""
        try:
            ended = await kind.do(job)
            return ended, kind.retry.wait(job.attempts) if ended.again else None, True
        except NOT_NOW as error:
            if kind.give_up is not None and kind.retry.most is not None and job.attempts >= kind.retry.most:
                log.error("a job is given up", attempts=job.attempts, why=str(error))
                return await kind.give_up(job, error), None, True
            log.info("a job is put off", attempts=job.attempts, why=f"{type(error).__name__}: {error}")
            # Not StepBusy's: who is at the step may be gone long before its claim is over.
            named = error.retry_after if isinstance(error, PlatformUnavailable) else None
            return None, kind.retry.wait(job.attempts, named), False
        except Exception:
            log.exception("a job failed", attempts=job.attempts)
            return None, kind.retry.wait(job.attempts), job.attempts >= OUT_OF_TURN_AFTER
