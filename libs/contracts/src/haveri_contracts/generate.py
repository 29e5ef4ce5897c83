"""Writes, checks and freezes what is generated from this package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from haveri_contracts.asyncapi import document
from haveri_contracts.catalogue import all_messages
from haveri_contracts.compatibility import breaks
from haveri_contracts.page import page
from haveri_contracts.schemas import all_schemas

SCHEMAS = "schemas"


def documents() -> dict[str, str]:
    """Every generated file by its path under `docs/contracts`; the same package gives the same text, byte for byte."""
    messages = all_messages()
    schemas = {f"{SCHEMAS}/{name}.json": _json(schema) for name, schema in all_schemas().items()}
    return {**schemas, "README.md": page(messages), "asyncapi.json": _json(document(messages))}


def write(directory: Path) -> None:
    """Write every generated file, and remove the schemas of messages that are gone."""
    wanted = documents()
    for name, text in wanted.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for stale in _schemas_in(directory) - wanted.keys():
        (directory / stale).unlink()


def differences(directory: Path) -> list[str]:
    """What is missing, out of date or left over in `directory`, one sentence a file; empty when it is up to date."""
    wanted = documents()
    found = []
    for name, text in wanted.items():
        path = directory / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif path.read_text(encoding="utf-8") != text:
            found.append(f"{name} is out of date")
    found += [f"{name} belongs to no message" for name in _schemas_in(directory) - wanted.keys()]
    return sorted(found)


def broken_promises(frozen: Path) -> list[str]:
    """Every way in which this package breaks what was frozen in `frozen`, one sentence each."""
    current = all_schemas()
    found = []
    for path in sorted(frozen.glob("*.json")):
        name = path.name.removesuffix(".json")
        if name not in current:
            found.append(f"{name}: this message was published and is gone")
            continue
        published = json.loads(path.read_text(encoding="utf-8"))
        found += [f"{name}: {broken}" for broken in breaks(published, current[name])]
    return found


def not_frozen(frozen: Path) -> list[str]:
    """The names of the schemas whose present state `frozen` does not hold yet."""
    return [name for name, schema in all_schemas().items() if _read(frozen / f"{name}.json") != _json(schema)]


def freeze(frozen: Path) -> list[str]:
    """Freeze new messages and added optional fields; writes nothing when promises are broken, and returns those."""
    broken = broken_promises(frozen)
    if not broken:
        frozen.mkdir(parents=True, exist_ok=True)
        for name, schema in all_schemas().items():
            (frozen / f"{name}.json").write_text(_json(schema), encoding="utf-8")
    return broken


def _schemas_in(directory: Path) -> set[str]:
    return {f"{SCHEMAS}/{path.name}" for path in (directory / SCHEMAS).glob("*.json")}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
