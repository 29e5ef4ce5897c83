"""As a new user: chat page and dashboard in a real browser, with and without JavaScript, wide and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from e2e_browser import PHONE, WIDE, chat_as, dashboard, declared_in, fits, picture, press, say, somebodys_browser
from e2e_plants import PATIENCE, Organization, number_of
from playwright.async_api import Browser, Locator, Page, expect

from haveri_teams_tenant.client.models import Place
from haveri_tool.testing import RunningHouse

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

OPERATOR, COLLEAGUE = "Daniel Okafor", "Maria Lindqvist"
SECONDS_TO_THE_CARD = 2.0
HTML = "<img src=x onerror=document.title='hacked'> <b>belt</b> & roller"


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
        number = number_of(Place(id="", name=(await link.get_attribute("data-testid") or "").removeprefix("channel-")))
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
