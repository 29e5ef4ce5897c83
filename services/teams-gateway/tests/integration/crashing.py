"""Gateways that die at one exact moment, for the tests of who takes over."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gateway_rig import SECRET, SLASH_COMMANDS, AppInstall, Rig, Works
from pydantic import SecretStr


@asynccontextmanager
async def dying_gateway(rig: Rig, moment: tuple[str, str, str], port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A gateway process that dies at that moment."""
    settings = rig.settings(http_port=port)
    environment = {**os.environ, "HAVERI_LOG_LEVEL": "WARNING"}
    for name, value in settings.model_dump().items():
        plain: Any = value.get_secret_value() if isinstance(value, SecretStr) else value
        if plain is not None:
            environment[f"HAVERI_{name.upper()}"] = str(plain)
    script = Path(__file__).with_name("crashing_gateway.py")
    process = await asyncio.create_subprocess_exec(sys.executable, str(script), *moment, env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def describe(moment: tuple[str, str, str]) -> str:
    """A short name."""
    return f"{moment[2]}-{moment[0].rpartition('.')[2]}-{moment[1]}".rstrip("-")


async def move(rig: Rig, works: Works, url: str) -> None:
    """Teams learns the heir's address; activities on their way go there."""
    endpoint, commands = f"{url}/api/messages", SLASH_COMMANDS
    await works.handle.install(AppInstall(rig.app_id, "Haveri", SECRET, endpoint, rig.home_tenant, commands=commands))
