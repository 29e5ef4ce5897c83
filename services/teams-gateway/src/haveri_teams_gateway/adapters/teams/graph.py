"""Microsoft Graph: channels and the messages in them.

Requests are built by msgraph-sdk's request builders and models, sent by the gateway's own keep-alive client and read
as the JSON they are: README, "What Graph costs".
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import httpx2
import orjson

from haveri_chassis.clock import Clock
from haveri_chat.ports import PlatformUnavailable
from haveri_teams_gateway.adapters.identity.access_tokens import GRAPH_SCOPE, AccessTokens
from haveri_teams_gateway.adapters.teams.answers import judge, timed
from haveri_teams_gateway.adapters.teams.graph_request import GraphRequest

if TYPE_CHECKING:
    from haveri_teams_gateway.adapters.teams.graph_sdk import GraphRequests

Json = dict[str, Any]
PAGE = 50
TIMEOUT_SECONDS = 10.0


class Graph:
    """Graph in any tenant, with an application token of that tenant. Raises PlatformUnavailable or PlatformRefused."""

    def __init__(self, base_url: str, http: httpx2.AsyncClient, tokens: AccessTokens, clock: Clock) -> None:
        self.base_url = base_url
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self._requests: GraphRequests | None = None
        self._loading = asyncio.Lock()

    async def warm(self) -> None:
        """Load the SDK in a thread, so that the first incident need not wait for it."""
        async with self._loading:
            if self._requests is None:
                self._requests = await asyncio.to_thread(_load, self.base_url)

    async def create_channel(self, tenant_id: str, group_id: str, name: str, description: str) -> str:
        """Open a standard channel in a team and give its id; raises Conflict when the name is taken."""
        requests = await self._loaded()
        created = await self._call("open a channel", tenant_id, requests.create_channel(group_id, name, description))
        return str(created["id"])

    async def find_channels(self, tenant_id: str, group_id: str, name: str) -> list[Json]:
        """The team's channels of this name."""
        requests = await self._loaded()
        found = await self._call("look for a channel", tenant_id, requests.find_channels(group_id, name))
        return [channel for channel in _items(found) if str(channel.get("displayName", "")).lower() == name.lower()]

    async def archive(self, tenant_id: str, group_id: str, channel: str) -> None:
        """Close a channel for writing."""
        requests = await self._loaded()
        await self._call("archive a channel", tenant_id, requests.archive(group_id, channel))

    async def unarchive(self, tenant_id: str, group_id: str, channel: str) -> None:
        """Open an archived channel again."""
        requests = await self._loaded()
        await self._call("unarchive a channel", tenant_id, requests.unarchive(group_id, channel))

    async def messages(self, tenant_id: str, group_id: str, channel: str, thread: str | None = None) -> list[Json]:
        """The newest messages that opened threads in a channel, or the newest replies of one thread; at most 50."""
        requests = await self._loaded()
        return _items(await self._call("read a channel", tenant_id, requests.messages(group_id, channel, thread, PAGE)))

    async def chat_messages(self, tenant_id: str, user_id: str, app_id: str) -> list[Json]:
        """The newest messages between a person (aadObjectId) and the bot; at most 50."""
        requests = await self._loaded()
        return _items(await self._call("read a chat", tenant_id, requests.chat_messages(user_id, app_id, PAGE)))

    async def message(self, tenant_id: str, group_id: str, channel: str, message: str, thread: str | None) -> Json:
        """One message; `thread` is the opening message's id when it is a reply."""
        requests = await self._loaded()
        return await self._call("read a message", tenant_id, requests.message(group_id, channel, message, thread))

    async def token(self, tenant_id: str) -> str:
        """The access token for Graph in a tenant, for the bytes of files."""
        return await self._tokens.get(tenant_id, GRAPH_SCOPE)

    async def _loaded(self) -> GraphRequests:
        if self._requests is None:
            await self.warm()
        return cast("GraphRequests", self._requests)

    async def _call(self, what: str, tenant_id: str, request: GraphRequest) -> Json:
        with timed(what):
            return await self._judged(what, tenant_id, request)

    async def _judged(self, what: str, tenant_id: str, request: GraphRequest) -> Json:
        answer = await self._exchange(what, tenant_id, request)
        if answer.status_code == 401:
            # The token may have been revoked or signed with a key since rotated: once more with a fresh one.
            self._tokens.forget(tenant_id, GRAPH_SCOPE)
            answer = await self._exchange(what, tenant_id, request)
        judge(what, answer.status_code, answer.headers, answer.content, self._clock.now())
        try:
            found = orjson.loads(answer.content) if answer.content else {}
        except orjson.JSONDecodeError as error:
            raise PlatformUnavailable(f"{what}: Graph's answer cannot be read", status=answer.status_code) from error
        return found if isinstance(found, dict) else {}

    async def _exchange(self, what: str, tenant_id: str, request: GraphRequest) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {await self.token(tenant_id)}", "Content-Type": "application/json"}
        try:
            return await self._http.request(
                request.method, request.url, content=request.content, headers=headers, timeout=TIMEOUT_SECONDS
            )
        except httpx2.HTTPError as error:
            raise PlatformUnavailable(f"{what}: Graph does not answer ({type(error).__name__})") from error


def _items(found: Json) -> list[Json]:
    return [item for item in found.get("value") or [] if isinstance(item, dict)]


def _load(base_url: str) -> GraphRequests:
    from haveri_teams_gateway.adapters.teams.graph_sdk import GraphRequests  # noqa: PLC0415 - it takes a moment and memory

    requests = GraphRequests(base_url)
    requests.create_channel("", "", "")  # what the first request would load is loaded here
    return requests
