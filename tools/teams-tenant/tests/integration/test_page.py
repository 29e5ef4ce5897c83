"""The chat page without its script: it works with plain forms, and shows nobody what is not theirs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import httpx2
from tenant_support import ANNA, MIKKO, Stage, card, card_activity, execute, text_block

from haveri_teams_tenant.client import TenantHandle

HTML = {"Accept": "text/html"}


@asynccontextmanager
async def browser(stage: Stage, tenant: TenantHandle, user_id: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who chose who they are."""
    url = stage.process.url
    async with httpx2.AsyncClient(base_url=url, follow_redirects=True, headers=HTML, trust_env=False) as client:
        assert (await client.post(f"/t/{tenant.id}/who", data={"user_id": user_id})).status_code == 200
        yield client


async def test_without_a_choice_one_is_asked_who_one_is(stage: Stage) -> None:
    answer = await stage.http.get(f"/t/{stage.tampere.id}", headers=HTML, follow_redirects=True)
    assert "Who are you?" in answer.text
    assert ANNA in answer.text and "Liisa" not in answer.text


async def test_writing_pressing_and_reading_need_no_script(stage: Stage) -> None:
    channel = await stage.incidents()
    stage.bot.answers["adaptiveCard/action"] = lambda _: {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": "Noted & done.",
    }
    message = await stage.post_card(channel, card(text_block("line down"), actions=[execute("Acknowledge", "ack")]))
    async with browser(stage, stage.tampere, stage.anna.aad_object_id) as anna:
        here = f"/t/{stage.tampere.id}/c/{quote(channel)}"
        page = await anna.post(f"{here}/say", data={"text": "<script>alert(1)</script> @Haveri"})
        assert "&lt;script&gt;alert(1)" in page.text and "<script>alert" not in page.text
        assert 'data-testid="action-ack"' in page.text
        pressed = await anna.post(f"{here}/m/{message}/press", data={"action": "actions.0", "seen": "0"})
        assert "Noted &amp; done." in pressed.text


async def test_a_button_of_an_own_card_stays_what_it_was_when_everybody_s_card_changes_meanwhile(stage: Stage) -> None:
    own = card(text_block("yours"), actions=[execute("Note", "note")])
    stage.bot.answers["adaptiveCard/action"] = lambda _: {
        "statusCode": 200,
        "type": "application/vnd.microsoft.card.adaptive",
        "value": own,
    }
    channel = await stage.incidents()
    message = await stage.post_card(channel, card(text_block("all"), actions=[execute("Acknowledge", "ack")]))
    async with browser(stage, stage.tampere, stage.anna.aad_object_id) as anna:
        door = f"/t/{stage.tampere.id}/c/{quote(channel)}/m/{message}/press"
        page = (await anna.post(door, data={"action": "actions.0", "seen": "0"})).text
        assert 'data-testid="action-note"' in page
        (seen,) = re.findall(r'name="seen" value="([^"]*)"', page)
        path = f"amer/v3/conversations/{quote(channel)}/activities/{message}"
        changed = await stage.http.put(f"/{path}", headers=await stage.bot_headers(), json=card_activity(own))
        assert changed.status_code == 200, changed.text
        await anna.post(door, data={"action": "actions.0", "seen": seen})
        verbs = [it["value"]["action"]["verb"] for it in stage.bot.received if it["type"] == "invoke"]
        assert verbs == ["ack", "note"]


async def test_pages_carry_a_strict_policy_and_no_inline_script(stage: Stage) -> None:
    async with browser(stage, stage.tampere, stage.anna.aad_object_id) as anna:
        page = await anna.get(f"/t/{stage.tampere.id}")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*src=)", page.text) == []
    assert re.findall(r"\s(?:on\w+|style)=", page.text) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page.text) == []


async def test_nobody_sees_a_place_or_a_private_message_that_is_not_theirs(stage: Stage) -> None:
    channel = await stage.incidents()
    await stage.tampere.as_user(MIKKO).command(channel, "/note only for Mikko")
    await stage.tampere.as_user(MIKKO).say(channel, "for everybody")
    async with browser(stage, stage.tampere, stage.anna.aad_object_id) as anna:
        page = await anna.get(f"/t/{stage.tampere.id}/c/{quote(channel)}")
        assert "for everybody" in page.text and "only for Mikko" not in page.text
    async with browser(stage, stage.tampere, stage.olga.aad_object_id) as olga:
        assert (await olga.get(f"/t/{stage.tampere.id}/c/{quote(channel)}")).status_code == 404
    async with browser(stage, stage.oulu, stage.liisa.aad_object_id) as liisa:
        for path in (f"/t/{stage.oulu.id}/c/{quote(channel)}", f"/t/{stage.oulu.id}/c/{quote(channel)}/feed"):
            assert (await liisa.get(path)).status_code == 404


async def test_a_form_from_another_site_is_refused(stage: Stage) -> None:
    channel = await stage.incidents()
    async with browser(stage, stage.tampere, stage.anna.aad_object_id) as anna:
        path = f"/t/{stage.tampere.id}/c/{quote(channel)}/say"
        for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert (await anna.post(path, data={"text": "x"}, headers=foreign)).status_code == 403
    assert await stage.tampere.messages(channel) == []


async def test_unread_channels_are_marked_until_they_are_read(stage: Stage) -> None:
    channel = await stage.incidents()
    await stage.tampere.as_user(MIKKO).say(channel, "news")
    async with browser(stage, stage.tampere, stage.anna.aad_object_id) as anna:
        rail = f"/t/{stage.tampere.id}/rail"
        assert 'data-testid="unread"' in (await anna.get(rail)).text
        await anna.get(f"/t/{stage.tampere.id}/c/{quote(channel)}")
        assert 'data-testid="unread"' not in (await anna.get(rail)).text


async def test_the_control_api_is_documented_on_this_machine(stage: Stage) -> None:
    docs = await stage.http.get("/docs")
    assert docs.status_code == 200
    assert "/_control/tenants/{tenant_id}/messages" in docs.text
    paths = (await stage.http.get("/openapi.json")).json()["paths"]
    assert all(path.startswith("/_control/") for path in paths)
