"""Every page in a real browser, wide and on a phone, light and dark; pictures go where HAVERI_SCREENSHOTS says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from web_house import PASSWORD, WebHouse
from web_stories import tell_stories

pytestmark = pytest.mark.browser
_SIZES = {"wide": (1280, 900), "phone": (390, 844)}


@pytest.fixture
async def address(house: WebHouse) -> AsyncIterator[str]:
    """The web on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(house.http, port=0, log_level="warning", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    house.live.leave()
    server.should_exit = True
    await serving


async def _signed_in(context: Any, address: str, email: str) -> Any:
    page = await context.new_page()
    await page.goto(f"{address}/sign-in")
    await page.get_by_test_id("sign-in-email").fill(email)
    await page.get_by_test_id("sign-in-password").fill(PASSWORD)
    await page.get_by_test_id("sign-in-submit").click()
    await page.wait_for_url(f"{address}/")
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", list(_SIZES))
async def test_every_page_fits_its_screen_and_breaks_no_policy(
    house: WebHouse, address: str, chromium: Any, size: str, theme: str
) -> None:
    resolved = await tell_stories(house)
    email = await house.account("Aino Korhonen")
    width, height = _SIZES[size]
    context = await chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    gate = await context.new_page()
    await gate.goto(f"{address}/sign-in")
    await _picture(gate, f"sign-in-{size}-{theme}")
    page = await _signed_in(context, address, email)
    for name, path in {
        "overview": "/",
        "incidents": "/incidents",
        "no-incidents": "/incidents?q=nothing+like+this",
        "incident-open": "/incidents/INC-4",
        "incident-resolved": f"/incidents/{resolved}",
        "incident-past": f"/incidents/{resolved}?at=2026-11-23T08:07:00",
        "plant": "/plant",
        "settings": "/settings",
        "docs": "/api/docs",
        "missing": "/incidents/INC-999",
    }.items():
        await page.goto(f"{address}{path}")
        await page.wait_for_load_state("load")
        overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{name} is {overflow} px too wide at {width}"
        await _picture(page, f"{name}-{size}-{theme}")
    await context.close()
    assert [it for it in complaints if "404" not in it] == []


async def _picture(page: Any, name: str) -> None:
    folder = os.environ.get("HAVERI_SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
