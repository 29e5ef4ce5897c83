"""How fast a bot may ask: sliding windows for each conversation and for each app in a tenant; Graph counts apart."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from haveri_teams_tenant.clock import Clock

Rule = tuple[int, float]
PER_THREAD: tuple[Rule, ...] = ((7, 1), (8, 2), (60, 30), (1800, 3600))
PER_APP: tuple[Rule, ...] = ((50, 1),)
GRAPH_READS: tuple[Rule, ...] = ((60, 1),)
GRAPH_WRITES: tuple[Rule, ...] = ((30, 1),)


@dataclass
class Rules:
    """The limits in force: (how many, within seconds). Tests may set others or none."""

    per_thread: tuple[Rule, ...] = PER_THREAD
    per_app_per_tenant: tuple[Rule, ...] = PER_APP
    graph_reads: tuple[Rule, ...] = GRAPH_READS
    graph_writes: tuple[Rule, ...] = GRAPH_WRITES


class Limits:
    """Counts what was let through; what is refused does not count."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.rules = Rules()
        self._passed: dict[tuple[str, ...], list[float]] = defaultdict(list)

    def wait_for_app(self, app_id: str, tenant_id: str) -> int | None:
        """Seconds the app has to wait at the connector in this tenant, or None when it may go on."""
        return self._take((app_id, tenant_id), self.rules.per_app_per_tenant)

    def wait_for_graph(self, app_id: str, tenant_id: str, *, writes: bool) -> int | None:
        """Seconds the app has to wait at Graph in this tenant, or None when it may go on."""
        rules = self.rules.graph_writes if writes else self.rules.graph_reads
        return self._take(("graph", "writes" if writes else "reads", app_id, tenant_id), rules)

    def wait_for_thread(self, app_id: str, conversation_id: str) -> int | None:
        """Seconds the app has to wait in this conversation, or None when it may write."""
        return self._take(("thread", app_id, conversation_id), self.rules.per_thread)

    def _take(self, key: tuple[str, ...], rules: tuple[Rule, ...]) -> int | None:
        if not rules:
            return None
        now = self._clock.monotonic()
        passed = self._passed[key]
        longest = max(seconds for _, seconds in rules)
        del passed[: bisect_right(passed, now - longest)]
        for count, seconds in rules:
            within = len(passed) - bisect_right(passed, now - seconds)
            if within >= count:
                oldest = passed[len(passed) - count]
                return max(1, math.ceil(oldest + seconds - now))
        passed.append(now)
        return None
