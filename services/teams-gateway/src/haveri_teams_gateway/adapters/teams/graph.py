"""Microsoft Graph: channels and the messages in them.

Requests are built by msgraph-sdk's own request builders and models; answers are read as the JSON they are, because the
SDK's answer models cost 1.4 s and 17 MB on first use and 2.7 ms a call (README, "What Graph costs"). No middleware
stands in between: the SDK's retries POSTs blindly, which would open channels twice.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import orjson

from haveri_chassis.clock import Clock
from haveri_chat.ports import PlatformUnavailable
from haveri_teams_gateway.adapters.identity.access_tokens import GRAPH_SCOPE, AccessTokens
from haveri_teams_gateway.adapters.teams.answers import judge, timed

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

    from haveri_teams_gateway.adapters.teams.graph_sdk import GraphRequests

Json = dict[str, Any]
PAGE = 50


class Graph:
    """Graph in any tenant, with an application token of that tenant. Raises PlatformUnavailable or PlatformRefused."""

    def __init__(self, base_url: str, tokens: AccessTokens, clock: Clock) -> None:
        self.base_url = base_url
        self._tokens = tokens
        self._clock = clock
        self._requests: GraphRequests | None = None
        self._loading = asyncio.Lock()

    async def warm(self) -> None:
        """Load the SDK in a thread, so that the first incident need not wait for it."""
        async with self._loading:
            if self._requests is None:
                self._requests = await asyncio.to_thread(_load, self.base_url)

    async def close(self) -> None:
        """Close the connections."""
        if self._requests is not None:
            await self._requests.close()

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

    async def _call(self, what: str, tenant_id: str, request: RequestInformation) -> Json:
        with timed(what):
            return await self._judged(what, tenant_id, request)

    async def _judged(self, what: str, tenant_id: str, request: RequestInformation) -> Json:
        requests = await self._loaded()
        for attempt in (1, 2):
            token = await self._tokens.get(tenant_id, GRAPH_SCOPE)
            try:
                status, headers, content = await requests.send(request, token)
            except requests.no_answer as error:
                raise PlatformUnavailable(f"{what}: Graph does not answer ({type(error).__name__})") from error
            if status != 401 or attempt == 2:
                break
            self._tokens.forget(tenant_id, GRAPH_SCOPE)
        judge(what, status, headers, content, self._clock.now())
        found = orjson.loads(content) if content else {}
        return found if isinstance(found, dict) else {}


def _items(found: Json) -> list[Json]:
    return [item for item in found.get("value") or [] if isinstance(item, dict)]


def _load(base_url: str) -> GraphRequests:
    from haveri_teams_gateway.adapters.teams.graph_sdk import GraphRequests  # noqa: PLC0415 - half a second, 24 MB

    return GraphRequests(base_url)
