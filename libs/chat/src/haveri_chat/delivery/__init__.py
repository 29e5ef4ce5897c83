"""Sends things one after the other at the platform's pace, and again when it says "later"."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from haveri_chat.delivery.pacing import Pacer, Urgency, Window
from haveri_chat.delivery.retry import RetryPolicy
from haveri_chat.ports import PlatformUnavailable

R = TypeVar("R")


@dataclass
class _Job:
    call: Callable[[], Awaitable[Any]]
    repeatable: bool
    answers: list[asyncio.Future[Any]]
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    failures: int = 0

    @property
    def unwanted(self) -> bool:
        return all(answer.done() for answer in self.answers)


class Delivery:
    """One app's way out to one tenant: as fast as the windows allow.

    `now` and `sleep` are of the same monotonic clock, in seconds; `jitter` draws from [0, 1).
    """

    def __init__(
        self,
        retry: RetryPolicy,
        *,
        per_conversation: Sequence[Window],
        per_app: Sequence[Window],
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        jitter: Callable[[], float],
    ) -> None:
        self._pacer: Pacer[_Job] = Pacer(per_conversation=per_conversation, per_app=per_app)
        self._retry = retry
        self._now = now
        self._sleep = sleep
        self._jitter = jitter
        self._answers: set[asyncio.Future[Any]] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at = 0.0
        self._closed = False

    async def send(
        self,
        conversation: str,
        call: Callable[[], Awaitable[R]],
        *,
        urgency: Urgency = Urgency.ORDINARY,
        replaces: str | None = None,
        repeatable: bool = False,
        about: str | None = None,
    ) -> R:
        """Make the call when the conversation's turn comes, and give its result or raise its error.

        `call` raises PlatformUnavailable (with the answer's status) to be tried again by the retry policy;
        `repeatable` says that doing it twice does no harm (an update, not a post). A waiting call with the same
        `replaces` is dropped in favour of this one and gets its result. `about`: see `Pacer.put`.
        """
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)
        job = _Job(call, repeatable, [answer])
        displaced = self._pacer.put(conversation, job, urgency=urgency, replaces=replaces, about=about)
        if displaced is not None:
            job.answers.extend(displaced.answers)
        self._pump()
        return await answer

    async def close(self) -> None:
        """Stop; what still waits is cancelled."""
        self._closed = True
        tasks = [*self._running, *([self._alarm] if self._alarm else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for answer in list(self._answers):
            answer.cancel()

    def _pump(self) -> None:
        for conversation, job in self._pacer.take(self._now()):
            task = asyncio.create_task(self._run(conversation, job), context=job.context)
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        self._set_alarm(self._pacer.next_at(self._now()))

    async def _run(self, conversation: str, job: _Job) -> None:
        try:
            if not job.unwanted:
                _succeed(job, await job.call())
        except PlatformUnavailable as error:
            if self._tries_again(conversation, job, error):
                self._pump()
                return
            _fail(job, error)
        except asyncio.CancelledError:
            for answer in job.answers:
                answer.cancel()
        except Exception as error:  # noqa: BLE001 - whoever asked for the call gets whatever it raised
            _fail(job, error)
        self._pacer.done(conversation, self._now())
        if not self._closed:
            self._pump()

    def _tries_again(self, conversation: str, job: _Job, error: PlatformUnavailable) -> bool:
        job.failures += 1
        wait = self._retry.delay(
            job.failures,
            status=error.status,
            retry_after=error.retry_after,
            jitter=self._jitter(),
            repeatable=job.repeatable,
        )
        if wait is None:
            return False
        self._pacer.again(conversation, self._now() + wait)
        return True

    def _set_alarm(self, at: float | None) -> None:
        if at is None or (self._alarm is not None and not self._alarm.done() and self._alarm_at <= at):
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = asyncio.create_task(self._ring(at))

    async def _ring(self, at: float) -> None:
        while (wait := at - self._now()) > 0:
            await self._sleep(wait)
        self._alarm = None
        self._pump()


def _succeed(job: _Job, result: object) -> None:
    for answer in job.answers:
        if not answer.done():
            answer.set_result(result)


def _fail(job: _Job, error: Exception) -> None:
    for answer in job.answers:
        if not answer.done():
            answer.set_exception(error)
