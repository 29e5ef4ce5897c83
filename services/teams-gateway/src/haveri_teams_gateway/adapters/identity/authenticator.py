"""Believes an activity only when the Bot Framework signed it for this bot, this service URL and this channel.

Our own, because the SDK accepts tokens without `exp` and skips checks for what the body leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt

from haveri_chassis.clock import Clock
from haveri_teams_gateway.adapters.identity.signing_keys import SigningKeys
from haveri_teams_gateway.adapters.json_fields import text
from haveri_teams_gateway.domain.allowed_hosts import AllowedHosts

CHANNEL = "msteams"
SKEW = timedelta(minutes=5)
_LONGEST_TOKEN = 16_000


class NotAuthenticated(Exception):
    """The caller is not the Bot Framework speaking for Teams. `reason` may be shown: it holds nothing secret."""

    status = 401

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAllowed(NotAuthenticated):
    """The token is genuine, but not for what the body says."""

    status = 403


@dataclass(frozen=True)
class Caller:
    """What a genuine token says; the body has still to agree with it."""

    service_url: str


class Authenticator:
    """Judges the Authorization header first, then whether the body agrees with it."""

    def __init__(self, app_id: str, keys: SigningKeys, hosts: AllowedHosts, clock: Clock) -> None:
        self._app_id = app_id
        self._keys = keys
        self._hosts = hosts
        self._clock = clock

    async def caller(self, authorization: str | None) -> Caller:
        """Who holds this header; raises NotAuthenticated, or KeysUnavailable when that cannot be judged now."""
        token = _bearer(authorization)
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError):
            raise NotAuthenticated("the bearer token is not a JSON Web Token") from None
        if header.get("alg") != "RS256":
            raise NotAuthenticated("the token is not signed with RS256")
        found = await self._keys.find(str(header.get("kid") or ""))
        if found is None:
            raise NotAuthenticated("the token is signed with a key that the Bot Framework does not have")
        issuer, key = found
        claims = self._verified(token, key.public, issuer)
        if CHANNEL not in key.endorsements:
            raise NotAllowed("the signing key is not endorsed for Teams")
        service_url = claims.get("serviceurl")
        if not isinstance(service_url, str) or not service_url:
            raise NotAuthenticated("the token names no service URL")
        return Caller(service_url)

    def _verified(self, token: str, public_key: Any, issuer: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                public_key,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=issuer,
                # The times are judged below, by the clock that everything else here goes by.
                options={
                    "require": ["exp", "iss", "aud"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
            self._judge_times(claims)
        except jwt.InvalidAudienceError:
            raise NotAuthenticated("the token is for another app") from None
        except jwt.InvalidIssuerError:
            raise NotAuthenticated("the token was not issued by the Bot Framework") from None
        except jwt.MissingRequiredClaimError as error:
            raise NotAuthenticated(f"the token has no {error.claim}") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise NotAuthenticated("the token's signature or claims are not valid") from None
        return claims

    def _judge_times(self, claims: Mapping[str, Any]) -> None:
        now = self._clock.now().timestamp()
        if float(claims["exp"]) + SKEW.total_seconds() < now:
            raise NotAuthenticated("the token is expired")
        if float(claims.get("nbf", 0)) - SKEW.total_seconds() > now:
            raise NotAuthenticated("the token is not valid yet")

    def agree(self, caller: Caller, body: Mapping[str, Any]) -> None:
        """Hold the body against the token; raises NotAllowed when they differ."""
        if text(body, "channelId") != CHANNEL:
            raise NotAllowed("the activity is not from Teams")
        service_url = text(body, "serviceUrl")
        if service_url.rstrip("/") != caller.service_url.rstrip("/") or not service_url:
            raise NotAllowed("the activity's service URL is not the token's")
        if not self._hosts.admit(service_url):
            raise NotAllowed("the service URL's host is not on the list of allowed hosts")


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("the request carries no bearer token")
    if len(token) > _LONGEST_TOKEN:
        raise NotAuthenticated("the bearer token is too long")
    return token.strip()
