"""Faults on request: the next calls, or a share of them, are answered as a bad day would answer them."""

from __future__ import annotations

import random
import re

from haveri_teams_tenant.control.bodies import NewFault, Surface

_SURFACES: tuple[tuple[Surface, re.Pattern[str]], ...] = (
    ("connector", re.compile(r"^(/[a-z]+)?/v3/")),
    ("graph", re.compile(r"^/v1\.0/")),
    ("identity", re.compile(r"/(oauth2/v2\.0/token|\.well-known/[\w-]+|discovery/v2\.0/keys)$")),
)


def surface_of(path: str) -> Surface | None:
    """Which of Microsoft's services a path belongs to."""
    return next((name for name, pattern in _SURFACES if pattern.search(path)), None)


class Fault(NewFault):
    """A standing fault, and how often it struck."""

    id: str
    hits: int = 0

    def matches(self, surface: Surface, method: str, path: str) -> bool:
        """Whether this request is meant, counting it when it is."""
        if self.surface not in (None, surface) or (self.method and self.method.upper() != method):
            return False
        if self.path_pattern and not re.search(self.path_pattern, path):
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        if self.rate is not None and random.random() >= self.rate:  # noqa: S311 - no secret hangs on it
            return False
        self.hits += 1
        return True


class Faults:
    """The faults that stand ready and the services that are down. Forgotten with the process."""

    def __init__(self) -> None:
        self.standing: list[Fault] = []
        self.down: set[Surface] = set()

    def take(self, surface: Surface, method: str, path: str) -> Fault | None:
        """The fault that hits this request, if one does; an outage hits all."""
        if surface in self.down:
            return Fault(id="outage", status=503)
        return next((fault for fault in self.standing if fault.matches(surface, method, path)), None)

    def clear(self) -> None:
        """A good day again."""
        self.standing.clear()
        self.down.clear()
