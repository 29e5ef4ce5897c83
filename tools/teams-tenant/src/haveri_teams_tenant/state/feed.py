"""What changed, as it changes: feeds the page's live stream and the tests' long polls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from haveri_teams_tenant.clock import Clock
from haveri_teams_tenant.state.records import Message

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `kind` such as `message.created`; empty strings where something does not apply.

    `only_for` is the aadObjectId of the one person who may learn of it, empty for everybody.
    """

    cursor: int
    at: datetime
    kind: str
    tenant_id: str
    place_id: str = ""
    root_id: str = ""
    message_id: str = ""
    only_for: str = ""


class Feed:
    """An ordered, bounded log of changes with waiting readers.

    Cursors start at the process's start time in microseconds, so that a cursor of a former process is recognised as
    too old instead of silently skipping what happened since.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._first = int(clock.now().timestamp() * 1_000_000)
        self.cursor = self._first
        self._log: deque[Change] = deque(maxlen=KEPT)
        self._changed = asyncio.Event()
        self._closed = False

    def append(self, kind: str, tenant_id: str, **where: str) -> None:
        """Append a change and wake every reader."""
        self.cursor += 1
        self._log.append(Change(self.cursor, self._clock.now(), kind, tenant_id, **where))
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def append_message(self, kind: str, message: Message, only_for: str = "") -> None:
        """Append a change of a message, for everybody who sees it or for one of them."""
        where = {"place_id": message.place_id, "root_id": message.root_id, "message_id": message.id}
        self.append(kind, message.tenant_id, **where, only_for=only_for or message.targeted_to or "")

    def lost(self, since: int) -> bool:
        """Whether changes after `since` are no longer known, so that the reader has to look afresh."""
        oldest = self._log[0].cursor if len(self._log) == KEPT else self._first + 1
        return since < oldest - 1 or since > self.cursor

    def since(self, cursor: int, wanted: Callable[[Change], bool]) -> list[Change]:
        """The known changes after the cursor that are wanted, oldest first."""
        found: list[Change] = []
        for change in reversed(self._log):
            if change.cursor <= cursor:
                break
            if wanted(change):
                found.append(change)
        return found[::-1]

    async def wait(self, cursor: int, wanted: Callable[[Change], bool], timeout: float) -> list[Change]:
        """The changes after the cursor; waits up to `timeout` seconds for the first one."""
        try:
            async with asyncio.timeout(timeout):
                while not (found := self.since(cursor, wanted)) and not self._closed:
                    await self._changed.wait()
                return found
        except TimeoutError:
            return []

    async def follow(
        self, cursor: int, wanted: Callable[[Change], bool], heartbeat: float
    ) -> AsyncIterator[Change | None]:
        """Changes after the cursor; None after `heartbeat` seconds of silence, for a stream to show it is alive."""
        while not self._closed:
            found = await self.wait(cursor, wanted, heartbeat)
            if not found:
                yield None
            for change in found:
                cursor = change.cursor
                yield change

    def close(self) -> None:
        """End every stream and every wait: the process is stopping."""
        self._closed = True
        self._changed.set()
