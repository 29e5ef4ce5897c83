"""How a measurement is made, shown and kept."""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import uvloop

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Line:
    """One figure beside its aim."""

    what: str
    value: float
    unit: str
    aim: str
    reached: bool


@dataclass
class Report:
    """What one benchmark found."""

    name: str
    summary: str
    lines: list[Line] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def at_most(self, what: str, value: float, limit: float, unit: str) -> None:
        """A figure that should not be above its limit."""
        self.lines.append(Line(what, value, unit, f"<= {limit:g} {unit}", value <= limit))

    def at_least(self, what: str, value: float, limit: float, unit: str) -> None:
        """A figure that should not be below its limit."""
        self.lines.append(Line(what, value, unit, f">= {limit:g} {unit}", value >= limit))

    def show(self, *, details: bool = False) -> None:
        """Print the figures, with details if asked, and keep them under results/."""
        print(f"\n{self.name}: {self.summary}")
        for line in self.lines:
            mark = "reached" if line.reached else "NOT REACHED"
            print(f"  {line.what:<72} {line.value:>9.2f} {line.unit:<4} {line.aim:<16} {mark}")
        if details:
            print(self.details)
        RESULTS.mkdir(exist_ok=True)
        body = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(self)}
        (RESULTS / f"{self.name}.json").write_text(json.dumps(body, indent=2) + "\n")


P = TypeVar("P")


def measured(place: Callable[[], AbstractContextManager[P]], measure: Callable[[P], Awaitable[Report]]) -> Report:
    """What is measured where the servers, or a house, run."""

    async def run(at: P) -> Report:
        return await measure(at)

    with place() as at, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(at))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)
