"""Calendar, escalations and the answer page in a real browser: wide and on a phone, light and dark.

Pictures go where HAVERI_SCREENSHOTS says.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from web_calling import CallBook, run_of, under_way
from web_house import PASSWORD, WebHouse
from web_shifts import ShiftBook, moment
from web_stories import tell_stories

from haveri_chassis.messages import Sender
from haveri_contracts.directory.models import Shift, ShiftInfo, ShiftRole, Team
from haveri_contracts.directory.schedules import Rotation
from haveri_contracts.escalation.events import EscalationUnacked
from haveri_contracts.escalation.models import CallState, EndReason, Purpose, RunState
from haveri_contracts.plain import EntryType
from haveri_devservers.testing.waiting import eventually

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


async def _signed_in(house: WebHouse, context: Any, address: str, name: str) -> Any:
    page = await context.new_page()
    await page.goto(f"{address}/sign-in")
    await page.get_by_test_id("sign-in-email").fill(await house.account(name))
    await page.get_by_test_id("sign-in-password").fill(PASSWORD)
    await page.get_by_test_id("sign-in-submit").click()
    await page.wait_for_url(f"{address}/")
    return page


def _plan_shifts(house: WebHouse) -> tuple[ShiftBook, Rotation]:
    """Three crews round the clock, maintenance by day, a swap, an absence, a proposal, a holiday."""
    book, tenant = ShiftBook(house.tenant), house.tenant
    facility = next(iter(tenant.things["facility"].values()))
    crew: Team = next(iter(tenant.things["team"].values()))
    sanna, timo, mikko, aino = (
        tenant.member(it) for it in ("Sanna Virtanen", "Timo Nieminen", "Mikko Laine", "Aino Korhonen")
    )
    lead = [ShiftRole(role="lead", member_ids=[timo.id, mikko.id])]
    crews = [
        crew.model_copy(
            update={
                "id": house.ids.new(), "name": f"Crew {name}", "member_ids": [it.id for it in people],
                "shift_info": ShiftInfo(roles=lead),
            }
        )
        for name, people in (("A", (sanna, timo)), ("B", (mikko, timo)), ("C", (sanna, mikko)))
    ]  # fmt: skip
    day = Shift(name="Day", start="07:00", end="15:00")
    upkeep = crew.model_copy(
        update={"name": "Maintenance", "member_ids": [mikko.id, aino.id], "shift_info": ShiftInfo(shifts=[day])}
    )
    tenant.put(*crews, upkeep)
    rotation = Rotation.model_validate(
        {
            "id": house.ids.new(), "facility_id": facility.id, "name": "Round the clock", "kind": "three-shift",
            "first_day": "2026-01-05", "crews": [{"team_id": it.id} for it in crews],
            "slots": [
                {"name": "Early", "from": "06:00", "to": "14:00"}, {"name": "Late", "from": "14:00", "to": "22:00"},
                {"name": "Night", "from": "22:00", "to": "06:00"},
            ],
        }
    )  # fmt: skip
    book.rotations[rotation.id] = rotation
    book.holiday(facility, date(2026, 11, 26), "Thanksgiving")
    night = {"starts_at": moment("2026-11-27T20:00"), "ends_at": moment("2026-11-28T04:00")}
    for team in crews:
        book.change(team_id=team.id, kind="swap", member_id=timo.id, substitute_id=sanna.id, **night)
    morning = {"starts_at": moment("2026-11-25T04:00"), "ends_at": moment("2026-11-25T20:00")}
    book.change(team_id=upkeep.id, kind="absence", member_id=mikko.id, note="Dentist", **morning)
    back = {"starts_at": moment("2026-11-29T04:00"), "ends_at": moment("2026-11-29T12:00")}
    book.change(
        team_id=crews[1].id, kind="swap", member_id=timo.id, substitute_id=mikko.id, accepted=False,
        proposed_by=timo.id, return_stretch=back, note="Concert!", **night,
    )  # fmt: skip
    return book, rotation


async def _call_people(house: WebHouse) -> tuple[CallBook, dict[str, Any]]:
    """Two runs under way, one of them silenced; an ended one; links in every state."""
    await tell_stories(house)
    calls, door = CallBook(house.tenant), await house.door("Sanna Virtanen")
    fourth, second = [(await door("GET", f"/incidents/{number}")).json() for number in ("INC-4", "INC-2")]
    now = house.clock.now()
    run_of(calls, fourth, now - timedelta(minutes=3), state=RunState.ENDED, end_reason=EndReason.REPLACED, ended_at=now)
    run = run_of(calls, fourth, now - timedelta(minutes=3))
    under_way(calls, fourth, run)
    silenced = run_of(
        calls, second, now - timedelta(minutes=9), state=RunState.SILENCED, silenced_until=now + timedelta(hours=2)
    )
    under_way(calls, second, silenced.model_copy(update={"calls": []}))
    payload = {
        "incident_id": fourth["id"], "run_id": str(run.id), "round": 1, "step": 1, "due_at": now.isoformat(),
        "calls": [{"call_id": str(it.id), "member_id": str(it.member_id)} for it in run.calls],
        "missing": ["Nobody of Crew A is on shift"],
    }  # fmt: skip
    house.tenant.book.record(
        UUID(fourth["id"]), EntryType.ESCALATION, "escalation.step_fired", payload, "system:escalation", now
    )
    return calls, fourth


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", list(_SIZES))
async def test_every_page_about_people_fits_its_screen_and_breaks_no_policy(
    house: WebHouse, address: str, chromium: Any, size: str, theme: str
) -> None:
    _, rotation = _plan_shifts(house)
    calls, incident = await _call_people(house)
    width, height = _SIZES[size]
    context = await chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = await _signed_in(house, context, address, "Mikko Laine")
    facility = str(rotation.facility_id)
    token = calls.link(house.slug, incident, "Timo Nieminen")
    done = calls.link(house.slug, incident, "Timo Nieminen", Purpose.JOIN, key="done")
    calls.links[done] = calls.links[done].model_copy(update={"state": CallState.ANSWERED})
    me = house.tenant.member("Timo Nieminen")
    mine = f"{rotation.crews[1].team_id}~2026-11-27T20:00:00+00:00~2026-11-28T04:00:00+00:00"
    for name, path in {
        "overview-calling": "/",
        "escalations": "/escalations",
        "incident-escalation": "/incidents/INC-4",
        "shifts": f"/shifts?facility={facility}",
        "shifts-holiday": f"/shifts?facility={facility}&day=2026-11-26",
        "shifts-clocks": f"/shifts?facility={facility}&day=2026-10-25",
        "shift-swap": f"/shifts/swap?to={me.id}&mine={mine.replace('+', '%2B')}",
        "shift-plan": f"/shifts/plan?facility={facility}",
        "rotation-new": f"/shifts/rotations/new?facility={facility}",
        "rotation": f"/shifts/rotations/{rotation.id}",
        "answer-open": f"/answer/{token}",
        "answer-coming": f"/answer/{done}",
        "answer-unknown": "/answer/demo.x",
    }.items():
        await page.goto(f"{address}{path}")
        await page.wait_for_load_state("load")
        for folded in await page.locator("details.escalate > summary, details.fold > summary").all():
            await folded.click()
        overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{name} is {overflow} px too wide at {width}"
        await _picture(page, f"{name}-{size}-{theme}")
    await context.close()
    assert [it for it in complaints if "404" not in it] == []


async def _picture(page: Any, name: str) -> None:
    folder = os.environ.get("HAVERI_SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def test_the_button_in_a_mails_page_works_in_a_browser_that_sends_no_referrer(
    house: WebHouse, address: str, chromium: Any
) -> None:
    calls, incident = await _call_people(house)
    token = calls.link(house.slug, incident, "Timo Nieminen")
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/answer/{token}")
    await page.get_by_test_id("answer-button").click()
    assert await page.get_by_test_id("answer").get_attribute("data-standing") == "yours"
    await context.close()


async def test_the_live_view_counts_down_and_follows_the_engine(house: WebHouse, address: str, chromium: Any) -> None:
    calls, incident = await _call_people(house)
    context = await chromium.new_context()
    page = await _signed_in(house, context, address, "Veera Heikkilä")
    await page.goto(f"{address}/escalations")
    await page.locator('[data-live-state="on"]').wait_for()
    first = await page.get_by_test_id("countdown").inner_text()
    assert first in ("12:00", "11:59", "11:58")

    async def ticked() -> bool:
        return bool(await page.get_by_test_id("countdown").inner_text() != first)

    await eventually(ticked)
    calls.running.clear()
    over = EscalationUnacked(incident_id=UUID(incident["id"]), run_id=UUID(int=1), round=1, step=1, minutes=15)
    sender = Sender("escalation", house.clock, house.ids)
    await house.live.receive(sender.event(over, organization=house.slug, actor="system:escalation", cause=None))
    await page.get_by_test_id("nothing-running").wait_for()
    await context.close()


async def test_a_shift_is_given_away_without_javascript(house: WebHouse, address: str, chromium: Any) -> None:
    book, rotation = _plan_shifts(house)
    context = await chromium.new_context(java_script_enabled=False)
    page = await _signed_in(house, context, address, "Sanna Virtanen")
    await page.goto(f"{address}/shifts?facility={rotation.facility_id}")
    await page.get_by_test_id("swap-to").select_option(label="Mikko Laine")
    await page.get_by_test_id("swap-next").click()
    await page.get_by_test_id("swap-note").fill("Family")
    await page.get_by_test_id("swap-submit").click()
    await page.get_by_test_id("shifts-done").wait_for()
    assert await page.get_by_test_id("proposal").count() == 1
    assert list(book.changes.values())[-1].note == "Family"
    await context.close()
