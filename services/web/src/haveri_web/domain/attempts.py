"""How often something may be tried: a sliding window for each key, with time as an argument."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `attempts` tries `within` this time."""

    attempts: int
    within: timedelta


@dataclass(slots=True)
class Attempts:
    """Tries of late, by key (an account, an address). The keys longest unused are forgotten first."""

    limit: Limit
    _tries: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)

    def admit(self, key: str, now: datetime) -> int:
        """Count one try; give 0 when it may go on, else the whole seconds to wait (and the try is not counted)."""
        tries = self._recent(key, now)
        if len(tries) >= self.limit.attempts:
            return max(1, math.ceil((tries[0] + self.limit.within - now).total_seconds()))
        tries.append(now)
        return 0

    def forgive(self, key: str) -> None:
        """Take the last try back: it was a rightful one."""
        tries = self._tries.get(key)
        if tries:
            tries.pop()

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        tries = self._tries.setdefault(key, deque())
        self._tries.move_to_end(key)
        while tries and tries[0] + self.limit.within <= now:
            tries.popleft()
        while len(self._tries) > _MOST_KEYS:
            self._tries.popitem(last=False)
        return tries
