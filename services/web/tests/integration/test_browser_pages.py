"""Every page in a real browser, wide and on a phone, light and dark; pictures go where HAVERI_SCREENSHOTS says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from web_house import PASSWORD, WebHouse
from web_incidents import say
from web_stories import tell_stories

from haveri_chassis.testing.waiting import eventually

pytestmark = pytest.mark.browser
_SIZES = {"wide": (1280, 900), "phone": (390, 844)}


@pytest.fixture
async def address(house: WebHouse) -> AsyncIterator[str]:
    """The web on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(house.http, port=0, log_level="warning", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
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


async def test_the_incident_page_follows_what_happens_without_being_loaded_again(
    house: WebHouse, address: str, chromium: Any
) -> None:
    door = await house.door("Sanna Virtanen")
    made = await house.incident(door)
    context = await chromium.new_context()
    page = await _signed_in(context, address, await house.account("Aino Korhonen"))
    await page.goto(f"{address}/incidents/INC-1")
    await page.locator('[data-live-state="on"]').wait_for()
    await page.evaluate("window.untouched = true")
    timo = house.tenant.member("Timo Nieminen")
    say(house.tenant.book, UUID(made["id"]), timo, "<i>On my way</i>", house.clock.now(), "m-1")
    await door("POST", "/incidents/INC-1/status", json={"status": "INVESTIGATING"})
    await house.news(made["id"])
    await page.get_by_test_id("entry-text").get_by_text("<i>On my way</i>").wait_for()
    assert "Investigating" in await page.get_by_test_id("status").first.inner_text()
    # The summary is a part that the page did not have: it must appear all the same.
    await door("POST", "/incidents/INC-1/resolve", json={"summary": {"what_happened": "A loose plug."}})
    await house.news(made["id"])
    await page.get_by_test_id("summary-what-happened").wait_for()
    await page.locator('[data-live-state="on"]').wait_for()
    assert await page.evaluate("window.untouched") is True
    await context.close()


async def test_the_overview_follows_too_and_hears_nothing_of_others(
    house: WebHouse, address: str, chromium: Any
) -> None:
    context = await chromium.new_context()
    page = await _signed_in(context, address, await house.account("Aino Korhonen"))
    await page.locator('[data-live-state="on"]').wait_for()
    assert house.live.watching == 1
    stranger = await house.door("Aino Korhonen", slug=house.other_slug)
    facility = str(next(iter(house.other.things["facility"])))
    await stranger("POST", "/incidents", json={"title": "Not yours", "severity": "SEV1", "facility_id": facility})
    made = await house.incident(await house.door("Sanna Virtanen"), "Yours")
    await house.news(made["id"])
    await page.get_by_test_id("open-incident").get_by_text("Yours").wait_for()
    assert await page.get_by_text("Not yours").count() == 0
    assert await page.get_by_test_id("headline").inner_text() == "One open incident"
    await context.close()


async def test_everything_works_without_javascript(house: WebHouse, address: str, chromium: Any) -> None:
    resolved = await tell_stories(house)
    context = await chromium.new_context(java_script_enabled=False)
    page = await _signed_in(context, address, await house.account("Aino Korhonen"))
    await page.get_by_test_id("refresh").click()
    await page.get_by_test_id("nav-incidents").click()
    await page.get_by_test_id("filter-q").fill("filler 2 jammed")
    await page.get_by_test_id("filter-apply").click()
    await page.get_by_test_id("incident-row").get_by_role("link").click()
    assert await page.get_by_test_id("incident-number").inner_text() == resolved
    await page.get_by_test_id("type-message").check()
    await page.get_by_test_id("type-apply").click()
    assert await page.get_by_test_id("timeline-entry").count() == 3
    await page.get_by_test_id("entry-time").first.click()
    await page.get_by_test_id("as-of-later").click()
    await page.get_by_test_id("as-of-now").click()
    await page.get_by_test_id("as-of-input").fill("2026-11-23T08:02:00")
    await page.get_by_test_id("as-of-submit").click()
    assert "08:02:00" in await page.get_by_test_id("as-of-banner").inner_text()
    await page.get_by_test_id("nav-settings").click()
    await page.get_by_test_id("token-name").fill("scada")
    await page.get_by_test_id("token-submit").click()
    assert (await page.get_by_test_id("token-secret").inner_text()).startswith("hvr_")
    await page.get_by_test_id("sign-out").click()
    await page.get_by_test_id("sign-in-form").wait_for()
    await context.close()
