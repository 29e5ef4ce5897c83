"""What integrators read is what the services speak."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from haveri_contracts import generate
from haveri_contracts.__main__ import main
from haveri_contracts.asyncapi import document
from haveri_contracts.catalogue import all_messages
from haveri_contracts.message import Command, Event, Query

REPOSITORY = Path(__file__).parents[4]
DOCUMENTS = generate.documents()
ASYNCAPI = json.loads(json.dumps(document(all_messages())))
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for item in value.values() for found in references(item)]
    return [found for item in value for found in references(item)] if isinstance(value, list) else []


def resolve(reference: str) -> Any:
    found: Any = ASYNCAPI
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_the_committed_documents_are_those_of_the_code() -> None:
    found = generate.differences(REPOSITORY / "docs" / "contracts")
    assert not found, "run: python -m haveri_contracts generate docs/contracts\n" + "\n".join(found)


def test_the_documents_come_out_the_same_every_time() -> None:
    assert generate.documents() == DOCUMENTS


def test_the_check_names_every_difference_and_says_how_to_mend_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", str(tmp_path)]) == 0
    assert main(["check", str(tmp_path)]) == 0
    (tmp_path / "README.md").write_text("old", encoding="utf-8")
    (tmp_path / "schemas" / "chat.json").unlink()
    (tmp_path / "schemas" / "weather.json").write_text('{"$defs": {}}', encoding="utf-8")
    capsys.readouterr()

    assert main(["check", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "README.md is out of date" in said
    assert "schemas/chat.json is missing" in said
    assert "schemas/weather.json belongs to no owner" in said
    assert f"python -m haveri_contracts generate {tmp_path}" in said

    assert main(["generate", str(tmp_path)]) == 0
    assert main(["check", str(tmp_path)]) == 0


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    for reference in references(ASYNCAPI):
        assert reference.startswith("#/")
        resolve(reference)


@pytest.mark.parametrize("message", all_messages(), ids=lambda message: message.message_type())
def test_every_message_has_a_channel_an_operation_and_a_summary(message: type[Any]) -> None:
    channel = f"{message.kind.value}.{message.owner}.{message.name}.v{message.version}"
    action = "send" if issubclass(message, Event) else "receive"
    operation = ASYNCAPI["operations"][f"{action}.{channel}"]

    assert ASYNCAPI["channels"][channel]["address"] == message.subject("demo").replace(".demo.", ".{organization}.")
    assert operation["summary"].endswith(".")
    assert operation["x-haveri-service"] == message.owner
    assert message.message_type() in DOCUMENTS["README.md"]
    if issubclass(message, Command):
        assert operation["reply"]["channel"]["$ref"] == "#/channels/outcome"
    if issubclass(message, Query):
        assert resolve(operation["reply"]["channel"]["$ref"])["address"] is None


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.startswith("schemas/")])
def test_a_schema_is_identified_by_a_name_and_not_by_a_place(name: str) -> None:
    schema = json.loads(DOCUMENTS[name])
    assert schema["$id"] == f"urn:haveri:schema:{name.removeprefix('schemas/').removesuffix('.json')}"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.fixture(scope="module")
def registry() -> Registry[Any]:
    """The published documents as a program that knows nothing of this package loads them."""
    paths = (REPOSITORY / "docs" / "contracts" / "schemas").glob("*.json")
    loaded = [Resource.from_contents(json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    return loaded @ Registry()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_stock_json_schema_library_validates_one_message_by_its_type(path: Path, registry: Registry[Any]) -> None:
    message = json.loads(path.read_text(encoding="utf-8"))
    owner = message["type"].split(".")[1]
    wanted = {"$ref": f"urn:haveri:schema:{owner}#/$defs/{message['type']}"}
    validator = Draft202012Validator(wanted, registry=registry)

    validator.validate(message)
    assert not validator.is_valid({**message, "type": "haveri.other.thing.v1"})
    assert not validator.is_valid({**message, "actor": "nobody"})
    assert not validator.is_valid({**message, "data": None})
