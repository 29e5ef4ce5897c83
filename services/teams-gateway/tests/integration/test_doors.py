"""The one door: who may come in, with what, and what everybody else is told."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from gateway_rig import Gateway, Rig, Works, opened

from haveri_contracts.incident import commands


def activity(rig: Rig, works: Works, **changes: Any) -> dict[str, Any]:
    """A message as the tenant would send it."""
    service_url = f"{rig.process.url}/amer/"
    member = next(iter(works.members.values()))
    body = {
        "type": "message",
        "id": str(uuid.uuid4().int)[:13],
        "timestamp": "2026-11-23T12:00:00.000Z",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": "29:1abc", "name": member.name, "aadObjectId": member.chat_identities[0].user_id},
        "recipient": {"id": f"28:{rig.app_id}", "name": "Haveri"},
        "conversation": {"conversationType": "channel", "id": works.general, "tenantId": works.handle.id},
        "channelData": {"tenant": {"id": works.handle.id}},
        "text": "hello",
    }
    return {**body, **changes}


async def token(rig: Rig, **over: Any) -> str:
    """A token as the tenant signs it, or a wrong one."""
    return await rig.client.push_token(rig.app_id, **over)


async def test_a_genuine_activity_is_taken(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    answer = await rig.post(gateway, activity(rig, works), await token(rig))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "over",
    [
        {"forged": True},
        {"omit": ("exp",)},
        {"omit": ("aud",)},
        {"omit": ("iss",)},
        {"omit": ("serviceurl",)},
        {"claims": {"exp": 1_700_000_000}},
        {"claims": {"nbf": 4_000_000_000}},
        {"claims": {"aud": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}},
        {"claims": {"iss": "https://login.example"}},
        {"claims": {"exp": "soon"}},
    ],
    ids=str,
)
async def test_a_wrong_token_is_401_and_nothing_happens(rig: Rig, gateway: Gateway, over: dict[str, Any]) -> None:
    works = await rig.works(gateway)
    body = activity(rig, works, text="/incident Forged")
    answer = await rig.post(gateway, body, await token(rig, **over))
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["type"] == "caller-not-authenticated"
    assert rig.neighbours.sent(works, commands.DeclareIncident) == []


@pytest.mark.parametrize("given", [None, "nonsense", "a.b.c", "x" * 20_000], ids=["none", "word", "dots", "long"])
async def test_no_token_is_401(rig: Rig, gateway: Gateway, given: str | None) -> None:
    works = await rig.works(gateway)
    assert (await rig.post(gateway, activity(rig, works), given)).status_code == 401


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"channelId": "emulator"}, "caller-not-allowed"),
        ({"channelId": None}, "caller-not-allowed"),
        ({"serviceUrl": "https://evil.example/amer/"}, "caller-not-allowed"),
        ({"serviceUrl": None}, "caller-not-allowed"),
        ({"channelData": {"tenant": {"id": "16fd2706-8baf-433b-82eb-8c7fada847da"}}}, "tenant-unknown"),
        ({"channelData": {}, "conversation": {"id": "19:x@thread.tacv2"}}, "tenant-unknown"),
    ],
    ids=["channel", "no-channel", "service-url", "no-service-url", "two-tenants", "no-tenant"],
)
async def test_a_body_that_the_token_does_not_cover_is_403(
    rig: Rig, gateway: Gateway, changes: dict[str, Any], what: str
) -> None:
    works = await rig.works(gateway)
    answer = await rig.post(gateway, activity(rig, works, **changes), await token(rig))
    assert (answer.status_code, answer.json()["type"]) == (403, what)


async def test_a_service_url_off_the_list_is_refused_though_it_is_signed(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    signed = await token(rig, claims={"serviceurl": "https://evil.example/"})
    answer = await rig.post(gateway, activity(rig, works, serviceUrl="https://evil.example/"), signed)
    assert answer.status_code == 403


async def test_incident_outside_a_mapped_tenant_is_refused(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway, mapped=False)
    await works.user().say("General", "/incident Nobody knows us")
    await works.handle.wait_until_delivered()
    assert {d.status for d in await works.handle.deliveries()} == {403}
    assert rig.neighbours.sent(works, commands.DeclareIncident) == []


@pytest.mark.parametrize("body", [b"", b"hello", b"[1]", b"{", b'"x"', b"\xff\xfe"], ids=repr)
async def test_a_body_that_is_no_json_object_is_400(rig: Rig, gateway: Gateway, body: bytes) -> None:
    answer = await rig.post(gateway, body, await token(rig))
    assert (answer.status_code, answer.json()["type"]) == (400, "body-not-json")


@pytest.mark.parametrize(
    "changes",
    [{"type": None}, {"id": ""}, {"from": "Anna"}, {"timestamp": "yesterday"}, {"timestamp": 5}, {"id": "x" * 600}],
    ids=str,
)
async def test_an_activity_that_makes_no_sense_is_400(rig: Rig, gateway: Gateway, changes: dict[str, Any]) -> None:
    works = await rig.works(gateway)
    answer = await rig.post(gateway, activity(rig, works, **changes), await token(rig))
    assert (answer.status_code, answer.json()["type"]) == (400, "activity-unreadable")


async def test_a_body_that_is_too_large_is_413(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    answer = await rig.post(gateway, activity(rig, works, text="x" * 600_000), await token(rig))
    assert answer.status_code == 413


async def test_strange_but_genuine_activities_are_taken_quietly(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    signed = await token(rig)
    for changes in (
        {"text": "null \x00 character"},
        {"text": None, "attachments": "none", "entities": 7, "recipient": None},
        {"type": "somethingNew"},
        {"type": "invoke", "name": "unheard/of", "value": []},
        {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"data": {"incident": "INC-1"}}}},
        {"type": "invoke", "name": "task/submit", "value": {"data": {"form": "declare", "title": "x"}}},
        {"type": "message", "text": None, "value": {"act": "note", "note": "belt torn"}},
    ):
        answer = await rig.post(gateway, activity(rig, works, **changes), signed)
        assert answer.status_code == 200, changes


async def test_a_rotated_signing_key_is_accepted_at_once_and_the_old_one_no_longer(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    before = await token(rig)
    await rig.client.rotate_keys(keep_old=False)
    after = await rig.post(gateway, activity(rig, works), await token(rig))
    assert after.status_code == 200
    assert (await rig.post(gateway, activity(rig, works), before)).status_code == 401


async def test_two_organisations_at_once_see_nothing_of_each_other(rig: Rig, gateway: Gateway) -> None:
    one, two = await asyncio.gather(rig.works(gateway), rig.works(gateway))
    first, second = await asyncio.gather(
        opened(one, "inc-1-ours", say="/incident Ours"), opened(two, "inc-1-theirs", say="/incident Theirs")
    )
    await one.user().say(first.channel, "only for us")
    await rig.until(lambda: rig.neighbours.said(one))
    assert rig.neighbours.said(two) == []
    # Somebody of one tenant presses a button that names the other's incident.
    theirs = rig.neighbours.sent(two, commands.DeclareIncident)[0].incident_id
    member = next(iter(one.members.values()))
    press = activity(
        rig,
        one,
        type="invoke",
        name="adaptiveCard/action",
        text=None,
        value={"action": {"data": {"haveri": {"verb": "ack", "incident": str(theirs), "nonce": "1.ack."}}}},
    )
    answer = await rig.post(gateway, press, await token(rig))
    assert answer.json()["type"] == "application/vnd.microsoft.error"
    assert member.name
    assert rig.neighbours.sent(two, commands.Acknowledge) == []
    assert second.channel.name not in [c.name for c in await one.handle.channels()]


async def test_a_tenant_that_belongs_to_one_organisation_cannot_be_taken_by_another(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    thief = await rig.works(gateway, mapped=False)
    stolen = works.settings
    works_two = thief
    works_two.handle = works.handle
    await rig.neighbours.tell_settings(works_two)
    await asyncio.sleep(0.3)
    await opened(works, "inc-1-still-ours", say="/incident Still ours")
    assert stolen.tenant_id == works.handle.id
    assert rig.neighbours.sent(thief, commands.DeclareIncident) == []
