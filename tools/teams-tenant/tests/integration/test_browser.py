"""The chat page in a real browser, with its script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from tenant_support import ANNA, MIKKO, Stage, card, execute, text_block

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
FORM = card(
    {"type": "Input.Text", "id": "what", "label": "What happened", "isRequired": True},
    {"type": "Input.Toggle", "id": "runs", "title": "The line runs", "value": "true"},
    actions=[{"type": "Action.Submit", "title": "Resolve", "data": {"form": "resolve"}}],
)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def window(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[BrowserContext]:
    width, height = getattr(request, "param", (1280, 800))
    context = await chromium.new_context(viewport={"width": width, "height": height}, has_touch=width < 500)
    context.set_default_timeout(8000)
    yield context
    await context.close()


async def be(window: BrowserContext, stage: Stage, name: str) -> Page:
    """Somebody in the channel Incidents; what the page complains about fails the test."""
    page = await window.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    await page.goto(f"{stage.process.url}/t/{stage.tampere.id}/c/{await stage.incidents()}")
    await page.get_by_role("button", name=name).click()
    await expect(page.get_by_test_id("place-title")).to_have_text("Incidents")
    return page


async def test_two_people_talk_live(window: BrowserContext, stage: Stage) -> None:
    page = await be(window, stage, ANNA)
    await page.get_by_test_id("compose").fill("Filler 2 is <b>jammed</b>")
    await page.get_by_test_id("compose").press("Enter")
    await expect(page.get_by_test_id("message")).to_contain_text("Filler 2 is <b>jammed</b>")
    await expect(page.get_by_test_id("compose")).to_have_value("")
    theirs = await stage.tampere.as_user(MIKKO).say("Incidents", "On my wya")
    await expect(page.get_by_test_id("message").nth(1)).to_contain_text("On my wya")
    await stage.tampere.as_user(MIKKO).edit(theirs, "On my way")
    await expect(page.get_by_test_id("message").nth(1)).to_contain_text("On my way")
    await stage.tampere.as_user(MIKKO).delete(theirs)
    await expect(page.get_by_test_id("message")).to_have_count(1)


async def test_mail_is_announced_and_read_live(window: BrowserContext, stage: Stage) -> None:
    page = await be(window, stage, ANNA)
    await stage.post_mail("anna@tampere.example", "[SEV1] INC-42", "I've got it: https://haveri.example/answer/x")
    await expect(page.get_by_test_id("channel-Mail").get_by_test_id("unread")).to_have_text("1 unread")
    await page.get_by_test_id("channel-Mail").click()
    await expect(page.get_by_test_id("mail-subject")).to_have_text("[SEV1] INC-42")
    await expect(page.get_by_test_id("mail-link")).to_have_attribute("href", "https://haveri.example/answer/x")
    await stage.post_mail("anna@tampere.example", "[SEV2] INC-43", "Another one")
    await expect(page.get_by_test_id("mail-subject").nth(1)).to_have_text("[SEV2] INC-43")


async def test_a_command_is_offered_completed_and_private(window: BrowserContext, stage: Stage) -> None:
    page = await be(window, stage, ANNA)
    await page.get_by_test_id("compose").press_sequentially("/inci")
    await expect(page.get_by_test_id("suggestion")).to_have_count(2)
    await page.get_by_test_id("compose").press("Enter")
    await expect(page.get_by_test_id("compose")).to_have_value("/incident ")
    await page.get_by_test_id("compose").press_sequentially("Filler 2 jammed sev1")
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("only-you")).to_be_visible()
    assert (await stage.bot.told(lambda a: a["type"] == "message"))["text"] == "/incident Filler 2 jammed sev1"


async def test_a_person_is_mentioned_from_the_list(window: BrowserContext, stage: Stage) -> None:
    page = await be(window, stage, ANNA)
    await page.get_by_test_id("compose").press_sequentially("@mik")
    await page.get_by_test_id("suggestion").click()
    await page.get_by_test_id("compose").press_sequentially("please look")
    await page.get_by_test_id("compose").press("Enter")
    await expect(page.get_by_test_id("text")).to_have_text("Mikko Korhonen please look")
    assert (await stage.bot.told(lambda a: a["type"] == "message"))["entities"][0]["mentioned"]["name"] == MIKKO


async def test_one_edits_deletes_and_brings_back_and_replies(window: BrowserContext, stage: Stage) -> None:
    page = await be(window, stage, ANNA)
    await stage.tampere.as_user(ANNA).say("Incidents", "frist")
    message = page.get_by_test_id("message").first
    await message.hover()
    await message.get_by_test_id("menu").click()
    await message.get_by_test_id("edit").click()
    await message.get_by_test_id("edit-text").fill("first")
    await message.get_by_test_id("edit-save").click()
    await expect(message.get_by_test_id("text")).to_have_text("first")
    await message.get_by_test_id("menu").click()
    await message.get_by_test_id("delete").click()
    await message.get_by_test_id("undelete").click()
    await expect(message.get_by_test_id("text")).to_have_text("first")
    await page.get_by_test_id("reply").click()
    await page.get_by_test_id("reply-text").fill("a reply")
    await page.get_by_test_id("reply-send").click()
    await expect(page.get_by_test_id("message").nth(1)).to_contain_text("a reply")


async def test_a_button_asks_the_bot_and_the_card_follows(window: BrowserContext, stage: Stage) -> None:
    stage.bot.answers["adaptiveCard/action"] = lambda a: {
        "statusCode": 200,
        "type": ADAPTIVE,
        "value": card(text_block(f"lead: {a['value']['action']['data']['who']}")),
    }
    who = {"type": "Input.Text", "id": "who", "label": "Who"}
    await stage.post_card(await stage.incidents(), card(who, actions=[execute("Set lead", "lead")]))
    page = await be(window, stage, ANNA)
    await page.get_by_test_id("input-who").fill("Mikko")
    await page.get_by_test_id("action-lead").click()
    await expect(page.get_by_test_id("card")).to_contain_text("lead: Mikko")


async def test_half_filled_inputs_survive_what_others_write(window: BrowserContext, stage: Stage) -> None:
    who = {"type": "Input.Text", "id": "who", "label": "Who"}
    await stage.post_card(await stage.incidents(), card(who, actions=[execute("Set lead", "lead")]))
    page = await be(window, stage, ANNA)
    await page.get_by_test_id("input-who").fill("Mik")
    await stage.tampere.as_user(MIKKO).say("Incidents", "meanwhile")
    await expect(page.get_by_test_id("message")).to_have_count(2)
    await expect(page.get_by_test_id("input-who")).to_have_value("Mik")


@pytest.mark.parametrize("window", [(1280, 800), (390, 844)], indirect=True, ids=["desk", "phone"])
async def test_a_form_says_what_is_missing_and_is_sent(window: BrowserContext, stage: Stage) -> None:
    stage.bot.answers["task/fetch"] = lambda _: {
        "task": {
            "type": "continue",
            "value": {"title": "Resolve INC-1", "card": {"content": FORM, "contentType": ADAPTIVE}},
        }
    }
    stage.bot.answers["task/submit"] = lambda _: {"task": {"type": "message", "value": "Resolved."}}
    opens = {"type": "Action.Submit", "title": "Resolve", "id": "resolve", "data": {"msteams": {"type": "task/fetch"}}}
    await stage.post_card(await stage.incidents(), card(text_block("INC-1"), actions=[opens]))
    page = await be(window, stage, ANNA)
    await page.get_by_test_id("action-resolve").click()
    dialog = page.get_by_test_id("dialog")
    await expect(dialog.get_by_test_id("dialog-title")).to_have_text("Resolve INC-1")
    await dialog.get_by_role("button", name="Resolve").click()
    await expect(dialog.get_by_role("alert")).to_have_text("What happened is required.")
    await dialog.get_by_test_id("input-what").fill("Sensor")
    await dialog.get_by_test_id("input-runs").uncheck()
    await dialog.get_by_role("button", name="Resolve").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_test_id("notice")).to_have_text("Resolved.")
    sent = await stage.bot.told(lambda a: a.get("name") == "task/submit")
    assert sent["value"]["data"] == {"form": "resolve", "what": "Sensor", "runs": "false"}


@pytest.mark.parametrize("window", [(390, 844)], indirect=True, ids=["phone"])
async def test_on_a_phone_nothing_is_cut_off_and_targets_are_large(window: BrowserContext, stage: Stage) -> None:
    buttons = [execute("Acknowledge", "ack"), execute("Escalate to the supervisor", "escalate")]
    await stage.post_card(await stage.incidents(), card(text_block("Filler 2 jammed, line 1 down"), actions=buttons))
    page = await be(window, stage, ANNA)
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    for name in ("action-ack", "action-escalate", "send", "to-rail", "reply", "menu"):
        box = await page.get_by_test_id(name).first.bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 40, name
    await page.get_by_test_id("to-rail").click()
    await page.get_by_test_id("channel-General").click()
    await expect(page.get_by_test_id("place-title")).to_have_text("General")


async def test_a_photo_and_a_file_are_attached(window: BrowserContext, stage: Stage, tmp_path: Path) -> None:
    photo, paper = tmp_path / "photo.png", tmp_path / "log.csv"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n")
    paper.write_bytes(b"1,2")
    page = await be(window, stage, ANNA)
    await page.get_by_test_id("attach").set_input_files([photo, paper])
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("message")).to_contain_text("log.csv")
    activity = await stage.bot.told(lambda a: a["type"] == "message")
    assert [a["contentType"] for a in activity["attachments"]] == ["image/*", "text/html"]


async def test_a_new_channel_appears_and_unread_ones_are_marked(window: BrowserContext, stage: Stage) -> None:
    page = await be(window, stage, ANNA)
    path, headers = f"/v1.0/teams/{stage.works}/channels", await stage.graph_headers()
    await stage.http.post(path, json={"displayName": "inc-1-filler"}, headers=headers)
    await expect(page.get_by_test_id("channel-inc-1-filler")).to_be_visible()
    await stage.tampere.as_user(MIKKO).say("inc-1-filler", "news")
    await expect(page.get_by_test_id("channel-inc-1-filler").get_by_test_id("unread")).to_contain_text("1")
