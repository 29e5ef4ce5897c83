"""Live views: what happens in an organisation, sent to every page that watches."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from haveri_contracts.envelope import Envelope
from haveri_contracts.plain import Refusal
from haveri_contracts.subjects import Kind, everything_of

PER_MEMBER = 12
WATCHED = tuple(everything_of(Kind.EVENT, owner) for owner in ("incident", "timeline", "escalation"))
"""What is followed on the bus. Chat is not: what is said there counts once the timeline has it, which is followed."""

_UNSEEN = ("haveri.escalation.timer_", "haveri.escalation.window_due.", "haveri.escalation.beat.")
"""What the escalation engine publishes to itself; what comes of it is an event of its own."""


class TooManyLiveViews(Refusal):
    """Too many pages watch at once; the page still works, it just does not move by itself."""

    type = "too-many-live-views"
    title = "Too many live views are open."
    retry_after = 30


@dataclass(slots=True, eq=False)
class View:
    """One page that watches. Changes while it is busy are sent as one: `changed` holds the incidents since."""

    organization: str
    incident_id: str | None
    changed: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self) -> set[str]:
        """The incidents that changed since the last time."""
        taken, self.changed = self.changed, set()
        self.woken.clear()
        return taken


class LiveViews:
    """Everyone who watches through this replica. A Component: when it stops, every view ends."""

    name = "live-views"

    def __init__(self, most: int) -> None:
        self._most = most
        self._views: set[View] = set()
        self._by_member: Counter[tuple[str, UUID]] = Counter()
        self._ending = asyncio.Event()

    @property
    def watching(self) -> int:
        """How many views are open."""
        return len(self._views)

    @property
    def ending(self) -> bool:
        """True when every view shall end."""
        return self._ending.is_set()

    async def receive(self, envelope: Envelope) -> None:
        """Pass a hint from the bus on to the views of its organisation that watch this incident, or all."""
        if envelope.type.startswith(_UNSEEN):
            return
        incident_id = envelope.subject or ""
        for view in self._views:
            if view.organization == envelope.organization and view.incident_id in (None, incident_id):
                view.changed.add(incident_id)
                view.woken.set()

    def check(self, organization: str, member_id: UUID) -> None:
        """Raise TooManyLiveViews when one more would be too many."""
        if self._by_member[organization, member_id] >= PER_MEMBER or len(self._views) >= self._most or self.ending:
            raise TooManyLiveViews("Close some of Haveri's other windows; this page can still be loaded anew by hand.")

    @asynccontextmanager
    async def watch(self, organization: str, member_id: UUID, incident_id: UUID | None) -> AsyncIterator[View]:
        """A view while the block lasts. Raises TooManyLiveViews."""
        self.check(organization, member_id)
        key = (organization, member_id)
        view = View(organization, str(incident_id) if incident_id else None)
        self._views.add(view)
        self._by_member[key] += 1
        try:
            yield view
        finally:
            self._views.discard(view)
            self._by_member[key] -= 1
            if not self._by_member[key]:
                del self._by_member[key]

    def leave(self) -> None:
        """End every view now, so that no open stream delays the process's end; called at the first signal."""
        self._ending.set()
        for view in self._views:
            view.woken.set()

    async def start(self) -> None:
        """Views come by themselves."""

    async def stop(self) -> None:
        """End every view."""
        self.leave()

    def problem(self) -> str | None:
        """Nothing can be wrong here."""
        return None
