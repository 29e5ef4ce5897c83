"""The web in a real browser: on a port of its own, signed in, with pictures where HAVERI_SCREENSHOTS says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from web_house import PASSWORD, WebHouse

from haveri_devservers.testing.waiting import eventually

SIZES = {"wide": (1280, 900), "phone": (390, 844)}


@asynccontextmanager
async def serving(house: WebHouse) -> AsyncIterator[str]:
    """The web's address while the block lasts."""
    server = uvicorn.Server(uvicorn.Config(house.http, port=0, log_level="warning", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    house.live.leave()
    server.should_exit = True
    await running


async def signed_in(context: Any, address: str, email: str) -> Any:
    """A page on which somebody has signed in."""
    page = await context.new_page()
    await page.goto(f"{address}/sign-in")
    await page.get_by_test_id("sign-in-email").fill(email)
    await page.get_by_test_id("sign-in-password").fill(PASSWORD)
    await page.get_by_test_id("sign-in-submit").click()
    await page.wait_for_url(f"{address}/")
    return page


async def picture(page: Any, name: str) -> None:
    """Keep a picture of the whole page, if pictures are wanted."""
    folder = os.environ.get("HAVERI_SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def see_every_page(page: Any, address: str, paths: dict[str, str], size: str, theme: str) -> None:
    """Open each page; fail when one is wider than its screen."""
    for name, path in paths.items():
        await page.goto(f"{address}{path}")
        await page.wait_for_load_state("load")
        overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{name} is {overflow} px too wide at {SIZES[size][0]}"
        await picture(page, f"{name}-{size}-{theme}")
