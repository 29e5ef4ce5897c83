"""Promises about faults on request, the control API's door, and surviving a kill."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from tenant_support import ANNA, MIKKO, Stage, card, execute, text_block

from haveri_teams_tenant.client import TenantRefused

HELLO = {"type": "message", "text": "hello"}


async def test_a_fault_strikes_the_next_requests_that_match(stage: Stage) -> None:
    channel = await stage.incidents()
    await stage.client.fail("connector", method="POST", path_pattern="/activities$", times=2, status=429, retry_after=3)
    statuses = [(await stage.post(channel, HELLO)) for _ in range(3)]
    assert [answer.status_code for answer in statuses] == [429, 429, 201]
    assert statuses[0].headers["Retry-After"] == "3"
    assert len(await stage.tampere.messages(channel)) == 1


async def test_an_answer_can_get_lost_after_the_request_was_applied(stage: Stage) -> None:
    channel = await stage.incidents()
    await stage.client.fail("connector", when="after", status=502)
    assert (await stage.post(channel, HELLO)).status_code == 502
    await stage.client.fail("connector", effect="close", when="after")
    with pytest.raises(httpx2.TransportError):
        await stage.post(channel, HELLO)
    await stage.client.fail("connector", effect="close", when="before")
    with pytest.raises(httpx2.TransportError):
        await stage.post(channel, HELLO)
    assert len(await stage.tampere.messages(channel)) == 2


async def test_a_request_can_hang(stage: Stage) -> None:
    await stage.client.fail("graph", effect="timeout", seconds=20)
    headers = await stage.graph_headers()
    with pytest.raises(httpx2.ReadTimeout):
        await stage.http.get(f"/v1.0/teams/{stage.works}/channels", headers=headers, timeout=0.2)


async def test_an_outage_takes_a_service_down_until_it_is_lifted(stage: Stage) -> None:
    headers, path = await stage.graph_headers(), f"/v1.0/teams/{stage.works}/channels"
    await stage.client.outage("graph", "identity")
    assert (await stage.http.get(path, headers=headers)).status_code == 503
    assert (await stage.token("botframework.com", "https://api.botframework.com/.default")).status_code == 503
    await stage.client.outage()
    assert (await stage.http.get(path, headers=headers)).status_code == 200


async def test_requests_are_counted(stage: Stage) -> None:
    await stage.client.reset_requests()
    headers = await stage.graph_headers()
    await stage.http.get(f"/v1.0/teams/{stage.works}/channels", headers=headers)
    await stage.http.get("/v1.0/users", headers={})
    assert await stage.client.requests() == {"identity POST 200": 1, "graph GET 200": 1, "graph GET 401": 1}


async def test_the_control_api_refuses_web_pages_and_foreign_host_names(stage: Stage) -> None:
    mark = {"X-Haveri-Tenant-Control": "1"}
    assert (await stage.http.get("/_control/tenants", headers=mark)).status_code == 200
    assert (await stage.http.get("/_control/tenants")).status_code == 403
    foreign = {**mark, "Host": "evil.example:3990"}
    assert (await stage.http.get("/_control/tenants", headers=foreign)).status_code == 403
    assert (await stage.http.get("/", headers={"Host": "evil.example"})).status_code == 421


@pytest.mark.parametrize(("text", "reason"), [("", "empty"), ("   \n ", "empty"), ("x" * 40_000, "too long")])
async def test_messages_that_teams_would_not_take_are_refused(stage: Stage, text: str, reason: str) -> None:
    with pytest.raises(TenantRefused) as refused:
        await stage.tampere.as_user(ANNA).say("Incidents", text)
    assert (refused.value.status, reason in refused.value.detail) == (400, True)


async def test_people_act_only_where_they_are_and_on_what_is_theirs(stage: Stage) -> None:
    channel = await stage.incidents()
    message = await stage.tampere.as_user(ANNA).say(channel, "mine")
    private = await stage.tampere.as_user(ANNA).command(channel, "/help")
    for attempt in (
        stage.tampere.as_user("Olga Outsider").say(channel, "x"),
        stage.tampere.as_user(MIKKO).edit(message, "x"),
        stage.tampere.as_user(MIKKO).delete(message),
        stage.tampere.as_user(MIKKO).react(private),
        stage.oulu.as_user("Liisa Laine").say(channel, "x"),
        stage.oulu.as_user("Liisa Laine").edit(message, "x"),
    ):
        with pytest.raises(TenantRefused) as refused:
            await attempt
        assert refused.value.status in (403, 404)


async def test_a_seed_that_is_refused_leaves_nothing_behind(stage: Stage) -> None:
    from haveri_teams_tenant.client import TeamSeed

    with pytest.raises(TenantRefused):
        await stage.tampere.seed(
            "Tampere Plant", [], [TeamSeed(stage.mill, "New"), TeamSeed(stage.works, "W", members=("Nobody",))]
        )
    assert [team.name for team in await stage.tampere.teams()] == ["Tampere Works"]


async def test_what_was_acknowledged_survives_a_kill_and_is_delivered(mortal_stage: Stage) -> None:
    stage = mortal_stage
    channel, headers = await stage.incidents(), await stage.bot_headers()
    posted = await stage.post_card(channel, card(text_block("kept"), actions=[execute("Go", "go")]))
    await stage.bot.stop()
    anna = stage.tampere.as_user(ANNA)
    sent = [await anna.say("Incidents", f"before the kill {number}") for number in range(5)]
    await stage.process.kill()
    await stage.process.start()
    assert [m.id for m in await stage.tampere.messages(channel)] == [posted, *[m.id for m in sent]]
    await stage.bot.start()
    await stage.bot.told(lambda a: a.get("text") == "before the kill 4")
    assert stage.bot.texts() == [f"before the kill {number}" for number in range(5)]
    again = await stage.http.post(f"/v3/conversations/{channel}/activities", json=HELLO, headers=headers)
    assert again.status_code == 201, "tokens and keys outlive the process"
    assert int(again.json()["id"]) > int(sent[-1].id)


async def test_a_stop_ends_open_streams_at_once(mortal_stage: Stage) -> None:
    waiting = asyncio.create_task(mortal_stage.tampere.wait_for_channel(lambda _: False, timeout=30))
    await asyncio.sleep(0.1)
    async with asyncio.timeout(3):
        assert await mortal_stage.process.stop() in (0, -15)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_waiting_wakes_at_the_change_it_waits_for(stage: Stage) -> None:
    async def later() -> None:
        await asyncio.sleep(0.05)
        await stage.tampere.as_user(MIKKO).say("Incidents", "now")

    task = asyncio.create_task(later())
    channel = await stage.incidents()
    message = await stage.tampere.wait_for_message(channel, lambda m: m.text == "now", timeout=5)
    await task
    assert message.author == MIKKO
