"""A whole house of a benchmark's own: `haveri up` as people run it, waiting for the disk, on free ports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from haveri_devservers.testing.embedded_source import server_home
from haveri_tool.testing import RunningHouse, running_house


@contextmanager
def house() -> Iterator[RunningHouse]:
    """Start it from nothing, and stop and remove it at the end."""
    with server_home() as home, running_house(home / "house") as running:
        yield running
