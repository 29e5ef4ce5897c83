"""Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser

SWITCH = "HAVERI_CHROMIUM"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class ChromiumNotFoundError(RuntimeError):
    """There is no Chromium on this machine; the message says how to get one."""


def find_chromium(environment: Mapping[str, str] = os.environ) -> Path:
    """Give the browser's program: the one that `HAVERI_CHROMIUM` names, else the first on the path."""
    named = environment.get(SWITCH)
    if named:
        if not os.access(named, os.X_OK):
            raise ChromiumNotFoundError(f"{SWITCH} names {named}, which is no program.")
        return Path(named)
    for program in _PROGRAMS:
        found = shutil.which(program, path=environment.get("PATH"))
        if found:
            return Path(found)
    raise ChromiumNotFoundError(f"Chromium is not installed: run 'apt-get install chromium', or set {SWITCH}.")


def launch_arguments(*, root: bool) -> list[str]:
    """Give Chromium's command line; its sandbox refuses to work for root."""
    return [*_ARGUMENTS, *(["--no-sandbox"] if root else [])]


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """Run a headless browser until the context is left."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 -- slow to import, and only tests have it

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=launch_arguments(root=os.geteuid() == 0)
        )
        try:
            yield browser
        finally:
            await browser.close()
