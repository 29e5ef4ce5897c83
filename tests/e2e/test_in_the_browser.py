"""As a new user: chat page and dashboard in a real browser, with and without JavaScript, wide and on a phone."""

from __future__ import annotations

import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from e2e_plants import PATIENCE, Organization, number_of
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from haveri_teams_tenant.client.models import Place
from haveri_tool.testing import RunningHouse

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
OPERATOR, COLLEAGUE = "Daniel Okafor", "Maria Lindqvist"
SECONDS_TO_THE_CARD = 2.0
HTML = "<img src=x onerror=document.title='hacked'> <b>belt</b> & roller"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: HAVERI_SCREENSHOTS, or the test's own folder."""
    folder = Path(os.environ.get("HAVERI_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@asynccontextmanager
async def somebodys_browser(chromium: Browser, size: Any, **options: Any) -> AsyncIterator[BrowserContext]:
    """A browser of its own; every complaint of a page about itself fails the test."""
    context = await chromium.new_context(viewport=size, locale="en-GB", timezone_id="Europe/Helsinki", **options)
    context.set_default_timeout(PATIENCE * 1000)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield context
    await context.close()
    assert complaints == []


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


async def test_an_incident_lives_its_life_between_the_chat_page_and_the_dashboard(
    house: RunningHouse, demo: Organization, chromium: Browser, pictures: Path
) -> None:
    async with (
        somebodys_browser(chromium, WIDE) as operators,
        somebodys_browser(chromium, WIDE) as managers,
    ):
        board = await dashboard(managers, house)
        await expect(board.get_by_test_id("live")).to_have_attribute("data-live-state", "on")
        await board.evaluate("window.untouched = true")

        chat = await chat_as(operators, house, demo, OPERATOR)
        await expect(chat.get_by_test_id("team-tampere-works")).to_be_visible()
        link, seconds = await declared_in(chat, demo, "Filler 2 jammed, line 1 down sev1")
        number = number_of(Place("", (await link.get_attribute("data-testid") or "").removeprefix("channel-")))
        assert "filler-2-jammed" in await link.inner_text()
        await link.click()
        card = chat.get_by_test_id("card").first
        await expect(card).to_contain_text("Filler 2 jammed, line 1 down")
        assert seconds < SECONDS_TO_THE_CARD, f"the channel took {seconds:.2f} s"
        for word in (number, "SEV1", "Declared", "Tampere Works · Line 1 · Filler 2", OPERATOR):
            await expect(card).to_contain_text(word)

        row = board.locator(f'[data-testid="open-incident"][data-number="{number}"]')
        await expect(row).to_contain_text("Filler 2 jammed")
        await expect(board.get_by_test_id("headline")).not_to_have_text("All quiet")
        await say(chat, HTML)
        await expect(chat.get_by_test_id("text").filter(has_text="<b>belt</b> & roller")).to_be_visible()
        await expect(board.get_by_test_id("activity")).to_contain_text("<b>belt</b> & roller")
        await press(card, "ack")
        await expect(row.get_by_test_id("unacknowledged")).to_have_count(0)
        await press(card, "status-INVESTIGATING")
        await expect(card).to_contain_text("Investigating")
        await expect(row.get_by_test_id("status")).to_have_text("Investigating")
        await picture(board, pictures / "overview.png")
        await say(chat, "/did swapped the infeed sensor")
        await say(chat, "/sev 2")
        await expect(card).to_contain_text("SEV2")
        await expect(row.get_by_test_id("severity")).to_have_text("SEV2")
        assert await board.evaluate("window.untouched") is True, "the dashboard was loaded anew"

        await row.get_by_role("link").first.click()
        await expect(board.get_by_test_id("incident-number")).to_have_text(number)
        await expect(board.get_by_test_id("live")).to_have_attribute("data-live-state", "on")
        await board.evaluate("window.untouched = true")
        await picture(chat, pictures / "chat.png")
        await resolve_in_chat(chat, card, pictures)
        await expect(board.get_by_test_id("incident-head").get_by_test_id("status")).to_have_text("Closed")
        assert await board.evaluate("window.untouched") is True, "the incident page was loaded anew"
        await read_the_record(board, number, pictures)
        assert await chat.title() != "hacked"
        assert await board.title() != "hacked"


async def resolve_in_chat(chat: Page, card: Locator, pictures: Path) -> None:
    """Fill the resolve form, then close naming a follow-up."""
    await press(card, "resolve")
    form = chat.get_by_test_id("dialog-form")
    await expect(form).to_be_visible()
    await form.get_by_test_id("input-what_happened").fill("A bottle lay across the infeed star wheel.")
    await form.get_by_test_id("input-root_cause").fill("The infeed sensor's bracket was loose.")
    await form.get_by_test_id("input-resolution").fill("Sensor swapped, bracket tightened.")
    await form.get_by_test_id("input-duration_minutes").fill("35")
    await picture(chat, pictures / "resolve-form.png")
    await form.get_by_role("button", name="Resolve").click()
    await expect(card).to_contain_text("Resolved")
    await press(card, "close")
    await expect(form).to_be_visible()
    await form.get_by_test_id("input-follow_up_1_what").fill("Order a spare sensor")
    await form.get_by_role("button", name="Close").last.click()
    await expect(chat.get_by_test_id("archived")).to_be_visible()


async def read_the_record(board: Page, number: str, pictures: Path) -> None:
    """Read who did what and when, then look at it as it was known earlier."""
    entries = board.get_by_test_id("timeline-entry")
    said = entries.filter(has_text="<b>belt</b> & roller")
    await expect(said.get_by_test_id("entry-who")).to_have_text(OPERATOR)
    assert re.fullmatch(r"\d\d:\d\d:\d\d", (await said.get_by_test_id("entry-time").inner_text()).strip())
    for text in ("swapped the infeed sensor", "A bottle lay across", "Order a spare sensor"):
        await expect(board.locator("main")).to_contain_text(text)
    await expect(board.get_by_test_id("chain-badge")).to_have_attribute("data-intact", "true")
    await picture(board, pictures / "incident.png")
    await board.screenshot(path=pictures / "incident-whole.png", full_page=True)
    shown = await entries.count()
    await said.get_by_test_id("entry-time").click()
    await expect(board.get_by_test_id("as-of-banner")).to_be_visible()
    await expect(board.get_by_test_id("incident-head").get_by_test_id("status")).to_have_text("Declared")
    assert await board.get_by_test_id("timeline-entry").count() < shown
    await picture(board, pictures / "incident-earlier.png")
    await board.get_by_test_id("as-of-now").click()
    await expect(board.get_by_test_id("incident-head").get_by_test_id("status")).to_have_text("Closed")
    await expect(board.get_by_test_id("timeline-entry")).to_have_count(shown)
    assert number in await board.title()


async def test_on_a_phone_everything_is_there_and_nothing_stands_out(
    house: RunningHouse, demo: Organization, chromium: Browser, pictures: Path
) -> None:
    async with somebodys_browser(chromium, PHONE, is_mobile=True, has_touch=True) as phone:
        chat = await chat_as(phone, house, demo, COLLEAGUE)
        await fits(chat)
        await chat.get_by_test_id("to-rail").click()
        await chat.get_by_test_id("channel-General").click()
        known = {channel.id for channel in await demo.tenant.channels()}
        await say(chat, "/incident Palletiser 1 drops cartons sev2")
        channel = await demo.tenant.wait_for_channel(lambda place: place.id not in known, PATIENCE)
        await picture(chat, pictures / "phone-chat-general.png")
        await chat.get_by_test_id("to-rail").click()
        await chat.get_by_test_id(f"channel-{channel.name}").click()
        card = chat.get_by_test_id("card").first
        await press(card, "ack")
        await demo.until_card_says((await demo.cards_of(channel)).card.id, "Acknowledged")
        await say(chat, "Light barrier is dirty, cleaning it now")
        await picture(chat, pictures / "phone-chat.png")
        await press(card, "did")
        await expect(chat.get_by_test_id("dialog-form")).to_be_visible()
        await picture(chat, pictures / "phone-form.png")
        await chat.get_by_test_id("input-did_text").fill("Cleaned the light barrier")
        await chat.get_by_test_id("dialog-form").get_by_role("button", name="Log it").click()
        number = number_of(channel)
        await demo.wait_for_entry(number, lambda entry: entry["type"] == "action_taken")
        board = await dashboard(phone, house)
        await picture(board, pictures / "phone-overview.png")
        await board.goto(f"{house.endpoints['web']}/incidents/{number}")
        await expect(board.get_by_test_id("timeline")).to_contain_text("Cleaned the light barrier")
        await picture(board, pictures / "phone.png")
        for path in ("/incidents", "/plant", "/settings", "/api/docs"):
            await board.goto(f"{house.endpoints['web']}{path}")
            await fits(board)


async def test_without_javascript_everything_can_be_read_and_done(
    house: RunningHouse, demo: Organization, chromium: Browser, pictures: Path
) -> None:
    async with somebodys_browser(chromium, WIDE, java_script_enabled=False) as plain:
        chat = await chat_as(plain, house, demo, OPERATOR)
        known = {channel.id for channel in await demo.tenant.channels()}
        await say(chat, "/incident Mixer 1 leaks syrup sev3")
        channel = await demo.tenant.wait_for_channel(lambda place: place.id not in known, PATIENCE)
        declared = await demo.cards_of(channel)
        await chat.reload()
        await chat.get_by_test_id(f"channel-{channel.name}").click()
        await expect(chat.get_by_test_id("card").first).to_contain_text("Mixer 1 leaks syrup")
        await say(chat, HTML)
        await expect(chat.get_by_test_id("text").filter(has_text="<b>belt</b>")).to_be_visible()
        await press(chat.get_by_test_id("card").first, "status-INVESTIGATING")
        await demo.wait_for_state(declared.number, status="INVESTIGATING")
        await press(chat.get_by_test_id("card").first, "note")
        await chat.get_by_test_id("input-note_text").fill("Gasket ordered")
        await picture(chat, pictures / "plain-form.png")
        await chat.get_by_test_id("dialog-form").get_by_role("button", name="Add").click()
        await demo.wait_for_entry(declared.number, lambda entry: entry["type"] == "annotation")
        board = await dashboard(plain, house)
        await board.get_by_test_id("open-incidents").get_by_role("link", name="Mixer 1 leaks syrup").click()
        for text in ("<b>belt</b> & roller", "Gasket ordered"):
            await expect(board.get_by_test_id("timeline")).to_contain_text(text)
        await expect(board.get_by_test_id("refresh")).to_be_visible()
        await board.get_by_test_id("entry-time").first.click()
        await expect(board.get_by_test_id("as-of-banner")).to_be_visible()
        await picture(board, pictures / "plain-earlier.png")
        await board.get_by_test_id("sign-out").click()
        await expect(board.get_by_test_id("sign-in-form")).to_be_visible()
