"""Messages that were once written keep being read, for ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from haveri_contracts.catalogue import all_messages
from haveri_contracts.envelope import decode, wrap
from haveri_contracts.message import find

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))


def still_says(old: Any, new: Any) -> bool:
    """True when `new` says everything that `old` said; optional fields that came later may stand beside it."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(name in new and still_says(old[name], new[name]) for name in old)
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(still_says, old, new))
    return bool(old == new)


def test_every_message_has_an_example() -> None:
    shown = {json.loads(path.read_text(encoding="utf-8"))["type"] for path in EXAMPLES}
    missing = {message.message_type() for message in all_messages()} - shown
    assert not missing, f"add libs/contracts/examples/<type>.json for {sorted(missing)}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_old_message_is_still_read_and_still_says_the_same(path: Path) -> None:
    body = path.read_bytes()
    old = json.loads(body)
    known = find(old["type"])
    assert known is not None, f"{old['type']} was published once and must stay readable"

    envelope, message = decode(body, known.subject(old["organization"]))
    written = wrap(
        message,
        id=envelope.id,
        source=envelope.source.removeprefix("haveri/"),
        organization=envelope.organization,
        actor=envelope.actor,
        time=envelope.time,
        correlation_id=envelope.correlationid,
        causation_id=envelope.causationid,
        sequence=envelope.sequence,
        traceparent=envelope.traceparent,
    )

    assert still_says(old, json.loads(written.encode()))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_field_that_a_newer_writer_added_is_passed_over(path: Path) -> None:
    newer = json.loads(path.read_bytes())
    newer["futureextension"] = "yes"
    newer["data"]["future_field"] = {"deep": [1, 2]}
    known = find(newer["type"])
    assert known is not None

    _, message = decode(json.dumps(newer).encode(), known.subject(newer["organization"]))

    assert not hasattr(message, "future_field")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_named_after_its_type(path: Path) -> None:
    kind = json.loads(path.read_text(encoding="utf-8"))["type"]
    assert path.name == f"{kind}.json" or path.name.startswith(f"{kind}.")
