"""The bot's own access tokens, for the Bot Connector and for Graph."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx2
from pydantic import SecretStr

from haveri_chassis.clock import Clock
from haveri_chassis.locks import KeyedLock
from haveri_chat.ports import PlatformRefused, PlatformUnavailable

CONNECTOR_SCOPE = "https://api.botframework.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
_EARLY = timedelta(minutes=5)


class AccessTokens:
    """Client-credential tokens, one a (tenant, scope), kept until shortly before they expire."""

    def __init__(self, http: httpx2.AsyncClient, login_url: str, app_id: str, secret: SecretStr, clock: Clock) -> None:
        self._http = http
        self._login_url = login_url
        self._app_id = app_id
        self._secret = secret
        self._clock = clock
        self._kept: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._fetching = KeyedLock[tuple[str, str]]()

    async def get(self, tenant_id: str, scope: str) -> str:
        """A token of `tenant_id` for `scope`; raises PlatformUnavailable or PlatformRefused."""
        key = (tenant_id, scope)
        if (token := self._fresh(key)) is not None:
            return token
        async with self._fetching.of(key):
            return self._fresh(key) or await self._fetch(key)

    def forget(self, tenant_id: str, scope: str) -> None:
        """The token was refused: the next call gets another one."""
        self._kept.pop((tenant_id, scope), None)

    def _fresh(self, key: tuple[str, str]) -> str | None:
        token, until = self._kept.get(key, ("", None))
        return token if until is not None and self._clock.now() < until else None

    async def _fetch(self, key: tuple[str, str]) -> str:
        tenant_id, scope = key
        form = {
            "grant_type": "client_credentials",
            "client_id": self._app_id,
            "client_secret": self._secret.get_secret_value(),
            "scope": scope,
        }
        try:
            answer = await self._http.post(f"{self._login_url}/{tenant_id}/oauth2/v2.0/token", data=form, timeout=10.0)
        except httpx2.HTTPError as error:
            raise PlatformUnavailable(f"the login service does not answer ({type(error).__name__})") from error
        return self._keep(key, answer)

    def _keep(self, key: tuple[str, str], answer: httpx2.Response) -> str:
        if answer.status_code == 429 or answer.status_code >= 500:
            raise PlatformUnavailable(f"the login service answered {answer.status_code}", status=answer.status_code)
        try:
            body = answer.json()
            if answer.status_code != 200:
                code = body.get("error", "an error") if isinstance(body, dict) else "an error"
                raise PlatformRefused(f"the login service refused the app: {code}", answer.status_code)
            token, lifetime = str(body["access_token"]), timedelta(seconds=int(body["expires_in"]))
        except (ValueError, KeyError, TypeError) as error:
            raise PlatformUnavailable("the login service's answer cannot be read") from error
        self._kept[key] = (token, self._clock.now() + max(lifetime - _EARLY, lifetime / 2))
        return token
