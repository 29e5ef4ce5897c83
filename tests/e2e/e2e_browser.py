"""A browser as a test has one: chat page and dashboard opened as new users open them, complaints, pictures."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from e2e_plants import PATIENCE, Organization
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from haveri_tool.testing import RunningHouse

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@asynccontextmanager
async def somebodys_browser(
    chromium: Browser, size: Any, *, wrong_input: bool = False, **options: Any
) -> AsyncIterator[BrowserContext]:
    """A browser of its own; what a page complains of fails the test, but for the answer to a form filled in wrong."""
    context = await chromium.new_context(viewport=size, locale="en-GB", timezone_id="Europe/Helsinki", **options)
    context.set_default_timeout(PATIENCE * 1000)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield context
    await context.close()
    assert [said for said in complaints if not (wrong_input and "status of 422" in said)] == []


async def chat_as(context: BrowserContext, house: RunningHouse, demo: Organization, who: str) -> Page:
    """Open the chat page as a new user does, and choose who to be."""
    page = await context.new_page()
    await page.goto(house.endpoints["teams_tenant"])
    tenant = page.get_by_test_id(f"tenant-{slug(demo.seed.name)}")
    chooser = page.get_by_test_id(f"who-{slug(who)}")
    await tenant.or_(chooser).first.wait_for()
    if await tenant.count():
        await tenant.click()
    await chooser.click()
    await expect(page.get_by_test_id("who-am-i")).to_contain_text(who)
    return page


async def dashboard(context: BrowserContext, house: RunningHouse) -> Page:
    """Sign in on the dashboard with what `haveri up` printed."""
    page = await context.new_page()
    await page.goto(house.endpoints["web"])
    account = house.endpoints["administrator"]
    await page.get_by_test_id("sign-in-email").fill(account["email"])
    await page.get_by_test_id("sign-in-password").fill(account["password"])
    await page.get_by_test_id("sign-in-submit").click()
    await expect(page.get_by_test_id("counts")).to_be_visible()
    return page


def slug(text: str) -> str:
    """As test ids write names."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")


async def say(page: Page, text: str) -> None:
    """Type and send."""
    await page.get_by_test_id("compose").fill(text)
    await page.get_by_test_id("send").click()


async def fits(page: Page) -> None:
    """Nothing stands out to the right."""
    over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0, f"{page.url} is {over} px too wide"


async def picture(page: Page, path: Path, *, whole: bool = False) -> None:
    """Photograph the page."""
    await fits(page)
    await page.screenshot(path=path, full_page=whole)


async def declared_in(page: Page, demo: Organization, text: str) -> tuple[Locator, float]:
    """Type `/incident …`; gives the new channel's link and the seconds until it was there."""
    known = {channel.name for channel in await demo.tenant.channels()}
    begun = time.monotonic()
    await say(page, f"/incident {text}")
    channel = await demo.tenant.wait_for_channel(lambda place: place.name not in known, PATIENCE)
    link = page.get_by_test_id(f"channel-{channel.name}")
    await link.wait_for()
    return link, time.monotonic() - begun


async def press(card: Locator, action: str) -> None:
    """Press a button of the workflow card, behind More if it is there."""
    button = card.get_by_test_id(f"action-{action}")
    await button.wait_for(state="attached")
    if not await button.is_visible():
        await card.get_by_test_id("more-actions").click()
    await button.click()
