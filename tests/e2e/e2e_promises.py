"""What somebody else's program has: NATS, HTTP, JSON written by hand, and the published schemas."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

Json = dict[str, Any]
PUBLISHED = Path(__file__).parents[2] / "docs" / "contracts" / "schemas"
_DOCUMENTS = [Resource.from_contents(json.loads(path.read_text())) for path in PUBLISHED.glob("*.json")]
_REGISTRY: Registry[Any] = _DOCUMENTS @ Registry()
_FORMATS = FormatChecker(("uuid", "date"))
_FORMATS.checks("date-time", ValueError)(
    lambda value: not isinstance(value, str) or datetime.fromisoformat(value).astimezone(UTC)
)


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
    """A message's or reply's schema in `docs/contracts/schemas`, or one of what all owners share."""
    owner = name.split(".")[1] if "." in name else "common"
    return {"$ref": f"urn:haveri:schema:{owner}#/$defs/{name}"}


def assert_refused(answer: httpx2.Response, status: int, refusal: str) -> None:
    """One clear answer: a problem with a name, a title and a detail in a person's words."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (refusal, status), answer.text
    assert problem["title"]
    assert problem["detail"]


def misfits(value: Any, schema: Json) -> list[str]:
    """Where a JSON value does not fit a JSON Schema, whose references may lead into the published ones."""
    found = Draft202012Validator(schema, registry=_REGISTRY, format_checker=_FORMATS).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]
