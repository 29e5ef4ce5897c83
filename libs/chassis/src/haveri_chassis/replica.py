"""An in-memory copy, per organisation, of what is expensive to ask for again each time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from haveri_chassis.bus import Bus, OwnerUnavailable, QueryClient
from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import STALE_ANSWERS
from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Query
from haveri_contracts.types import Page

T = TypeVar("T")
_PAGE = 200
_MOST_PAGES = 500
_RETRY_AFTER = timedelta(seconds=1)

log = get_logger(__name__)


@dataclass
class _Copy(Generic[T]):
    """One organisation's copy. `wanted` counts the reasons to load, `loaded` how many of them the copy has seen."""

    value: T | None = None
    present: bool = False
    wanted: int = 1
    loaded: int = 0
    fresh_until: datetime | None = None
    retry_at: datetime | None = None
    failures: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Replica(Generic[T]):
    """Loads something and keeps it until it changes.

    It is loaded at the first use, and again after an event or hint on one of the subjects `invalidated_by` (none when
    whoever made it listens), after the bus was lost and found, and after `ttl` seconds. While the owner is away the old
    copy is served. Create it before the bus is started.
    """

    def __init__(
        self,
        load: Callable[[str], Awaitable[T]],
        bus: Bus,
        *,
        clock: Clock,
        name: str,
        invalidated_by: Iterable[str] = (),
        ttl: float = 60.0,
    ) -> None:
        self.name = name
        self._load = load
        self._clock = clock
        self._ttl = timedelta(seconds=ttl)
        self._copies: dict[str, _Copy[T]] = {}
        for subject in invalidated_by:
            bus.on_hint(subject, self._changed)
        bus.connection.after_reconnect(self.forget_all)

    async def get(self, organization: str) -> T:
        """The organisation's copy, loaded when needed; raises OwnerUnavailable when there never was one."""
        copy = self._copies.setdefault(organization, _Copy())
        if not self._stale(copy):
            return self._value(copy)
        failures = copy.failures
        async with copy.lock:
            if copy.failures > failures:
                # Whoever waited for that load, perhaps dozens, is not to wait for one of their own.
                raise OwnerUnavailable(f"the {self.name} could not be loaded")
            if self._stale(copy):
                await self._reload(organization, copy)
        return self._value(copy)

    def forget(self, organization: str) -> None:
        """Load this organisation's list again at its next use."""
        if copy := self._copies.get(organization):
            copy.wanted += 1
            copy.retry_at = None

    def forget_all(self) -> None:
        """Load every list again at its next use."""
        for organization in self._copies:
            self.forget(organization)

    async def _changed(self, envelope: Envelope) -> None:
        self.forget(envelope.organization)

    def _stale(self, copy: _Copy[T]) -> bool:
        now = self._clock.now()
        if copy.present and copy.retry_at is not None and now < copy.retry_at:
            return False
        return copy.loaded < copy.wanted or copy.fresh_until is None or now >= copy.fresh_until

    async def _reload(self, organization: str, copy: _Copy[T]) -> None:
        # A change that is announced while we load may be missing in what we load: it stays wanted.
        wanted = copy.wanted
        try:
            copy.value = await self._load(organization)
        except OwnerUnavailable as error:
            if not copy.present:
                copy.failures += 1
                raise
            copy.retry_at = self._clock.now() + _RETRY_AFTER
            STALE_ANSWERS.labels(self.name).inc()
            log.warning("an old copy is served", replica=self.name, organization=organization, error=str(error))
            return
        copy.present, copy.loaded, copy.retry_at = True, wanted, None
        copy.fresh_until = self._clock.now() + self._ttl

    @staticmethod
    def _value(copy: _Copy[T]) -> T:
        value: T = copy.value  # type: ignore[assignment]  # present, or `_reload` has raised
        return value


async def all_pages(queries: QueryClient, query: Query, organization: str, actor: str) -> list[Any]:
    """Every item of a paged list (a query with `page`, whose answer has `items` and `next_cursor`), in its order.

    Raises what `QueryClient.ask` raises.
    """
    items: list[Any] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = query.model_copy(update={"page": Page(cursor=cursor, limit=_PAGE)})
        answer = await queries.ask(page, organization=organization, actor=actor)
        items.extend(answer.items)
        cursor = answer.next_cursor
        if cursor is None:
            return items
    raise OwnerUnavailable(f"the list of {query.message_type()} does not end after {_MOST_PAGES} pages")
