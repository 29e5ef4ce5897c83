"""API tokens at the door."""

from __future__ import annotations

import pytest
from web_house import Door, WebHouse

from haveri_contracts.plain import Role
from haveri_web.domain.access import Scope


async def test_without_a_token_nothing_is_told(house: WebHouse) -> None:
    for path in ("/me", "/incidents", "/facilities", "/tokens", "/activity"):
        answer = await house.client().get(f"/api/v1{path}")
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["type"] == "not-signed-in"


async def test_me_says_who_a_token_acts_as(house: WebHouse) -> None:
    door = await house.door("Sanna Virtanen", [Scope.READ])
    answer = (await door("GET", "/me")).json()
    assert answer["organization"] == house.slug
    assert answer["member"]["name"] == "Sanna Virtanen"
    assert answer["scopes"] == ["read"]
    assert answer["form_token"] is None


@pytest.mark.parametrize("token", ["hvr_forged", "nonsense", "hvr_" + "A" * 43])
async def test_a_forged_token_is_refused(house: WebHouse, token: str) -> None:
    answer = await Door(house.client(), token)("GET", "/me")
    assert (answer.status_code, answer.json()["type"]) == (401, "token-unknown")


async def test_a_token_stops_working_when_it_expires(house: WebHouse) -> None:
    door = Door(house.client(), await house.token("Aino Korhonen", days=1))
    assert (await door("GET", "/me")).status_code == 200
    house.advance(days=1)
    answer = await door("GET", "/me")
    assert (answer.status_code, answer.json()["type"]) == (401, "token-expired")


async def test_a_revoked_token_is_worth_nothing_at_once(house: WebHouse, door: Door) -> None:
    made = (await door("POST", "/tokens", json={"name": "scada", "scopes": ["read"]})).json()
    scada = Door(house.client(), made["token"])
    assert (await scada("GET", "/incidents")).status_code == 200
    assert (await door("DELETE", f"/tokens/{made['id']}")).status_code == 204
    answer = await scada("GET", "/incidents")
    assert (answer.status_code, answer.json()["type"]) == (401, "token-revoked")
    assert (await door("GET", f"/tokens/{made['id']}")).json()["revoked_at"] is not None


async def test_a_tokens_secret_is_shown_once_and_never_kept(house: WebHouse, door: Door) -> None:
    made = (await door("POST", "/tokens", json={"name": "scada"})).json()
    assert made["token"].startswith("hvr_") and len(made["token"]) >= 47
    listed = await door("GET", "/tokens")
    assert made["token"] not in listed.text
    assert made["token"] not in (await door("GET", f"/tokens/{made['id']}")).text
    async with house.database.transaction(house.slug) as connection:
        rows = await connection.fetch("SELECT to_jsonb(tokens)::text AS row FROM tokens")
    assert not any(made["token"] in row["row"] for row in rows)


async def test_when_a_token_was_used_last_is_remembered(house: WebHouse, door: Door) -> None:
    made = (await door("POST", "/tokens", json={"name": "scada"})).json()
    assert made["last_used_at"] is None
    await Door(house.client(), made["token"])("GET", "/me")
    assert (await door("GET", f"/tokens/{made['id']}")).json()["last_used_at"] == "2026-11-23T06:00:00Z"


async def test_a_read_token_cannot_respond_and_a_respond_token_cannot_administer(house: WebHouse, door: Door) -> None:
    incident = await house.incident(door)
    reader = await house.door("Aino Korhonen", [Scope.READ])
    answer = await reader("POST", f"/incidents/{incident['id']}/acknowledge")
    assert (answer.status_code, answer.json()["type"]) == (403, "scope-not-sufficient")
    responder = await house.door("Aino Korhonen", [Scope.RESPOND])
    assert (await responder("POST", f"/incidents/{incident['id']}/acknowledge")).status_code == 200
    answer = await responder("POST", "/tokens", json={"name": "more", "scopes": ["administer"]})
    assert (answer.status_code, answer.json()["type"]) == (403, "scope-not-sufficient")


async def test_the_members_present_role_decides_not_that_of_the_day_the_token_was_made(house: WebHouse) -> None:
    door = await house.door("Aino Korhonen")
    aino = house.tenant.member("Aino Korhonen")
    house.tenant.put(aino.model_copy(update={"role": Role.VIEWER}))
    assert (await door("GET", "/incidents")).status_code == 200
    answer = await door("GET", "/tokens")
    assert (answer.status_code, answer.json()["type"]) == (403, "role-not-sufficient")


async def test_a_token_of_a_removed_member_is_refused(house: WebHouse) -> None:
    door = await house.door("Sanna Virtanen")
    house.tenant.things["member"].pop(house.tenant.member("Sanna Virtanen").id)
    answer = await door("GET", "/incidents")
    assert (answer.status_code, answer.json()["type"]) == (401, "member-removed")


async def test_a_viewer_reads_and_does_nothing_else(house: WebHouse, door: Door) -> None:
    incident = await house.incident(door)
    viewer = await house.door("Veera Heikkilä")
    assert (await viewer("GET", f"/incidents/{incident['id']}")).status_code == 200
    for path, body in (
        ("/incidents", {"title": "x", "severity": "SEV3", "facility_id": incident["facility_id"]}),
        (f"/incidents/{incident['id']}/acknowledge", None),
        ("/tokens", {"name": "x"}),
        ("/facilities", {"name": "x", "timezone": "UTC"}),
    ):
        answer = await viewer("POST", path, json=body)
        assert (answer.status_code, answer.json()["type"]) == (403, "role-not-sufficient"), path


@pytest.mark.parametrize("expires", ["2026-11-22T00:00:00Z", "2029-01-01T00:00:00Z", "2026-12-01T00:00:00"])
async def test_a_token_must_end_in_the_future_within_a_year(door: Door, expires: str) -> None:
    answer = await door("POST", "/tokens", json={"name": "x", "expires_at": expires})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "expires_at"


async def test_tokens_are_listed_in_pages(house: WebHouse, door: Door) -> None:
    for number in range(4):
        await door("POST", "/tokens", json={"name": f"token {number}"})
    first = (await door("GET", "/tokens?limit=3")).json()
    second = (await door("GET", f"/tokens?limit=3&cursor={first['next_cursor']}")).json()
    assert [len(first["items"]), len(second["items"])] == [3, 2]
    assert second["next_cursor"] is None
