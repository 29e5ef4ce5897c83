"""One POST of an activity to a bot's messaging endpoint, signed as the Bot Framework signs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from haveri_teams_tenant.identity.tokens import TokenIssuer
from haveri_teams_tenant.state.records import App, Json

UNREACHABLE = 0
TIMED_OUT = -1


@dataclass(frozen=True)
class BotAnswer:
    """What the bot answered: its HTTP status (0 unreachable, -1 too late) and its JSON body, if any."""

    status: int
    body: Any = None
    retry_after: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the bot took the activity."""
        return 200 <= self.status < 300

    @property
    def worth_repeating(self) -> bool:
        """Whether the same activity may succeed later."""
        return self.status in (UNREACHABLE, TIMED_OUT, 408, 429) or self.status >= 500


class Sender:
    """A keep-alive connection to every bot."""

    def __init__(self, tokens: TokenIssuer, service_url: str) -> None:
        self._tokens = tokens
        self._service_url = service_url
        limits = httpx2.Limits(max_connections=200, max_keepalive_connections=64, keepalive_expiry=60)
        self._client = httpx2.AsyncClient(limits=limits, trust_env=False)

    async def post(self, app: App, activity: Json, timeout: float, token: str | None = None) -> BotAnswer:
        """Deliver once; `timeout` in seconds. Never raises for what the bot or the network does."""
        token = token or self._tokens.push_token(app.id, self._service_url)
        try:
            response = await self._client.post(
                app.endpoint, json=activity, headers={"Authorization": f"Bearer {token}"}, timeout=timeout
            )
        except httpx2.TimeoutException:
            return BotAnswer(TIMED_OUT)
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return BotAnswer(UNREACHABLE)
        return BotAnswer(response.status_code, _json_of(response), _retry_after(response))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _json_of(response: httpx2.Response) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        return None


def _retry_after(response: httpx2.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None
