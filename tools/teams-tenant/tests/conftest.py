"""One tenant process for all tests, and for each test its own organisations with a bot that checks every token."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

# Tests are imported without packages, so that their shared parts have to be made findable.
sys.path.insert(0, str(Path(__file__).parent))

import tenant_support as support


@pytest.fixture(scope="session")
async def shared_process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[support.TenantProcess]:
    """The tenant as a process of its own, as the supervisor runs it."""
    process = support.TenantProcess(tmp_path_factory.mktemp("tenant"))
    await process.start()
    yield process
    await process.stop()


@pytest.fixture
async def own_process(tmp_path: Path) -> AsyncIterator[support.TenantProcess]:
    """A tenant process that a test may kill."""
    process = support.TenantProcess(tmp_path / "tenant")
    await process.start()
    yield process
    await process.stop()


@pytest.fixture
async def bot() -> AsyncIterator[support.FakeBot]:
    """A bot on a loopback port."""
    bot = support.FakeBot()
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
async def stage(shared_process: support.TenantProcess, bot: support.FakeBot) -> AsyncIterator[support.Stage]:
    """Two organisations with the bot installed in both."""
    async with support.Stage(shared_process, bot) as stage:
        async with asyncio.timeout(20):
            await stage.set()
        yield stage
        await stage.client.clear_faults()


@pytest.fixture
async def mortal_stage(own_process: support.TenantProcess, bot: support.FakeBot) -> AsyncIterator[support.Stage]:
    """The same on a process that the test may kill."""
    async with support.Stage(own_process, bot) as stage:
        async with asyncio.timeout(20):
            await stage.set()
        yield stage
