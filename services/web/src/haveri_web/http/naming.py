"""Where in what a caller sent the thing stands that an owner does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from haveri_web.bus.commands import CommandRefused

_SHORTEST_ID = 32


def with_field(refusal: CommandRefused, thing: BaseModel, address: str) -> CommandRefused:
    """The refusal with the field that names what is unknown, if it can be told; `address` is the thing's own id field.

    What the address itself names is no field: then there is simply no such thing.
    """
    if not refusal.type.endswith("-unknown") or refusal.errors:
        return refusal
    for path, value in _leaves(thing.model_dump(mode="json")):
        if path != address and len(value) >= _SHORTEST_ID and value in refusal.detail:
            refusal.errors = [{"field": path, "problem": refusal.detail}]
            break
    return refusal


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in items:
        yield from _leaves(part, f"{path}.{name}" if path else str(name))
