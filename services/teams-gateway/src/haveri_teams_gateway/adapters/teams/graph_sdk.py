"""The only module that imports msgraph-sdk; import it when Graph is needed, not before.

The SDK's request builders and models make the requests; the gateway's own client sends them.
"""

from __future__ import annotations

from typing import Any, cast

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_adapter import RequestAdapter
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import SerializationWriterFactoryRegistry
from kiota_serialization_json.json_serialization_writer_factory import JsonSerializationWriterFactory
from msgraph.generated.chats.item.messages.messages_request_builder import (
    MessagesRequestBuilder as ChatMessagesRequestBuilder,
)
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

from haveri_teams_gateway.adapters.teams.graph_request import GraphRequest


class _Writers:
    """All of a request adapter that building a request needs."""

    def __init__(self) -> None:
        self._writers = SerializationWriterFactoryRegistry()
        self._writers.CONTENT_TYPE_ASSOCIATED_FACTORIES.setdefault("application/json", JsonSerializationWriterFactory())

    def get_serialization_writer_factory(self) -> SerializationWriterFactoryRegistry:
        """How models become JSON."""
        return self._writers


class GraphRequests:
    """Builds Graph's requests."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._adapter = cast("RequestAdapter", _Writers())

    def create_channel(self, group_id: str, name: str, description: str) -> GraphRequest:
        """POST /teams/{id}/channels."""
        channel = Channel()
        channel.display_name, channel.description = name, description
        channel.membership_type = ChannelMembershipType.Standard
        return _ready(ChannelsRequestBuilder(self._adapter, self._at(group_id)).to_post_request_information(channel))

    def find_channels(self, group_id: str, name: str) -> GraphRequest:
        """GET /teams/{id}/channels, filtered by name."""
        quoted = name.replace("'", "''")
        wanted = ChannelsRequestBuilder.ChannelsRequestBuilderGetQueryParameters(filter=f"displayName eq '{quoted}'")
        builder = ChannelsRequestBuilder(self._adapter, self._at(group_id))
        return _ready(builder.to_get_request_information(RequestConfiguration(query_parameters=wanted)))

    def archive(self, group_id: str, channel: str) -> GraphRequest:
        """POST …/archive."""
        builder = ArchiveRequestBuilder(self._adapter, self._at(group_id, channel))
        return _ready(builder.to_post_request_information(ArchivePostRequestBody()))

    def unarchive(self, group_id: str, channel: str) -> GraphRequest:
        """POST …/unarchive."""
        return _ready(UnarchiveRequestBuilder(self._adapter, self._at(group_id, channel)).to_post_request_information())

    def messages(self, group_id: str, channel: str, thread: str | None, top: int) -> GraphRequest:
        """GET …/messages, or …/messages/{thread}/replies."""
        if thread is not None:
            wanted = RepliesRequestBuilder.RepliesRequestBuilderGetQueryParameters(top=top)
            replies = RepliesRequestBuilder(self._adapter, self._at(group_id, channel, thread))
            return _ready(replies.to_get_request_information(RequestConfiguration(query_parameters=wanted)))
        openers = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(top=top)
        builder = MessagesRequestBuilder(self._adapter, self._at(group_id, channel))
        return _ready(builder.to_get_request_information(RequestConfiguration(query_parameters=openers)))

    def chat_messages(self, user_id: str, app_id: str, top: int) -> GraphRequest:
        """GET /chats/{id}/messages of the chat of a person and an app, whose id follows from theirs."""
        wanted = ChatMessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(top=top)
        where = {"baseurl": self._base_url, "chat%2Did": f"19:{user_id}_{app_id}@unq.gbl.spaces"}
        builder = ChatMessagesRequestBuilder(self._adapter, where)
        return _ready(builder.to_get_request_information(RequestConfiguration(query_parameters=wanted)))

    def message(self, group_id: str, channel: str, message: str, thread: str | None) -> GraphRequest:
        """GET …/messages/{id}, or …/messages/{thread}/replies/{id}."""
        if thread is None or thread == message:
            opener = ChatMessageItemRequestBuilder(self._adapter, self._at(group_id, channel, message))
            return _ready(opener.to_get_request_information())
        where = {**self._at(group_id, channel, thread), "chatMessage%2Did1": message}
        return _ready(reply_builder.ChatMessageItemRequestBuilder(self._adapter, where).to_get_request_information())

    def _at(self, group_id: str, channel: str | None = None, message: str | None = None) -> dict[str, Any]:
        found = {"baseurl": self._base_url, "team%2Did": group_id}
        if channel is not None:
            found["channel%2Did"] = channel
        if message is not None:
            found["chatMessage%2Did"] = message
        return found


def _ready(request: RequestInformation) -> GraphRequest:
    method = request.http_method.value if request.http_method else "GET"
    return GraphRequest(method, request.url, request.content)
