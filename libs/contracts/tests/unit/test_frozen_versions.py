"""A published version is frozen: it may gain optional fields, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from haveri_contracts import generate
from haveri_contracts.__main__ import main
from haveri_contracts.compatibility import breaks
from haveri_contracts.schemas import all_schemas

PUBLISHED = Path(__file__).parents[4] / "docs" / "contracts"
NAME = "haveri.incident.resolve.v1"
CURRENT = all_schemas()[NAME]

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> dict[str, Any]:
    schema = copy.deepcopy(CURRENT)
    change(schema)
    return schema


def fields(schema: dict[str, Any]) -> Any:
    return schema["$defs"]["Summary"]["properties"]


def test_no_published_message_has_lost_or_tightened_anything() -> None:
    broken = generate.broken_promises(PUBLISHED)
    assert not broken, "declare a new version beside the old one instead of changing it:\n" + "\n".join(broken)


@pytest.mark.parametrize(
    "change",
    [
        lambda schema: fields(schema).update(lesson={"type": "string", "default": ""}),
        lambda schema: schema["properties"]["data"]["properties"].update(by={"anyOf": [], "default": None}),
        lambda schema: fields(schema)["impact"]["default"].update(energy_kwh=None),
        lambda schema: fields(schema)["what_happened"].update(description="What the crew saw."),
        lambda schema: schema.update(description="Better words.", title="Other"),
    ],
    ids=["optional field", "optional field at the top", "default of a grown part", "field described", "described"],
)
def test_an_optional_field_or_a_better_description_is_fine(change: Change) -> None:
    assert breaks(CURRENT, changed(change)) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda schema: fields(schema).pop("root_cause"), "`data.summary` has lost the field `root_cause`"),
        (
            lambda schema: schema["$defs"]["Summary"]["required"].append("resolution"),
            "`data.summary.resolution` is required now and was not",
        ),
        (
            lambda schema: schema["$defs"]["Summary"]["required"].remove("what_happened"),
            "`data.summary.what_happened` was required and is not any more",
        ),
        (
            lambda schema: fields(schema)["what_happened"].update(maxLength=100),
            "`data.summary.what_happened`: `maxLength` was 8000 and is now 100",
        ),
        (
            lambda schema: fields(schema)["root_cause_category"].update(anyOf=[{"type": "integer"}, {"type": "null"}]),
            "`data.summary.root_cause_category`: `type` was 'string' and is now 'integer'",
        ),
        (
            lambda schema: schema["properties"]["type"].update(const="haveri.incident.resolve.v2"),
            "`type`: `const` was 'haveri.incident.resolve.v1' and is now 'haveri.incident.resolve.v2'",
        ),
    ],
    ids=["lost field", "newly required", "no longer required", "shorter", "other type", "other constant"],
)
def test_every_other_change_is_named(change: Change, sentence: str) -> None:
    assert sentence in breaks(CURRENT, changed(change))


def test_an_enumeration_neither_loses_nor_gains_a_value() -> None:
    frozen = {"enum": ["SEV1", "SEV2"]}
    assert breaks(frozen, {"enum": ["SEV1"]})
    assert breaks(frozen, {"enum": ["SEV1", "SEV2", "SEV3"]})


def test_publishing_keeps_new_messages_and_refuses_a_broken_promise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", str(tmp_path)]) == 0
    assert generate.differences(tmp_path) == []

    document = tmp_path / "schemas" / "incident.json"
    published = json.loads(document.read_text(encoding="utf-8"))
    published["$defs"]["Summary"]["properties"]["lost"] = {"type": "string"}
    published["$defs"]["haveri.incident.gone.v1"] = {}
    document.write_text(json.dumps(published), encoding="utf-8")
    capsys.readouterr()

    assert main(["generate", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert f"{NAME}: `data.summary` has lost the field `lost`" in said
    assert "haveri.incident.gone.v1: this message was published and is gone" in said
    assert json.loads(document.read_text(encoding="utf-8")) == published


def test_a_promise_broken_in_what_all_messages_share_is_named(tmp_path: Path) -> None:
    generate.write(tmp_path)
    document = tmp_path / "schemas" / "common.json"
    published = json.loads(document.read_text(encoding="utf-8"))
    published["$defs"]["Envelope"]["properties"]["actor"]["pattern"] = "^.*$"
    document.write_text(json.dumps(published), encoding="utf-8")

    broken = generate.broken_promises(tmp_path)
    assert any(sentence.startswith(f"{NAME}: `actor`: `pattern` was '^.*$'") for sentence in broken)
