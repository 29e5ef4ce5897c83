"""Reading fields of foreign JSON without trusting its shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]
_NOTHING: dict[str, Any] = {}


def block(source: object, *path: str) -> Json:
    """The object found by walking down `path`; an empty one when anything on the way is missing or no object."""
    found = source
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else _NOTHING


def text(source: object, name: str) -> str:
    """The string of this name without null characters, which no table can hold; "" when there is none."""
    value = source.get(name) if isinstance(source, Mapping) else None
    return value.replace("\x00", "") if isinstance(value, str) else ""


def blocks(source: object, name: str) -> list[Json]:
    """The objects in the list of this name."""
    value = source.get(name) if isinstance(source, Mapping) else None
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def strings(source: object) -> dict[str, str]:
    """The entries whose values are strings, numbers or booleans, as strings (booleans as `true` and `false`)."""
    found: dict[str, str] = {}
    for name, value in source.items() if isinstance(source, Mapping) else ():
        if isinstance(value, bool):
            found[str(name)] = "true" if value else "false"
        elif isinstance(value, str | int | float):
            found[str(name)] = str(value).replace("\x00", "")
    return found


def without_nulls(value: Any) -> Any:
    """The same JSON value with every null character left out of its strings and names."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {without_nulls(name): without_nulls(item) for name, item in value.items()}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value
