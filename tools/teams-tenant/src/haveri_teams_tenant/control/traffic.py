"""What was asked of Microsoft's services, counted."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime

REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request to the connector, Graph or identity; `milliseconds` as the tenant needed them."""

    at: datetime
    surface: str
    method: str
    path: str
    status: int
    milliseconds: float


class Traffic:
    """Counters by service, method and status, and the latest requests."""

    def __init__(self) -> None:
        self.counters: Counter[tuple[str, str, int]] = Counter()
        self.latest: deque[RecordedRequest] = deque(maxlen=REMEMBERED)

    def note(self, asked: RecordedRequest) -> None:
        """Count a request; status 0 means that it got no answer."""
        self.counters[asked.surface, asked.method, asked.status] += 1
        self.latest.append(asked)

    def clear(self) -> None:
        """Start counting anew."""
        self.counters.clear()
        self.latest.clear()
