"""What somebody else's program has: NATS, HTTP, JSON written by hand, and the published schemas."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2

Json = dict[str, Any]
PUBLISHED = Path(__file__).parents[2] / "docs" / "contracts" / "schemas"


def uuid7() -> str:
    """A UUID of version 7, as RFC 9562 says it is made."""
    made = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
    made[6] = made[6] & 0x0F | 0x70
    made[8] = made[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(made)))


def now() -> str:
    """This moment as RFC 3339 has it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def cloud_event(message_type: str, data: Json, actor: str, organization: str = "demo", **attributes: Any) -> Json:
    """A CloudEvent as one writes it without any library."""
    return {
        "specversion": "1.0",
        "id": uuid7(),
        "source": "somebody/else",
        "type": f"haveri.{message_type}",
        "time": now(),
        "datacontenttype": "application/json",
        "organization": organization,
        "actor": actor,
        "data": data,
        **attributes,
    }


def published_schema(name: str) -> Json:
    """A schema of `docs/contracts/schemas`."""
    found: Json = json.loads((PUBLISHED / f"{name}.json").read_text())
    return found


def assert_refused(answer: httpx2.Response, status: int, refusal: str) -> None:
    """One clear answer: a problem with a name, a title and a detail in a person's words."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (refusal, status), answer.text
    assert problem["title"]
    assert problem["detail"]


def misfits(value: Any, schema: Any, document: Json, where: str = "") -> list[str]:
    """Where a JSON value does not fit a JSON Schema whose references are in `document`; empty when it fits."""
    return list(_misfits(value, schema, document, where))


def _misfits(value: Any, schema: Any, document: Json, where: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        if schema is False:
            yield f"{where}: nothing may stand here"
        return
    if "$ref" in schema:
        yield from _misfits(value, _referred(schema["$ref"], document), document, where)
    for union in ("anyOf", "oneOf"):
        tried = [misfits(value, choice, document, where) for choice in schema.get(union, [])]
        if tried and all(tried):
            yield f"{where}: {value!r} is none of {union}: {tried}"
    for part in schema.get("allOf", []):
        yield from _misfits(value, part, document, where)
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is not one of {schema['enum']}"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_KINDS[kind](value) for kind in kinds):
        yield f"{where}: {value!r} is no {kinds}"
        return
    yield from _misfits_of_kind(value, schema, document, where)


def _misfits_of_kind(value: Any, schema: Json, document: Json, where: str) -> Iterator[str]:
    match value:
        case dict():
            yield from _object_misfits(value, schema, document, where)
        case list():
            for position, item in enumerate(value):
                yield from _misfits(item, schema.get("items", True), document, f"{where}[{position}]")
        case str():
            yield from _text_misfits(value, schema, where)


def _object_misfits(value: Json, schema: Json, document: Json, where: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}.{name} is missing"
    for name, item in value.items():
        yield from _misfits(
            item, known.get(name, schema.get("additionalProperties", True)), document, f"{where}.{name}"
        )


def _text_misfits(value: str, schema: Json, where: str) -> Iterator[str]:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{where}: {len(value)} characters"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"
    read = _FORMATS.get(schema.get("format", ""))
    if read is not None:
        try:
            read(value)
        except ValueError:
            yield f"{where}: {value!r} is no {schema['format']}"


def _referred(reference: str, document: Json) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


_KINDS: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_FORMATS: dict[str, Callable[[str], object]] = {
    "uuid": UUID,
    "date": date.fromisoformat,
    "date-time": lambda value: datetime.fromisoformat(value).astimezone(UTC),
}
