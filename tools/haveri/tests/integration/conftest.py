"""A whole house, started with the command that people use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from haveri_devservers.testing.embedded_source import server_home
from haveri_tool.testing import RunningHouse, running_house


@pytest.fixture(scope="session")
def house() -> Iterator[RunningHouse]:
    """Everything, on free ports, for all tests that leave it running."""
    with server_home() as home, running_house(home / "house", "--fast") as running:
        yield running


@pytest.fixture
def root() -> Iterator[Path]:
    """A home for a test that starts and stops a house of its own."""
    with server_home() as home:
        yield home / "house"
