"""One step, done exactly once whatever moment its worker dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

from haveri_chat.workflow.store import StepRecord, StepState, WorkflowStore


class Steps:
    """The steps of one incident: claims, looks before it repeats, remembers."""

    def __init__(
        self,
        store: WorkflowStore,
        incident_id: UUID,
        known: dict[str, StepRecord],
        *,
        now: Callable[[], datetime],
        lease: timedelta,
    ) -> None:
        self._store = store
        self._incident_id = incident_id
        self._known = known
        self._now = now
        self._lease = lease

    def record(self, step: str) -> StepRecord:
        """What is known of a step; PENDING when it was never begun."""
        return self._known.get(step, StepRecord())

    def done(self, step: str) -> bool:
        """True when the step is known to have taken effect."""
        return self.record(step).state is StepState.DONE

    def begun(self, step: str) -> bool:
        """True when the step may have taken effect."""
        return self.record(step).state is not StepState.PENDING

    async def once(
        self,
        step: str,
        act: Callable[[], Awaitable[str]],
        *,
        look: Callable[[], Awaitable[str | None]],
        version: int = 0,
    ) -> str:
        """Do the step unless it is done, and give its reference.

        `act` does it and gives the reference. When an earlier attempt never reported, `look` finds out whether it took
        effect; what it found is remembered as of version 0, because nobody knows what it shows.
        """
        if self.done(step):
            return self.record(step).reference
        async with self.claimed(step) as before:
            if before.state is StepState.DONE:
                await self.release(step, before)
                return before.reference
            found = await look() if before.state is StepState.ATTEMPTING else None
            if found is not None:
                await self.finish(step, found, 0)
                return found
            reference = await act()
            await self.finish(step, reference, version)
            return reference

    @asynccontextmanager
    async def claimed(self, step: str) -> AsyncIterator[StepRecord]:
        """Hold the step; when the work fails the claim is given back. Raises StepBusy when somebody else holds it."""
        at = self._now()
        before = await self._store.claim(self._incident_id, step, at=at, until=at + self._lease)
        try:
            yield before
        except (Exception, asyncio.CancelledError):
            await self._store.release(self._incident_id, step)
            raise

    async def release(self, step: str, record: StepRecord) -> None:
        """Give the claim back and keep in mind what it found; nothing had to be done."""
        await self._store.release(self._incident_id, step)
        self._known[step] = record

    async def finish(self, step: str, reference: str, version: int) -> None:
        """Remember that the step took effect."""
        await self._store.finish(self._incident_id, step, reference=reference, version=version)
        self._known[step] = StepRecord(StepState.DONE, reference, version)
