"""The only module that imports msgraph-sdk; import it when Graph is needed, not before."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import httpx
from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import ParseNodeFactoryRegistry, SerializationWriterFactoryRegistry
from kiota_http.httpx_request_adapter import HttpxRequestAdapter
from kiota_http.middleware.options import ResponseHandlerOption
from kiota_serialization_json.json_serialization_writer_factory import JsonSerializationWriterFactory
from msgraph.generated.models.channel import Channel
from msgraph.generated.models.channel_membership_type import ChannelMembershipType
from msgraph.generated.teams.item.channels.channels_request_builder import ChannelsRequestBuilder
from msgraph.generated.teams.item.channels.item.archive.archive_post_request_body import ArchivePostRequestBody
from msgraph.generated.teams.item.channels.item.archive.archive_request_builder import ArchiveRequestBuilder
from msgraph.generated.teams.item.channels.item.messages.item.chat_message_item_request_builder import (
    ChatMessageItemRequestBuilder,
)
from msgraph.generated.teams.item.channels.item.messages.item.replies.item import (
    chat_message_item_request_builder as reply_builder,
)
from msgraph.generated.teams.item.channels.item.messages.item.replies.replies_request_builder import (
    RepliesRequestBuilder,
)
from msgraph.generated.teams.item.channels.item.messages.messages_request_builder import MessagesRequestBuilder
from msgraph.generated.teams.item.channels.item.unarchive.unarchive_request_builder import UnarchiveRequestBuilder

if importlib.util.find_spec("sniffio") is None:
    # httpcore tries to import it with every request. None makes Python say "no" at once instead of searching the whole
    # path again, which costs 0.4 ms each time.
    sys.modules["sniffio"] = None  # type: ignore[assignment]

TIMEOUT_SECONDS = 10.0
_TOKEN: ContextVar[str] = ContextVar("graph_token")


class _BearerOfTheCall(AuthenticationProvider):
    """Puts the calling tenant's token on a request; the SDK's own providers refuse issuers without https."""

    async def authenticate_request(
        self,
        request: RequestInformation,
        additional_authentication_context: dict[str, Any] | None = None,
    ) -> None:
        request.headers.remove("Authorization")
        request.headers.add("Authorization", f"Bearer {_TOKEN.get()}")


class GraphRequests:
    """Builds Graph's requests and sends them over one keep-alive client."""

    no_answer = httpx.HTTPError

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
        writers = SerializationWriterFactoryRegistry()
        writers.CONTENT_TYPE_ASSOCIATED_FACTORIES.setdefault("application/json", JsonSerializationWriterFactory())
        self._adapter = HttpxRequestAdapter(
            _BearerOfTheCall(),
            parse_node_factory=ParseNodeFactoryRegistry(),
            serialization_writer_factory=writers,
            http_client=self._client,
        )
        self._adapter.base_url = base_url

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, request: RequestInformation, token: str) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body of the answer, whatever it is; raises `no_answer`."""
        # The handler hands the HTTP answer over as it is, instead of an exception that has lost the error's code.
        request.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        _TOKEN.set(token)
        response: Any = await self._adapter.send_primitive_async(request, "bytes", {})
        return response.status_code, response.headers, response.content

    def create_channel(self, group_id: str, name: str, description: str) -> RequestInformation:
        """POST /teams/{id}/channels."""
        channel = Channel()
        channel.display_name, channel.description = name, description
        channel.membership_type = ChannelMembershipType.Standard
        return ChannelsRequestBuilder(self._adapter, self._at(group_id)).to_post_request_information(channel)

    def find_channels(self, group_id: str, name: str) -> RequestInformation:
        """GET /teams/{id}/channels, filtered by name."""
        quoted = name.replace("'", "''")
        wanted = ChannelsRequestBuilder.ChannelsRequestBuilderGetQueryParameters(filter=f"displayName eq '{quoted}'")
        builder = ChannelsRequestBuilder(self._adapter, self._at(group_id))
        return builder.to_get_request_information(RequestConfiguration(query_parameters=wanted))

    def archive(self, group_id: str, channel: str) -> RequestInformation:
        """POST …/archive."""
        builder = ArchiveRequestBuilder(self._adapter, self._at(group_id, channel))
        return builder.to_post_request_information(ArchivePostRequestBody())

    def unarchive(self, group_id: str, channel: str) -> RequestInformation:
        """POST …/unarchive."""
        return UnarchiveRequestBuilder(self._adapter, self._at(group_id, channel)).to_post_request_information()

    def messages(self, group_id: str, channel: str, thread: str | None, top: int) -> RequestInformation:
        """GET …/messages, or …/messages/{thread}/replies."""
        if thread is not None:
            wanted = RepliesRequestBuilder.RepliesRequestBuilderGetQueryParameters(top=top)
            replies = RepliesRequestBuilder(self._adapter, self._at(group_id, channel, thread))
            return replies.to_get_request_information(RequestConfiguration(query_parameters=wanted))
        openers = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(top=top)
        builder = MessagesRequestBuilder(self._adapter, self._at(group_id, channel))
        return builder.to_get_request_information(RequestConfiguration(query_parameters=openers))

    def message(self, group_id: str, channel: str, message: str, thread: str | None) -> RequestInformation:
        """GET …/messages/{id}, or …/messages/{thread}/replies/{id}."""
        if thread is None or thread == message:
            opener = ChatMessageItemRequestBuilder(self._adapter, self._at(group_id, channel, message))
            return opener.to_get_request_information()
        where = {**self._at(group_id, channel, thread), "chatMessage%2Did1": message}
        return reply_builder.ChatMessageItemRequestBuilder(self._adapter, where).to_get_request_information()

    def _at(self, group_id: str, channel: str | None = None, message: str | None = None) -> dict[str, Any]:
        found = {"baseurl": self._base_url, "team%2Did": group_id}
        if channel is not None:
            found["channel%2Did"] = channel
        if message is not None:
            found["chatMessage%2Did"] = message
        return found
