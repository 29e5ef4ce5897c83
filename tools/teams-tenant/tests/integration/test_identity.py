"""Promises of the identity platform: tokens are real, and refusals are Entra's."""

from __future__ import annotations

import jwt
import pytest
from tenant_support import ANNA, BOT_SCOPE, GRAPH_SCOPE, Stage, guid


async def test_metadata_leads_to_endorsed_keys(stage: Stage) -> None:
    for path in ("/v1/.well-known/openidconfiguration", "/botframework/x/.well-known/openidconfiguration"):
        metadata = (await stage.http.get(path)).json()
        assert metadata["issuer"] == "https://api.botframework.com"
        keys = (await stage.http.get(metadata["jwks_uri"])).json()["keys"]
        assert all("msteams" in key["endorsements"] and key["kty"] == "RSA" for key in keys)


async def test_a_token_carries_app_tenant_audience_and_expiry_and_verifies(stage: Stage) -> None:
    answer = await stage.token(stage.tampere.id, GRAPH_SCOPE)
    token = answer.json()["access_token"]
    document = (await stage.http.get(f"/{stage.tampere.id}/discovery/v2.0/keys")).json()
    key = next(k for k in document["keys"] if k["kid"] == jwt.get_unverified_header(token)["kid"])
    claims = jwt.decode(token, jwt.PyJWK(key).key, algorithms=["RS256"], audience="https://graph.microsoft.com")
    assert (claims["appid"], claims["tid"]) == (stage.bot.app_id, stage.tampere.id)
    assert claims["exp"] - claims["iat"] == answer.json()["expires_in"]


@pytest.mark.parametrize("tenant", ["botframework.com", "home"])
async def test_the_bots_token_comes_from_its_home_tenant_or_from_botframework(stage: Stage, tenant: str) -> None:
    answer = await stage.token(stage.tampere.id if tenant == "home" else tenant, BOT_SCOPE)
    assert answer.status_code == 200


async def test_a_wrong_secret_is_refused_as_entra_refuses_it(stage: Stage) -> None:
    answer = await stage.token(stage.tampere.id, BOT_SCOPE, secret="guessed")
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
    assert answer.json()["error_codes"] == [7000215]
    assert "guessed" not in answer.text


async def test_other_refusals_name_their_reason(stage: Stage) -> None:
    other_home = await stage.token(stage.oulu.id, BOT_SCOPE)
    assert (other_home.status_code, other_home.json()["error"]) == (400, "unauthorized_client")
    nowhere = await stage.token(guid(), GRAPH_SCOPE)
    assert (nowhere.status_code, nowhere.json()["error_codes"]) == (400, [90002])
    scope = await stage.token(stage.tampere.id, "https://graph.microsoft.com/User.Read")
    assert (scope.status_code, scope.json()["error"]) == (400, "invalid_scope")
    grant = await stage.http.post(f"/{stage.tampere.id}/oauth2/v2.0/token", data={"grant_type": "password"})
    assert (grant.status_code, grant.json()["error"]) == (400, "unsupported_grant_type")


async def test_pushes_are_signed_with_the_new_key_after_a_rotation(stage: Stage) -> None:
    before = await stage.client.push_token(stage.bot.app_id)
    kid = await stage.client.rotate_keys()
    after = await stage.client.push_token(stage.bot.app_id)
    assert jwt.get_unverified_header(before)["kid"] != kid == jwt.get_unverified_header(after)["kid"]
    await stage.tampere.as_user(ANNA).say("Incidents", "after the rotation")
    assert await stage.bot.told(lambda a: a.get("text") == "after the rotation")


async def test_wrong_tokens_can_be_made_for_tests_of_a_bots_door(stage: Stage) -> None:
    good = await stage.client.push_token(stage.bot.app_id)
    forged = await stage.client.push_token(stage.bot.app_id, forged=True)
    without_exp = await stage.client.push_token(stage.bot.app_id, omit=("exp",))
    expired = await stage.client.push_token(stage.bot.app_id, {"exp": 1_000_000_000})
    other = await stage.client.push_token(stage.bot.app_id, {"aud": guid()})
    activity = {"type": "message", "serviceUrl": f"{stage.process.url}/amer/", "text": "x"}
    statuses = []
    for token in (good, forged, without_exp, expired, other):
        answer = await stage.http.post(stage.bot.url, json=activity, headers={"Authorization": f"Bearer {token}"})
        statuses.append(answer.status_code)
    assert statuses == [200, 401, 401, 401, 401]
