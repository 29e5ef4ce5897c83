"""What may change in a published message: optional fields may be added, and descriptions; nothing else.

Whatever else is needed goes into a new version beside the old one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

_WORDS = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "$comment"})
"""Keywords that explain and decide nothing."""

_FIELDS = frozenset({"properties", "required"})


def breaks(frozen: Schema, current: Schema) -> list[str]:
    """Every way in which `current` breaks the promise of `frozen`, as sentences; empty when it keeps it."""
    return list(_Comparison(frozen, current).schemas(frozen, current, ""))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two documents side by side; `path` is the dotted name of the field that is looked at, empty for the message."""

    frozen: Schema
    current: Schema

    def schemas(self, before: Schema, after: Schema, path: str) -> Iterator[str]:
        old, new = _resolve(before, self.frozen), _resolve(after, self.current)
        yield from self._fields(old.get("properties", {}), new.get("properties", {}), path)
        yield from _required(old, new, path)
        for keyword in sorted((old.keys() | new.keys()) - _WORDS - _FIELDS):
            yield from self._keyword(keyword, old.get(keyword), new.get(keyword), path)

    def _fields(self, before: Schema, after: Schema, path: str) -> Iterator[str]:
        for name, schema in before.items():
            if name in after:
                yield from self.schemas(schema, after[name], _below(path, name))
            else:
                yield f"{_called(path)} has lost the field `{name}`"

    def _keyword(self, keyword: str, before: Any, after: Any, path: str) -> Iterator[str]:
        if keyword in ("default", "const"):
            same = _still_says(before, after)
        elif isinstance(before, dict) and isinstance(after, dict):
            yield from self.schemas(before, after, path)
            return
        elif _are_alternatives(before) and _are_alternatives(after) and len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from self.schemas(one, other, path)
            return
        else:
            same = before == after
        if not same:
            yield f"{_called(path)}: `{keyword}` was {_said(before)} and is now {_said(after)}"


def _resolve(schema: Schema, document: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    definition: Schema = document["$defs"][reference.removeprefix("#/$defs/")]
    return {**definition, **{key: value for key, value in schema.items() if key != "$ref"}}


def _required(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = set(old.get("required", [])), set(new.get("required", []))
    for name in sorted(after - before):
        yield f"`{_below(path, name)}` is required now and was not"
    for name in sorted((before - after) & new.get("properties", {}).keys()):
        yield f"`{_below(path, name)}` was required and is not any more"


def _still_says(before: Any, after: Any) -> bool:
    # A default object that has gained an optional field of its part still says what it said.
    if isinstance(before, dict) and isinstance(after, dict):
        return all(name in after and _still_says(value, after[name]) for name, value in before.items())
    return bool(before == after)


def _are_alternatives(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _called(path: str) -> str:
    return f"`{path}`" if path else "the message"


def _said(value: Any) -> str:
    return "not said" if value is None else repr(value)
