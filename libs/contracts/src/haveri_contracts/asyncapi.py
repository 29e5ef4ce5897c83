"""The AsyncAPI 3.0 document of the bus: channels, who sends and receives on them, streams and consumers."""

from __future__ import annotations

from typing import Any

from haveri_contracts.envelope import CONTENT_TYPE
from haveri_contracts.message import Event, Message, Query
from haveri_contracts.schemas import COMMON, DIALECT, documents, reply_name, urn
from haveri_contracts.streams import CONSUMERS, STREAMS, Consumer, Stream, readers_of, stream_of
from haveri_contracts.subjects import ANY, Kind

# Rises when the document changes in a way that its readers must know of; messages carry versions of their own.
DOCUMENT_VERSION = "2.0.0"
REPLY_HEADER = "Haveri-Reply-To"
"""The NATS header by which a sender of a command names the inbox that wants the outcome too."""

Document = dict[str, Any]

_PARAMETERS = {"organization": {"$ref": "#/components/parameters/organization"}}


def document(messages: tuple[type[Message], ...]) -> Document:
    """The whole document for these messages, JSON-ready and in a fixed order."""
    queries = [message for message in messages if issubclass(message, Query)]
    outcome = _plain_message("outcome", "Outcome", "The answer to one command.", _payload(COMMON, "Outcome"))
    return {
        "asyncapi": "3.0.0",
        "id": "urn:haveri:bus",
        "info": {
            "title": "Haveri's bus",
            "version": DOCUMENT_VERSION,
            "description": "Commands, events and queries on NATS, as CloudEvents 1.0 in structured JSON.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            **{channel_name(message): _channel(message) for message in messages},
            **{_reply_channel_name(query): _reply_channel(query) for query in queries},
            "outcome": _outcome_channel(),
        },
        "operations": {name: operation for message in messages for name, operation in _operations(message).items()},
        "components": {
            "parameters": _parameters(),
            "messages": {
                **{message.message_type(): _message(message) for message in messages},
                **{reply_name(query): _reply(query) for query in queries},
                "outcome": outcome,
            },
            "schemas": {owner: _definitions(owner, schemas["$defs"]) for owner, schemas in documents().items()},
        },
        "x-haveri-streams": {stream.name: _stream(stream) for stream in STREAMS},
        "x-haveri-consumers": {consumer.name: _consumer(consumer) for consumer in CONSUMERS},
    }


def channel_name(message: type[Message]) -> str:
    """The channel's name in the document: its subject without prefix and organisation."""
    return f"{message.kind.value}.{message.owner}.{message.name}.v{message.version}"


def _reply_channel_name(query: type[Query]) -> str:
    return f"{channel_name(query)}.reply"


def _channel(message: type[Message]) -> Document:
    subject = message.subject(ANY)
    stream = stream_of(subject)
    return {
        "address": subject.replace(f".{ANY}.", ".{organization}.", 1),
        "summary": message.describe(),
        "parameters": _PARAMETERS,
        "messages": {message.message_type(): _component("messages", message.message_type())},
        "x-haveri-visibility": message.visibility.value,
        **({"x-haveri-stream": stream.name} if stream else {}),
    }


def _reply_channel(query: type[Query]) -> Document:
    return {
        "address": None,
        "summary": f"The inbox that the asker of {query.__name__} named in its request.",
        "messages": {reply_name(query): _component("messages", reply_name(query))},
    }


def _outcome_channel() -> Document:
    return {
        "address": "haveri.{organization}.outcome.{command_id}",
        "summary": f"The outcome of every command, whoever sent it; also sent to the inbox in `{REPLY_HEADER}`.",
        "parameters": {**_PARAMETERS, "command_id": {"$ref": "#/components/parameters/command_id"}},
        "messages": {"outcome": _component("messages", "outcome")},
    }


def _operations(message: type[Message]) -> dict[str, Document]:
    """What Haveri does on a message's channel: its owner first, then every durable reader of an event."""
    channel = channel_name(message)
    owner: Document = {
        "action": "send" if issubclass(message, Event) else "receive",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": message.describe(),
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message.message_type()}"}],
        "x-haveri-service": message.owner,
    }
    readers = readers_of(message.subject(ANY))
    if message.kind is Kind.COMMAND:
        owner["reply"] = _reply_to("outcome", "outcome")
        owner["x-haveri-consumers"] = [reader.name for reader in readers]
    elif issubclass(message, Query):
        owner["bindings"] = {"nats": {"queue": message.owner}}
        owner["reply"] = _reply_to(_reply_channel_name(message), reply_name(message))
    operations = {f"{owner['action']}.{channel}": owner}
    if issubclass(message, Event):
        for reader in readers:
            operations[f"receive.{channel}.{reader.name}"] = {
                **owner,
                "action": "receive",
                "summary": reader.summary,
                "x-haveri-service": reader.service,
                "x-haveri-consumers": [reader.name],
            }
    return operations


def _reply_to(channel: str, message: str) -> Document:
    return {
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
    }


def _message(message: type[Message]) -> Document:
    return {
        "name": message.message_type(),
        "title": message.__name__,
        "summary": message.describe(),
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        **({} if issubclass(message, Query) else {"headers": _headers(message.kind)}),
        "payload": _payload(message.owner, message.message_type()),
    }


def _headers(kind: Kind) -> Document:
    headers: Document = {"Nats-Msg-Id": {"type": "string", "description": "The `id` of the CloudEvent."}}
    if kind is Kind.COMMAND:
        headers[REPLY_HEADER] = {"type": "string", "description": "An inbox that wants the outcome too."}
    return {"type": "object", "properties": headers}


def _reply(query: type[Query]) -> Document:
    name, title = reply_name(query), f"{query.__name__}Reply"
    return _plain_message(name, title, f"The reply to {query.__name__}.", _payload(query.owner, name))


def _plain_message(name: str, title: str, summary: str, payload: Document) -> Document:
    return {
        "name": name,
        "title": title,
        "summary": summary,
        "contentType": "application/json",
        "payload": payload,
    }


def _payload(owner: str, name: str) -> Document:
    return _json_schema({"$ref": f"#/components/schemas/{owner}/schema/$defs/{name}"})


def _definitions(owner: str, definitions: Document) -> Document:
    # Without their `$id`: the references lead into this one file, so that it is whole by itself.
    return _json_schema({"$defs": _led_here(definitions, owner)})


def _led_here(value: Any, owner: str) -> Any:
    if isinstance(value, list):
        return [_led_here(item, owner) for item in value]
    if not isinstance(value, dict):
        return value
    led = {name: _led_here(item, owner) for name, item in value.items()}
    if isinstance(reference := value.get("$ref"), str):
        document, _, path = reference.partition("#")
        led["$ref"] = f"#/components/schemas/{COMMON if document == urn(COMMON) else owner}/schema{path}"
    return led


def _json_schema(schema: Document) -> Document:
    return {"schemaFormat": f"application/schema+json;version={DIALECT.split('/')[-2]}", "schema": schema}


def _component(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}


def _parameters() -> Document:
    return {
        "organization": {
            "description": "The organisation's slug; it must be the one in the message.",
            "examples": ["demo"],
            "location": "$message.payload#/organization",
        },
        "command_id": {
            "description": "The `id` of the command that is answered.",
            "location": "$message.payload#/command_id",
        },
    }


def _stream(stream: Stream) -> Document:
    return {
        "summary": stream.summary,
        "subjects": list(stream.subjects),
        "retention": stream.retention.value,
        "storage": "file",
        "max_age_seconds": stream.max_age.total_seconds() if stream.max_age else None,
        "duplicate_window_seconds": stream.duplicate_window.total_seconds(),
    }


def _consumer(consumer: Consumer) -> Document:
    return {
        "summary": consumer.summary,
        "service": consumer.service,
        "stream": consumer.stream.name,
        "subjects": list(consumer.subjects),
        "ack_wait_seconds": consumer.ack_wait.total_seconds(),
        "max_ack_pending": consumer.max_ack_pending,
        "max_deliver": consumer.max_deliver,
        "retry_after_seconds": [delay.total_seconds() for delay in consumer.retry_after],
    }
