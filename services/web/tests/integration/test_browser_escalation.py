"""The pages about escalation in a real browser: wide and on a phone, light and dark, with and without JavaScript."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from web_browser import SIZES, picture, see_every_page, signed_in
from web_chains import put_chains
from web_house import WebHouse

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
async def test_every_page_about_escalation_fits_its_screen_and_breaks_no_policy(
    house: WebHouse, address: str, chromium: Any, size: str, theme: str
) -> None:
    put_chains(house)
    facility, area = next(iter(house.tenant.things["facility"])), next(iter(house.tenant.things["area"]))
    width, height = SIZES[size]
    context = await chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page = await signed_in(context, address, await house.account("Aino Korhonen"))
    question = f"facility={facility}&severity=SEV2&area_id={area}&at=2026-11-28T03:10"
    paths = {
        "policies": "/escalation/policies",
        "policy-new": "/escalation/policies/new",
        "policy": f"/escalation/policies/{UUID(int=2)}",
        "policy-versions": f"/escalation/policies/{UUID(int=2)}/versions",
        "simulate": f"/escalation/simulate?{question}",
        "quiet-hours": f"/escalation/settings?facility={facility}",
        "maintenance": f"/escalation/maintenance?facility={facility}",
    }
    await see_every_page(page, address, paths, size, theme)
    await context.close()
    assert complaints == []


async def test_a_policy_is_made_tried_and_saved_without_javascript(
    house: WebHouse, address: str, chromium: Any
) -> None:
    shelf = put_chains(house)
    context = await chromium.new_context(java_script_enabled=False)
    page = await signed_in(context, address, await house.account("Mikko Laine"))
    await page.goto(f"{address}/escalation/policies")
    await page.get_by_test_id("new-policy").first.click()
    await page.get_by_test_id("policy-name").fill("Presses at night")
    await page.get_by_test_id("policy-severity").get_by_text("SEV2").click()
    await page.get_by_test_id("policy-areas").get_by_text("Line 1").click()
    await page.get_by_test_id("add-time").click()
    await page.get_by_test_id("policy-step").first.get_by_text("Filling crew").click()
    await page.get_by_test_id("add-step").click()
    assert await page.get_by_test_id("policy-name").input_value() == "Presses at night"
    assert await page.get_by_test_id("step-after").nth(1).input_value() == "15"
    await page.get_by_test_id("policy-step").nth(1).get_by_text("Lead of the shift").click()
    await page.get_by_test_id("try-area").select_option("Line 1")
    await page.get_by_test_id("try-at").fill("2026-11-28T03:10")
    await page.get_by_test_id("try-draft").click()
    sentence = await page.get_by_test_id("simulated-sentence").inner_text()
    assert sentence.startswith("On Saturday at 03:10, SEV2 on Line 1: Filling crew, Night (Mikko Laine")
    assert sentence.endswith("the lead of Night (Mikko Laine) after 15 minutes if nobody has answered.")
    assert len(shelf.present()) == 3, "trying saves nothing"
    await picture(page, "policy-tried")
    await page.get_by_test_id("save-policy").click()
    await page.get_by_test_id("done").wait_for()
    saved = next(policy for policy in shelf.present() if policy.name == "Presses at night")
    assert [step.after_minutes for step in saved.steps] == [0, 15] and saved.conditions.time_of_day[0].start == "22:00"
    said = await page.get_by_test_id("policy").filter(has_text="Presses at night").inner_text()
    assert (
        "SEV2 at Line 1, at night (22:00–06:00): Filling crew at once; the lead of the shift after 15 minutes" in said
    )
    await context.close()


async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    house: WebHouse, address: str, chromium: Any
) -> None:
    shelf = put_chains(house)
    context = await chromium.new_context(viewport={"width": 390, "height": 844})
    page = await signed_in(context, address, await house.account("Mikko Laine"))
    await page.goto(f"{address}/escalation/policies/{UUID(int=2)}")
    await page.get_by_test_id("policy-name").fill("Still mine")
    await page.get_by_test_id("step-after").nth(1).fill("soon")
    await page.get_by_test_id("policy-every").fill("half an hour")
    await page.get_by_test_id("save-policy").click()
    assert await page.get_by_test_id("field-error").all_inner_texts() == ["is not a number", "is not a number"]
    assert await page.get_by_test_id("step-after").nth(1).input_value() == "soon"
    assert await page.get_by_test_id("policy-name").input_value() == "Still mine"
    await picture(page, "policy-wrong-phone")
    assert shelf.versions[UUID(int=2)][-1].version == 1
    await context.close()
