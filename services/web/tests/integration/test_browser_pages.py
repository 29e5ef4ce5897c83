"""Every page in a real browser, wide and on a phone, light and dark; pictures go where HAVERI_SCREENSHOTS says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from web_browser import SIZES, picture, see_every_page, signed_in
from web_house import WebHouse
from web_incidents import say
from web_stories import tell_stories

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
async def test_every_page_fits_its_screen_and_breaks_no_policy(
    house: WebHouse, address: str, chromium: Any, size: str, theme: str
) -> None:
    resolved = await tell_stories(house)
    email = await house.account("Aino Korhonen")
    width, height = SIZES[size]
    context = await chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    gate = await context.new_page()
    await gate.goto(f"{address}/sign-in")
    await picture(gate, f"sign-in-{size}-{theme}")
    page = await signed_in(context, address, email)
    paths = {
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
    }
    await see_every_page(page, address, paths, size, theme)
    await context.close()
    assert [it for it in complaints if "404" not in it] == []


async def test_the_incident_page_follows_what_happens_without_being_loaded_again(
    house: WebHouse, address: str, chromium: Any
) -> None:
    door = await house.door("Sanna Virtanen")
    made = await house.incident(door)
    context = await chromium.new_context()
    page = await signed_in(context, address, await house.account("Aino Korhonen"))
    await page.goto(f"{address}/incidents/INC-1")
    await page.locator('[data-live-state="on"]').wait_for()
    await page.evaluate("window.untouched = true")
    timo = house.tenant.member("Timo Nieminen")
    say(house.tenant.book, UUID(made["id"]), timo, "<i>On my way</i>", house.clock.now(), "m-1")
    await door("POST", "/incidents/INC-1/status", json={"status": "INVESTIGATING"})
    await house.announce(made["id"])
    await page.get_by_test_id("entry-text").get_by_text("<i>On my way</i>").wait_for()
    assert "Investigating" in await page.get_by_test_id("status").first.inner_text()
    # The summary is a part that the page did not have: it must appear all the same.
    await door("POST", "/incidents/INC-1/resolve", json={"summary": {"what_happened": "A loose plug."}})
    await house.announce(made["id"])
    await page.get_by_test_id("summary-what-happened").wait_for()
    await page.locator('[data-live-state="on"]').wait_for()
    assert await page.evaluate("window.untouched") is True
    await context.close()


async def test_the_overview_follows_too_and_hears_nothing_of_others(
    house: WebHouse, address: str, chromium: Any
) -> None:
    context = await chromium.new_context()
    page = await signed_in(context, address, await house.account("Aino Korhonen"))
    await page.locator('[data-live-state="on"]').wait_for()
    assert house.live.watching == 1
    stranger = await house.door("Aino Korhonen", slug=house.other_slug)
    facility = str(next(iter(house.other.things["facility"])))
    await stranger("POST", "/incidents", json={"title": "Not yours", "severity": "SEV1", "facility_id": facility})
    made = await house.incident(await house.door("Sanna Virtanen"), "Yours")
    await house.announce(made["id"])
    await page.get_by_test_id("open-incident").get_by_text("Yours").wait_for()
    assert await page.get_by_text("Not yours").count() == 0
    assert await page.get_by_test_id("headline").inner_text() == "One open incident"
    await context.close()


async def test_everything_works_without_javascript(house: WebHouse, address: str, chromium: Any) -> None:
    resolved = await tell_stories(house)
    context = await chromium.new_context(java_script_enabled=False)
    page = await signed_in(context, address, await house.account("Aino Korhonen"))
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
