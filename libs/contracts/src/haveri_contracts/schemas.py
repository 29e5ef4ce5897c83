"""The published JSON Schemas: one document an owner, in which each of its messages stands under its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from haveri_contracts.catalogue import all_messages
from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Message, Query
from haveri_contracts.outcomes import Outcome, Problem, QueryReply

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMMON = "common"
"""The document of what all owners share: envelope, reply, outcome and problem."""

Schema = dict[str, Any]


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's name is title enough: "Incident Id" says nothing that `incident_id` does not."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def documents() -> dict[str, Schema]:
    """Every published document by its owner's name, and `common`; the same package gives the same, in one order."""
    _, common = _definitions(Envelope, QueryReply, Outcome, Problem)
    common["Envelope"]["required"].insert(0, "specversion")
    found = {COMMON: common}
    for message in all_messages():
        definitions = found.setdefault(message.owner, {})
        _add(definitions, message_definitions(message))
        if issubclass(message, Query):
            _add(definitions, _reply_definitions(message))
    return {
        owner: {"$schema": DIALECT, "$id": urn(owner), "$defs": dict(sorted(definitions.items()))}
        for owner, definitions in sorted(found.items())
    }


def urn(owner: str) -> str:
    """What a document is identified by, wherever it lies."""
    return f"urn:haveri:schema:{owner}"


def each_alone(published: Mapping[str, Schema]) -> dict[str, Schema]:
    """The schema of every message, reply and common thing by its name, with all that it refers to in its `$defs`."""
    common = published.get(COMMON, {}).get("$defs", {})
    found = {}
    for owner, document in published.items():
        for name, schema in document["$defs"].items():
            if owner == COMMON or name.startswith("haveri."):
                base = common.get(schema.get("$ref", "").rpartition("/")[2], {})
                own = {key: value for key, value in schema.items() if key != "$ref"}
                properties = {**base.get("properties", {}), **own.get("properties", {})}
                definitions = {**common, **document["$defs"]}
                found[name] = {**base, **own, "properties": properties, "$defs": definitions}
    return found


def all_schemas() -> dict[str, Schema]:
    """Every published schema by its name (the message's type, `<query>.reply`, `Outcome`, …), each on its own."""
    return each_alone(documents())


def reply_name(query: type[Query]) -> str:
    """The name of the schema of a query's reply."""
    return f"{query.message_type()}.reply"


def message_definitions(message: type[Message]) -> Schema:
    """A whole CloudEvent whose `data` are this message, under its type, and the models in it."""
    data = message.model_json_schema(schema_generator=_WithoutFieldTitles)
    definitions = data.pop("$defs", {})
    schema = {
        "title": message.__name__,
        "description": message.describe(),
        "$ref": f"{urn(COMMON)}#/$defs/Envelope",
        "properties": {
            "type": {"const": message.message_type(), "type": "string"},
            "data": {**data, "description": message.describe()},
        },
    }
    return {message.message_type(): schema, **definitions}


def _reply_definitions(query: type[Query]) -> Schema:
    (answer,), definitions = _definitions(query.Answer)
    described = f"The reply to {query.__name__}: the result, or the problem that kept it from being answered."
    schema = {
        "title": f"{query.__name__}Reply",
        "description": described,
        "$ref": f"{urn(COMMON)}#/$defs/QueryReply",
        "properties": {"result": {"anyOf": [answer, {"type": "null"}], "default": None}},
    }
    return {reply_name(query): schema, **definitions}


def _definitions(*models: type[BaseModel]) -> tuple[list[Schema], Schema]:
    # In validation mode: what a reader must be ready for, and what a writer may leave out.
    references, schema = models_json_schema(
        [(model, "validation") for model in models], schema_generator=_WithoutFieldTitles
    )
    return [references[model, "validation"] for model in models], schema["$defs"]


def _add(definitions: Schema, more: Schema) -> None:
    for name, schema in more.items():
        if definitions.setdefault(name, schema) != schema:
            raise TypeError(f"two models of one owner are called {name}")
