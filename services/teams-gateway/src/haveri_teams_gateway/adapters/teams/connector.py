"""The Bot Connector: writing, changing and reading conversations as the bot.

Over the service's one keep-alive client instead of the SDK's: see "Why not the SDK's client" in the README.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx2
import orjson

from haveri_chassis.clock import Clock
from haveri_chat.ports import PlatformUnavailable
from haveri_teams_gateway.adapters.identity.access_tokens import CONNECTOR_SCOPE, AccessTokens
from haveri_teams_gateway.adapters.teams.answers import judge, timed

TIMEOUT_SECONDS = 10.0
Json = dict[str, Any]


class Connector:
    """One bot at one service URL. Every method raises PlatformUnavailable or PlatformRefused."""

    def __init__(self, http: httpx2.AsyncClient, tokens: AccessTokens, home_tenant: str, clock: Clock) -> None:
        self._http = http
        self._tokens = tokens
        self._home_tenant = home_tenant
        self._clock = clock

    async def open_thread(self, service_url: str, tenant_id: str, channel: str, activity: Json) -> str:
        """Write a new message into a channel and give its id."""
        body = {
            "isGroup": True,
            "tenantId": tenant_id,
            "channelData": {"channel": {"id": channel}, "tenant": {"id": tenant_id}},
            "activity": activity,
        }
        answer = await self._call("post a message", "POST", service_url, "/v3/conversations", body)
        return str(answer.get("activityId") or str(answer.get("id", "")).rpartition(";messageid=")[2])

    async def open_chat(self, service_url: str, tenant_id: str, teams_id: str) -> str:
        """The personal chat with somebody (`29:` id or aadObjectId), opened when there is none."""
        body = {
            "isGroup": False,
            "tenantId": tenant_id,
            "channelData": {"tenant": {"id": tenant_id}},
            "members": [{"id": teams_id}],
        }
        answer = await self._call("open a chat", "POST", service_url, "/v3/conversations", body)
        return str(answer["id"])

    async def send(self, service_url: str, conversation: str, activity: Json, *, targeted: bool = False) -> str:
        """Write into a conversation and give the message's id; `targeted` shows it to `activity.recipient` only."""
        path = f"/v3/conversations/{quote(conversation, safe='')}/activities"
        if targeted:
            path += "?isTargetedActivity=true"
        answer = await self._call("post a message", "POST", service_url, path, activity)
        return str(answer.get("id", ""))

    async def update(self, service_url: str, conversation: str, message_id: str, activity: Json) -> None:
        """Put something else in the place of one of the bot's messages."""
        path = f"/v3/conversations/{quote(conversation, safe='')}/activities/{quote(message_id, safe='')}"
        await self._call("update a message", "PUT", service_url, path, activity)

    async def member(self, service_url: str, conversation: str, person: str) -> Json:
        """Somebody in a conversation, by `29:` id or aadObjectId."""
        path = f"/v3/conversations/{quote(conversation, safe='')}/members/{quote(person, safe='')}"
        return await self._call("look somebody up", "GET", service_url, path)

    async def token(self) -> str:
        """The bot's access token, for the bytes behind its own addresses."""
        return await self._tokens.get(self._home_tenant, CONNECTOR_SCOPE)

    async def _call(self, what: str, method: str, service_url: str, path: str, body: Json | None = None) -> Json:
        with timed(what):
            return await self._judged(what, method, service_url.rstrip("/") + path, body)

    async def _judged(self, what: str, method: str, url: str, body: Json | None) -> Json:
        content = None if body is None else orjson.dumps(body)
        answer = await self._exchange(what, method, url, content)
        if answer.status_code == 401:
            # The token may have been revoked or signed with a key since rotated: once more with a fresh one.
            self._tokens.forget(self._home_tenant, CONNECTOR_SCOPE)
            answer = await self._exchange(what, method, url, content)
        judge(what, answer.status_code, answer.headers, answer.content, self._clock.now())
        return _object(answer.content)

    async def _exchange(self, what: str, method: str, url: str, content: bytes | None) -> httpx2.Response:
        headers: Mapping[str, str] = {
            "Authorization": f"Bearer {await self.token()}",
            "Content-Type": "application/json",
        }
        try:
            return await self._http.request(method, url, content=content, headers=headers, timeout=TIMEOUT_SECONDS)
        except httpx2.HTTPError as error:
            raise PlatformUnavailable(f"{what}: Teams does not answer ({type(error).__name__})") from error


def _object(content: bytes) -> Json:
    try:
        found = orjson.loads(content) if content else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
