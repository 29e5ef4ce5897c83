"""Someone always answers, as people see it: calls in the chat page, policies, shifts and the mailed link."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from e2e_browser import PHONE, WIDE, chat_as, dashboard, declared_in, fits, picture, somebodys_browser
from e2e_calls import Calls, call
from e2e_plants import PATIENCE, Organization, number_of
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from haveri_teams_tenant.client.models import Place
from haveri_tool.testing import RunningHouse

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

OPERATOR, MANAGER, MARIA, AINO = "Henna Koskinen", "Juhani Korhonen", "Maria Lindqvist", "Aino Lehtonen"
NEVER = 60.0


@pytest.fixture(scope="module")
def calls(house: RunningHouse, demo: Organization) -> Calls:
    """What is seen of the demo plant's escalations."""
    return Calls.of(house, demo)


async def own_chat(page: Page, number: str) -> Locator:
    """Open one's own chat with the app; gives the card that calls one for an incident."""
    to_rail = page.get_by_test_id("to-rail")
    if await to_rail.is_visible():
        await to_rail.click()
    await page.get_by_test_id("channel-Haveri").click()
    card = page.get_by_test_id("card").filter(has_text=re.compile(rf"\b{number}\b"))
    await expect(card).to_have_count(1)
    return card


def buttons(card: Locator) -> Locator:
    """The buttons of a card that do something; links are none."""
    return card.locator('button[data-testid^="action-"]')


@asynccontextmanager
async def at_the_chat(
    chromium: Browser, house: RunningHouse, demo: Organization, *people: str
) -> AsyncIterator[list[Page]]:
    """Each of these people at a chat page of their own."""
    async with (
        somebodys_browser(chromium, WIDE) as first,
        somebodys_browser(chromium, WIDE) as second,
        somebodys_browser(chromium, WIDE) as third,
    ):
        contexts = (first, second, third)
        yield [await chat_as(context, house, demo, who) for context, who in zip(contexts, people, strict=True)]


async def test_a_sev1_on_line_1_calls_people_in_their_own_chats_until_one_has_got_it(
    house: RunningHouse, demo: Organization, calls: Calls, chromium: Browser, pictures: Path
) -> None:
    crew, _ = await calls.crew_and_lead("Tampere Works")
    called = min(crew - {OPERATOR})
    async with (
        at_the_chat(chromium, house, demo, OPERATOR, called, MANAGER) as (operator, taker, manager),
        somebodys_browser(chromium, WIDE) as boards,
    ):
        running = await dashboard(boards, house)
        await running.get_by_test_id("nav-escalation").click()
        await expect(running.get_by_test_id("live")).to_have_attribute("data-live-state", "on")
        await running.evaluate("window.untouched = true")
        link, _ = await declared_in(operator, demo, "Filler 2 jammed, line 1 down sev1 in Line 1")
        number = number_of(Place(id="", name=(await link.get_attribute("data-testid") or "").removeprefix("channel-")))
        await link.click()
        told = operator.get_by_test_id("text").filter(has_text=MANAGER)
        await expect(told.first).to_contain_text(called)
        await picture(operator, pictures / "call-channel.png")

        mine, theirs = await own_chat(taker, number), await own_chat(manager, number)
        for card in (mine, theirs):
            for word in (number, "SEV1", "Filler 2 jammed, line 1 down", "Line 1"):
                await expect(card).to_contain_text(word)
            await expect(buttons(card)).to_have_count(1)
        await picture(taker, pictures / "call-card.png")
        row = running.locator(f'[data-testid="running-escalation"][data-number="{number}"]')
        await expect(row).to_contain_text(called)
        await picture(running, pictures / "escalations.png")
        board = await boards.new_page()
        await board.goto(f"{house.endpoints['web']}/incidents/{number}#escalation")
        run = board.get_by_test_id("escalation").get_by_test_id("run")
        await expect(run).to_have_attribute("data-state", "running")
        for name in (called, MANAGER):
            await expect(run.get_by_test_id("call").filter(has_text=name)).to_have_attribute("data-state", "reached")
        await expect(board.get_by_test_id("live")).to_have_attribute("data-live-state", "on")
        await board.evaluate("window.untouched = true")

        await buttons(mine).click()
        for card in (mine, theirs):
            await expect(card).to_contain_text(called)
            await expect(buttons(card)).to_have_count(0)
        await expect(theirs).to_contain_text(re.compile(r"\d?\d[.:]\d\d"))
        await picture(manager, pictures / "call-taken.png")
        await expect(row).to_have_count(0)
        await expect(run).to_have_attribute("data-state", "ended")
        await expect(run.get_by_test_id("call").filter(has_text=called)).to_have_attribute("data-state", "answered")
        await expect(run.get_by_test_id("call").filter(has_text=MANAGER)).to_have_attribute("data-state", "withdrawn")
        await picture(board, pictures / "escalation-taken.png")
        for page in (running, board):
            assert await page.evaluate("window.untouched") is True, f"{page.url} was loaded anew"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_a_policy_is_a_form_that_reads_back_as_a_sentence(
    house: RunningHouse, demo: Organization, chromium: Browser, pictures: Path, javascript: bool
) -> None:
    size, name = (WIDE, "Compressors") if javascript else (PHONE, "Compressors plain")
    async with somebodys_browser(chromium, size, wrong_input=True, java_script_enabled=javascript) as browser:
        page = await dashboard(browser, house)
        await page.goto(f"{house.endpoints['web']}/escalation/policies")
        tampere = page.get_by_test_id("facility-policies").filter(has_text="Tampere Works")
        await tampere.get_by_test_id("new-policy").click()
        await page.get_by_test_id("policy-name").fill(name)
        await page.get_by_test_id("policy-severity").get_by_text("SEV3").click()
        await page.get_by_test_id("policy-areas").get_by_text("Utilities").click()
        step = page.get_by_test_id("policy-step")
        await step.first.get_by_text("Maintenance", exact=True).click()
        await page.get_by_test_id("add-step").click()
        await step.nth(1).get_by_text("Lead of the shift").click()
        said_at_its_field, said_of_its_step = step.nth(1).get_by_test_id("field-error"), page.get_by_test_id("problem")
        for wrong, place in (("-5", said_of_its_step.filter(has_text="Step 2")), ("soon", said_at_its_field)):
            await page.get_by_test_id("step-after").nth(1).fill(wrong)
            await page.get_by_test_id("save-policy").click()
            await expect(place).to_be_visible()
            await expect(page.get_by_test_id("step-after").nth(1)).to_have_value(wrong)
            await expect(page.get_by_test_id("policy-name")).to_have_value(name)
        await picture(page, pictures / f"policy-wrong-{javascript}.png", whole=True)
        await page.get_by_test_id("step-after").nth(1).fill("15")
        await page.get_by_test_id("save-policy").click()
        made = page.get_by_test_id("policy").filter(has=page.get_by_role("heading", name=name, exact=True))
        await expect(made.get_by_test_id("policy-sentence")).to_contain_text(
            "SEV3 at Utilities: Maintenance at once; the lead of the shift after 15 minutes"
        )
        await picture(page, pictures / f"policies-{javascript}.png", whole=True)

        await made.get_by_test_id("edit-policy").click()
        await page.get_by_test_id("step-after").nth(1).fill("20")
        await page.get_by_test_id("save-policy").click()
        await expect(made.get_by_test_id("policy-sentence")).to_contain_text("the lead of the shift after 20 minutes")
        await made.get_by_test_id("policy-version").click()
        await expect(page.get_by_test_id("policy-version-2")).to_contain_text("after 20 minutes")
        await expect(page.get_by_test_id("policy-version-1")).to_contain_text("after 15 minutes")
        await fits(page)
        await page.go_back()
        await made.get_by_test_id("edit-policy").click()
        await page.locator("details.removal summary").click()
        await page.get_by_test_id("remove-policy").click()
        await expect(page.get_by_test_id("done")).to_be_visible()
        await expect(made).to_have_count(0)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_simulation_says_in_a_sentence_who_is_called_when(
    house: RunningHouse, chromium: Browser, pictures: Path, size: dict[str, int]
) -> None:
    async with somebodys_browser(chromium, size) as browser:
        page = await dashboard(browser, house)
        await page.goto(f"{house.endpoints['web']}/escalation/simulate")
        await page.get_by_test_id("simulate-severity").select_option("SEV2")
        await page.get_by_test_id("simulate-area").select_option(label="Line 1")
        await page.get_by_test_id("simulate-at").fill("2026-11-28T03:10")
        await page.get_by_test_id("simulate-submit").click()
        said = page.get_by_test_id("simulated-sentence")
        await expect(said).to_contain_text("On Saturday at 03:10, SEV2 on Line 1: ")
        await expect(said).to_contain_text(re.compile("Olli Tuominen.* at once, .*Satu Mäkelä.* after 15 minutes"))
        await expect(page.get_by_test_id("simulated-call")).not_to_have_count(0)
        await expect(page.locator('[data-testid="considered"][data-state="wins"]')).to_have_count(1)
        await picture(page, pictures / f"simulation-{size['width']}.png", whole=True)
        for path in ("/escalations", "/escalation/policies", "/escalation/settings", "/escalation/maintenance"):
            await page.goto(f"{house.endpoints['web']}{path}")
            await fits(page)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_week_shows_who_works_and_who_works_instead(
    house: RunningHouse, calls: Calls, chromium: Browser, pictures: Path, size: dict[str, int]
) -> None:
    day = (datetime.now(UTC) + timedelta(weeks=3)).date()
    crew, leads = await calls.crew_and_lead("Tampere Works")
    async with somebodys_browser(chromium, size) as browser:
        page = await dashboard(browser, house)
        await page.get_by_test_id("nav-shifts").click()
        for name in crew | leads:
            await expect(page.get_by_test_id("on-shift")).to_contain_text(name)
        await picture(page, pictures / f"shifts-{size['width']}.png", whole=True)
        form = page.get_by_test_id("override-form")
        await page.locator("details").filter(has=form).locator("summary").click()
        await form.locator('select[name="team_id"]').select_option(label="Crew A")
        await form.get_by_test_id("override-substitute").select_option(label="Jari Heikkinen")
        await form.get_by_test_id("override-member").select_option(label="Henna Koskinen")
        await form.get_by_test_id("override-starts").fill(f"{day}T06:00")
        await form.get_by_test_id("override-ends").fill(f"{day}T14:00")
        await form.get_by_test_id("override-submit").click()
        await expect(page.get_by_test_id("shifts-done")).to_be_visible()
        await page.goto(f"{house.endpoints['web']}/shifts?day={day}")
        stands_in = page.get_by_test_id("calendar").get_by_test_id("shift-person").filter(has_text="instead of")
        await expect(stands_in.first).to_contain_text("Jari Heikkinen")
        await expect(stands_in.first).to_contain_text("instead of Henna Koskinen")
        await expect(stands_in).to_have_count(1)
        await picture(page, pictures / f"shifts-instead-{size['width']}.png", whole=True)
        change = page.get_by_test_id("change").filter(has_text="Jari Heikkinen")
        await change.get_by_test_id("change-cancel").click()
        await expect(page.get_by_test_id("shifts-done")).to_be_visible()
        await page.goto(f"{house.endpoints['web']}/shifts?day={day}")
        await expect(stands_in).to_have_count(0)


async def test_on_a_phone_the_card_and_the_mailed_link_each_take_one_press(
    house: RunningHouse, demo: Organization, calls: Calls, chromium: Browser, pictures: Path
) -> None:
    members = await calls.ids("members")
    where = {"severity": ["SEV3"], "area_ids": [(await calls.ids("areas"))["Utilities"]]}
    async with (
        calls.mailed(MARIA),
        calls.policy(name="Boilers", conditions=where, steps=[call(members[MARIA], members[AINO])]),
        somebodys_browser(chromium, PHONE, is_mobile=True, has_touch=True) as phone,
        somebodys_browser(chromium, PHONE, is_mobile=True, has_touch=True) as others,
    ):
        declared = await demo.declare(OPERATOR, "Boiler 1 pressure drops sev3 in Utilities")
        mail = await calls.mail_to(MARIA, declared.number)
        chat = await chat_as(phone, house, demo, MARIA)
        card = await own_chat(chat, declared.number)
        await expect(buttons(card)).to_have_text("I've got it")
        await picture(chat, pictures / "phone-call-card.png")
        await chat.get_by_test_id("to-rail").click()
        await chat.get_by_test_id("channel-Mail").click()
        await picture(chat, pictures / "phone-mail.png")
        shown = chat.get_by_test_id("mail").filter(has_text=declared.number).get_by_test_id("mail-link")
        link = await shown.first.get_attribute("href")
        assert link
        assert link in mail.text
        answer = await answered(phone, link, pictures)
        state = await demo.wait_for_state(declared.number, acknowledged_by=members[MARIA])
        assert state["acknowledged_at"]
        await expect(answer.get_by_test_id("answer-state")).to_be_visible()
        await picture(answer, pictures / "phone-answered.png")
        other = await chat_as(others, house, demo, AINO)
        taken = await own_chat(other, declared.number)
        await expect(taken).to_contain_text(f"Taken by {MARIA}")
        await expect(buttons(taken)).to_have_count(0)
        await picture(other, pictures / "phone-call-taken.png")


async def answered(phone: BrowserContext, link: str, pictures: Path) -> Page:
    """Open the link twice, which changes nothing, and press its button."""
    page = await phone.new_page()
    for _ in range(2):
        await page.goto(link)
        await expect(page.get_by_test_id("answer")).to_have_attribute("data-standing", "open")
        await expect(page.get_by_test_id("answer-title")).to_have_text("Boiler 1 pressure drops")
    await picture(page, pictures / "phone-answer.png")
    await page.get_by_test_id("answer-button").click()
    await expect(page.get_by_test_id("answer")).to_have_attribute("data-standing", "yours", timeout=PATIENCE * 1000)
    return page
