"""Writes and checks what is generated from this package. What was written once is a promise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from haveri_contracts.asyncapi import document
from haveri_contracts.catalogue import all_messages
from haveri_contracts.compatibility import breaks
from haveri_contracts.page import page
from haveri_contracts.schemas import all_schemas, each_alone
from haveri_contracts.schemas import documents as schema_documents

SCHEMAS = "schemas"


def documents() -> dict[str, str]:
    """Every committed file by its path under `docs/contracts`; the same package gives the same text, byte for byte."""
    schemas = {f"{SCHEMAS}/{owner}.json": _json(document) for owner, document in schema_documents().items()}
    return {**schemas, "README.md": page(all_messages())}


def write(directory: Path) -> list[str]:
    """Write every file, the AsyncAPI document too; nothing when promises are broken, and returns those."""
    broken = broken_promises(directory)
    if not broken:
        wanted = documents()
        (directory / SCHEMAS).mkdir(parents=True, exist_ok=True)
        for name, text in {**wanted, "asyncapi.json": _json(document(all_messages()))}.items():
            (directory / name).write_text(text, encoding="utf-8")
        for stale in _schemas_in(directory) - wanted.keys():
            (directory / stale).unlink()
    return broken


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
    found += [f"{name} belongs to no owner" for name in _schemas_in(directory) - wanted.keys()]
    return sorted(found)


def broken_promises(directory: Path) -> list[str]:
    """Every way in which this package breaks what was published in `directory`, one sentence each."""
    paths = (directory / SCHEMAS).glob("*.json")
    published = each_alone({path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths})
    current = all_schemas()
    found = []
    for name, promised in sorted(published.items()):
        if name in current:
            found += [f"{name}: {broken}" for broken in breaks(promised, current[name])]
        else:
            found.append(f"{name}: this message was published and is gone")
    return found


def _schemas_in(directory: Path) -> set[str]:
    return {f"{SCHEMAS}/{path.name}" for path in (directory / SCHEMAS).glob("*.json")}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
