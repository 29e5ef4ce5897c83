"""Only the Bot Framework, speaking for Teams to this bot, gets in: with real RS256 keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from haveri_devservers.testing.clock import ManualClock
from haveri_teams_gateway.adapters.identity.authenticator import Authenticator, NotAllowed, NotAuthenticated
from haveri_teams_gateway.adapters.identity.signing_keys import KEPT, KeysUnavailable, SigningKeys
from haveri_teams_gateway.domain.allowed_hosts import AllowedHosts

APP = "0f5f0c6e-6a4e-4b5e-9d55-7c39a7d0a111"
URL = "https://smba.trafficmanager.net/emea/"
ISSUER = "https://api.botframework.com"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Signer:
    """An issuer with keys of its own, behind the addresses that the gateway asks."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[rsa.RSAPrivateKey, list[str]]] = {}
        self.asked = 0
        self.down = False
        self.add("first")

    def add(self, kid: str, endorsements: tuple[str, ...] = ("msteams",)) -> None:
        """One more key."""
        self.keys[kid] = (rsa.generate_private_key(public_exponent=65537, key_size=2048), list(endorsements))

    def token(self, kid: str = "first", *, omit: tuple[str, ...] = (), forged: bool = False, **claims: Any) -> str:
        """A token, genuine unless asked otherwise."""
        now = int(START.timestamp())
        whole = {"iss": ISSUER, "aud": APP, "serviceurl": URL, "nbf": now - 60, "exp": now + 3600, **claims}
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048) if forged else self.keys[kid][0]
        return jwt.encode(
            {name: value for name, value in whole.items() if name not in omit}, key, "RS256", headers={"kid": kid}
        )

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """The metadata, or the keys."""
        self.asked += 1
        if self.down:
            return httpx2.Response(503)
        if request.url.path.endswith("openidconfiguration"):
            return httpx2.Response(200, json={"issuer": ISSUER, "jwks_uri": "https://login.example/keys"})
        keys = [
            {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "endorsements": channels}
            for kid, (key, channels) in self.keys.items()
        ]
        return httpx2.Response(200, json={"keys": [*keys, {"kty": "unheard-of", "kid": "odd"}]})


class Desk:
    """An authenticator before that issuer."""

    def __init__(self) -> None:
        self.signer, self.clock = Signer(), ManualClock(START)
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self.signer.answer))
        keys = SigningKeys(http, "https://login.example/openidconfiguration", self.clock)
        hosts = AllowedHosts.parse("smba.trafficmanager.net")
        self.authenticator = Authenticator(APP, keys, hosts, self.clock)

    async def judge(self, token: str | None, **body: Any) -> None:
        """Header and body, as the door judges them."""
        caller = await self.authenticator.caller(f"Bearer {token}" if token is not None else None)
        self.authenticator.agree(caller, {"channelId": "msteams", "serviceUrl": URL, **body})


@pytest.fixture
def desk() -> Desk:
    """A fresh one."""
    return Desk()


async def test_a_genuine_token_gets_in(desk: Desk) -> None:
    await desk.judge(desk.signer.token())


@pytest.mark.parametrize("claim", ["exp", "iss", "aud", "serviceurl"])
async def test_a_token_that_lacks_a_claim_is_refused(desk: Desk, claim: str) -> None:
    with pytest.raises(NotAuthenticated):
        await desk.judge(desk.signer.token(omit=(claim,)))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody-else"},
        {"iss": "https://login.microsoftonline.com"},
        {"exp": int((START - timedelta(minutes=6)).timestamp())},
        {"nbf": int((START + timedelta(minutes=6)).timestamp())},
        {"exp": "tomorrow"},
        {"serviceurl": 5},
    ],
    ids=str,
)
async def test_a_token_for_somebody_or_some_time_else_is_refused(desk: Desk, claims: dict[str, Any]) -> None:
    with pytest.raises(NotAuthenticated):
        await desk.judge(desk.signer.token(**claims))


async def test_clocks_may_differ_by_five_minutes_and_no_more(desk: Desk) -> None:
    token = desk.signer.token(exp=int(START.timestamp()))
    desk.clock.advance(timedelta(minutes=4))
    await desk.judge(token)
    desk.clock.advance(timedelta(minutes=2))
    with pytest.raises(NotAuthenticated):
        await desk.judge(token)


async def test_a_forged_signature_is_refused(desk: Desk) -> None:
    with pytest.raises(NotAuthenticated):
        await desk.judge(desk.signer.token(forged=True))


async def test_unsigned_and_symmetric_tokens_are_refused(desk: Desk) -> None:
    claims = {"iss": ISSUER, "aud": APP, "serviceurl": URL, "exp": int(START.timestamp()) + 60}
    for algorithm, key in (("none", ""), ("HS256", "x" * 64)):
        with pytest.raises(NotAuthenticated):
            await desk.judge(jwt.encode(claims, key, algorithm, headers={"kid": "first"}))


async def test_a_key_that_is_not_endorsed_for_teams_does_not_open(desk: Desk) -> None:
    desk.signer.add("webchat", ("webchat",))
    with pytest.raises(NotAllowed):
        await desk.judge(desk.signer.token("webchat"))


@pytest.mark.parametrize(
    "body",
    [
        {"channelId": "webchat"},
        {"channelId": None},
        {"serviceUrl": None},
        {"serviceUrl": "https://smba.trafficmanager.net/amer/"},
    ],
    ids=str,
)
async def test_the_body_has_to_agree_with_the_token(desk: Desk, body: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        await desk.judge(desk.signer.token(), **body)


async def test_a_signed_service_url_off_the_list_is_refused(desk: Desk) -> None:
    evil = "https://evil.example/"
    with pytest.raises(NotAllowed):
        await desk.judge(desk.signer.token(serviceurl=evil), serviceUrl=evil)


async def test_a_rotated_key_is_fetched_when_it_first_appears(desk: Desk) -> None:
    await desk.judge(desk.signer.token())
    desk.signer.add("second")
    await desk.judge(desk.signer.token("second"))


async def test_forged_key_ids_cannot_make_us_ask_the_signer_again_and_again(desk: Desk) -> None:
    await desk.judge(desk.signer.token())
    for number in range(50):
        token = jwt.encode({"aud": APP}, desk.signer.keys["first"][0], "RS256", headers={"kid": f"k{number}"})
        with pytest.raises(NotAuthenticated):
            await desk.judge(token)
    assert desk.signer.asked <= 2 * 6
    desk.clock.advance(timedelta(minutes=1))
    desk.signer.add("second")
    await desk.judge(desk.signer.token("second"))


async def test_a_key_that_the_signer_gave_up_stops_opening_within_a_day(desk: Desk) -> None:
    await desk.judge(desk.signer.token())
    old = desk.signer.token(exp=int((START + timedelta(days=3)).timestamp()))
    desk.signer.keys.clear()
    desk.signer.add("second")
    desk.clock.advance(KEPT)
    with pytest.raises(NotAuthenticated):
        await desk.judge(old)


async def test_known_keys_go_on_while_the_signer_is_away_and_unknown_ones_are_told_apart_from_forgeries(
    desk: Desk,
) -> None:
    await desk.judge(desk.signer.token(exp=int((START + timedelta(days=3)).timestamp())))
    desk.signer.down = True
    desk.clock.advance(KEPT)
    await desk.judge(desk.signer.token(exp=int((START + timedelta(days=3)).timestamp())))
    desk.signer.add("second")
    with pytest.raises(KeysUnavailable):
        await desk.judge(desk.signer.token("second"))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a.b", "Bearer " + "x" * 20_000])
async def test_a_header_that_is_no_bearer_token_is_refused(desk: Desk, header: str | None) -> None:
    with pytest.raises(NotAuthenticated):
        await desk.authenticator.caller(header)
