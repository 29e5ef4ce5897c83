"""Whatever a published schema admits can be read, and whatever was read is written and read again unchanged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haveri_contracts.catalogue import all_messages
from haveri_contracts.envelope import decode, wrap
from haveri_contracts.message import Message
from haveri_contracts.schemas import Schema, all_schemas

LONGEST_TEXT = 40
MOST_ITEMS = 3
PUBLISHED = all_schemas()

texts = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 2), datetime(9998, 12, 31), timezones=zones)  # noqa: DTZ001 - zones are drawn
numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
plain_json = st.recursive(
    st.none() | st.booleans() | numbers | st.text(texts, max_size=LONGEST_TEXT),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(texts, max_size=5), inner, max_size=2),
    max_leaves=4,
)
FORMATS: dict[str, st.SearchStrategy[Any]] = {
    "uuid": st.uuids().map(str),
    "date": st.dates().map(str),
    "date-time": moments.map(datetime.isoformat),
    "iana-time-zone": st.sampled_from(["Europe/Helsinki", "America/Chicago", "Asia/Kolkata", "UTC"]),
    "email": st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True),
}


def values(schema: Schema, document: Schema) -> st.SearchStrategy[Any]:
    """What a JSON Schema (of the kind that pydantic writes) admits."""
    if "$ref" in schema:
        return values(document["$defs"][schema["$ref"].removeprefix("#/$defs/")], document)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([values(choice, document) for choice in schema["anyOf"]])
    return KINDS[schema["type"]](schema, document)


def objects(schema: Schema, document: Schema) -> st.SearchStrategy[Any]:
    fields = {name: values(field, document) for name, field in schema.get("properties", {}).items()}
    if not fields and schema.get("additionalProperties"):
        return st.dictionaries(st.text(texts, max_size=8), plain_json, max_size=MOST_ITEMS)
    required = {name: field for name, field in fields.items() if name in schema.get("required", [])}
    optional = {name: field for name, field in fields.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


def strings(schema: Schema, document: Schema) -> st.SearchStrategy[str]:
    if "format" in schema:
        return FORMATS[schema["format"]]
    if "pattern" in schema:
        return st.from_regex(re.compile(schema["pattern"]), fullmatch=True)
    shortest = schema.get("minLength", 0)
    longest = min(schema.get("maxLength", LONGEST_TEXT), LONGEST_TEXT)
    text = st.text(texts, min_size=shortest, max_size=longest)
    return text.filter(lambda value: len(value.strip()) >= shortest)


def arrays(schema: Schema, document: Schema) -> st.SearchStrategy[Any]:
    longest = min(schema.get("maxItems", MOST_ITEMS), MOST_ITEMS)
    return st.lists(values(schema["items"], document), min_size=schema.get("minItems", 0), max_size=longest)


def hundredths(smallest: float, largest: float) -> st.SearchStrategy[float]:
    return st.integers(int(smallest * 100), int(largest * 100)).map(lambda hundreds: hundreds / 100)


KINDS: dict[str, Callable[[Schema, Schema], st.SearchStrategy[Any]]] = {
    "object": objects,
    "string": strings,
    "array": arrays,
    "integer": lambda schema, _: st.integers(schema.get("minimum", -(2**53)), schema.get("maximum", 2**53)),
    "number": lambda schema, _: hundredths(schema.get("minimum", 0), schema.get("maximum", 10**7)),
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
}


@pytest.mark.parametrize("message_type", all_messages(), ids=lambda message: message.message_type())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_the_published_schema_admits_is_read_and_survives_being_written(
    message_type: type[Message], data: st.DataObject
) -> None:
    schema = PUBLISHED[message_type.message_type()]
    sent = data.draw(values(schema, schema))
    subject = message_type.subject(sent["organization"])

    envelope, message = decode(json.dumps(sent).encode(), subject)
    written = wrap(
        message,
        id=envelope.id,
        source="test",
        organization=envelope.organization,
        actor=envelope.actor,
        time=envelope.time,
        correlation_id=envelope.correlationid,
        causation_id=envelope.causationid,
        sequence=envelope.sequence,
        traceparent=envelope.traceparent,
    )
    again, same = decode(written.encode(), subject)

    assert isinstance(message, message_type)
    assert same == message
    assert again == written
    assert (again.time, again.actor) == (envelope.time, envelope.actor)
