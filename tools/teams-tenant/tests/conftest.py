"""A running tenant, a small bot that checks every token, and two organisations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import tenant_support as support


@pytest.fixture
async def tenant_process(tmp_path: Path) -> AsyncIterator[support.TenantProcess]:
    """The tenant as a process of its own, as the supervisor runs it."""
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
async def stage(tenant_process: support.TenantProcess, bot: support.FakeBot) -> AsyncIterator[support.Stage]:
    """Two organisations with the bot installed in both."""
    stage = support.Stage(tenant_process, bot)
    async with asyncio.timeout(20):
        await stage.set()
    yield stage
    await stage.strike()
