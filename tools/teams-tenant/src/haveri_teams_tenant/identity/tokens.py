"""Tokens: signed for pushes and for clients, and judged at the Connector's and Graph's doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt

from haveri_teams_tenant.clock import Clock, Ids
from haveri_teams_tenant.identity.keys import KeyRing, LiveKey, new_private_key

BOT_FRAMEWORK_ISSUER = "https://api.botframework.com"
BOT_AUDIENCE = "https://api.botframework.com"
GRAPH_AUDIENCE = "https://graph.microsoft.com"
LIFETIME = timedelta(seconds=3599)
PUSH_TOKEN_KEPT = 600.0


class BadToken(Exception):
    """A bearer token that opens no door; the message says why in Microsoft's manner."""


@dataclass(frozen=True)
class Bearer:
    """What a valid access token says."""

    app_id: str
    tenant_id: str


class TokenIssuer:
    """Issues and judges tokens with real RS256 signatures."""

    def __init__(self, push_keys: KeyRing, access_keys: KeyRing, clock: Clock, ids: Ids) -> None:
        self.push_keys = push_keys
        self.access_keys = access_keys
        self._clock = clock
        self._ids = ids
        self._push_tokens: dict[tuple[str, str, str], tuple[float, str]] = {}

    def push_claims(self, app_id: str, service_url: str) -> dict[str, Any]:
        """The claims under which the Bot Framework delivers an activity."""
        now = int(self._clock.now().timestamp())
        return {
            "iss": BOT_FRAMEWORK_ISSUER,
            "aud": app_id,
            "serviceurl": service_url,
            "nbf": now - 300,
            "iat": now,
            "exp": now + int(LIFETIME.total_seconds()),
        }

    def push_token(self, app_id: str, service_url: str) -> str:
        """A token for a delivery; reused for ten minutes, as signing costs a millisecond."""
        key = self.push_keys.current
        cached = self._push_tokens.get((app_id, service_url, key.kid))
        if cached and self._clock.monotonic() - cached[0] < PUSH_TOKEN_KEPT:
            return cached[1]
        token = _sign(self.push_claims(app_id, service_url), key)
        self._push_tokens[app_id, service_url, key.kid] = (self._clock.monotonic(), token)
        return token

    def arbitrary_push_token(
        self, app_id: str, service_url: str, changes: dict[str, Any], omit: list[str], *, forged: bool
    ) -> str:
        """A push token that is wrong as a test wants it; forged ones carry the real kid and a foreign signature."""
        claims = {**self.push_claims(app_id, service_url), **changes}
        claims = {name: value for name, value in claims.items() if name not in omit}
        key = self.push_keys.current
        return _sign(claims, LiveKey(key.kid, new_private_key()) if forged else key)

    def access_token(self, audience: str, app_id: str, tenant_id: str) -> str:
        """An app-only access token of Entra."""
        now = int(self._clock.now().timestamp())
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": now + int(LIFETIME.total_seconds()),
            "appid": app_id,
            "appidacr": "1",
            "idtyp": "app",
            "tid": tenant_id,
            "oid": app_id,
            "sub": app_id,
            "uti": self._ids.hex()[:22],
            "ver": "1.0",
        }
        return _sign(claims, self.access_keys.current)

    def read(self, header: str | None, audience: str) -> Bearer:
        """Judge an Authorization header for one audience; raises BadToken."""
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise BadToken("Access token is empty.")
        try:
            kid = str(jwt.get_unverified_header(token).get("kid"))
            key = self.access_keys.find(kid)
            if key is None:
                raise BadToken("Signature validation failed. The signing key is not known.")
            claims = jwt.decode(
                token,
                key.private.public_key(),
                algorithms=["RS256"],
                audience=audience,
                options={
                    "require": ["exp", "aud", "iss", "appid", "tid"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidAudienceError as error:
            raise BadToken("Access token validation failure. Invalid audience.") from error
        except jwt.PyJWTError as error:
            raise BadToken("CompactToken parsing failed or the signature is not valid.") from error
        self._check_time(claims)
        return Bearer(app_id=str(claims["appid"]).lower(), tenant_id=str(claims["tid"]).lower())

    def _check_time(self, claims: dict[str, Any]) -> None:
        """Judged by our own clock, which tests move, rather than by the library's."""
        now = self._clock.now().timestamp()
        if now > float(claims["exp"]) or now + 300 < float(claims.get("nbf", 0)):
            raise BadToken("Lifetime validation failed, the token is expired.")


def _sign(claims: dict[str, Any], key: LiveKey) -> str:
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid, "x5t": key.kid})
