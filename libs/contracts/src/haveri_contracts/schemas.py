"""The published JSON Schemas: of every message as it travels, of the replies to queries, and of outcomes."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from haveri_contracts.catalogue import all_messages
from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Message, Query
from haveri_contracts.outcomes import Outcome, Problem, QueryReply

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's name is title enough: "Incident Id" says nothing that `incident_id` does not."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def all_schemas() -> dict[str, Schema]:
    """Every published schema by its name (the message's type, or `outcome`, `problem`, `<query>.reply`)."""
    schemas: dict[str, Schema] = {"outcome": _bare("outcome", Outcome), "problem": _bare("problem", Problem)}
    for message in all_messages():
        schemas[message.message_type()] = message_schema(message)
        if issubclass(message, Query):
            schemas[reply_name(message)] = reply_schema(message)
    return dict(sorted(schemas.items()))


def reply_name(query: type[Query]) -> str:
    """The name of the schema of a query's reply."""
    return f"{query.message_type()}.reply"


def message_schema(message: type[Message]) -> Schema:
    """The schema of a whole CloudEvent whose `data` are this message."""
    schema = _json_schema(Envelope)
    data = _json_schema(message)
    definitions = {**data.pop("$defs", {}), **schema.pop("$defs", {})}
    properties = {
        **schema["properties"],
        "type": {"const": message.message_type(), "type": "string"},
        "data": {**data, "description": message.describe()},
    }
    return _published(
        message.message_type(),
        {
            **schema,
            "title": message.__name__,
            "description": message.describe(),
            "properties": properties,
            "required": ["specversion", *schema["required"]],
        },
        definitions,
    )


def reply_schema(query: type[Query]) -> Schema:
    """The schema of the reply to a query: a typed result, or a problem."""
    schema = _json_schema(QueryReply)
    answer = _json_schema(query.Answer)
    definitions = {**answer.pop("$defs", {}), **schema.pop("$defs", {})}
    schema["properties"]["result"] = {"anyOf": [answer, {"type": "null"}], "default": None}
    described = f"The reply to {query.__name__}: the result, or the problem that kept it from being answered."
    return _published(
        reply_name(query), {**schema, "title": f"{query.__name__}Reply", "description": described}, definitions
    )


def _bare(name: str, model: type[BaseModel]) -> Schema:
    schema = _json_schema(model)
    return _published(name, schema, schema.pop("$defs", {}))


def _json_schema(model: type[BaseModel]) -> Schema:
    # In validation mode: what a reader must be ready for, and what a writer may leave out.
    return model.model_json_schema(schema_generator=_WithoutFieldTitles)


def _published(name: str, schema: Schema, definitions: Schema) -> Schema:
    head = {"$schema": DIALECT, "$id": f"urn:haveri:schema:{name}"}
    return {**head, **schema, **({"$defs": dict(sorted(definitions.items()))} if definitions else {})}
