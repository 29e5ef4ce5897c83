"""What integrators read is what the services speak."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from haveri_contracts import generate
from haveri_contracts.__main__ import main
from haveri_contracts.catalogue import all_messages
from haveri_contracts.message import Command, Event, Query

REPOSITORY = Path(__file__).parents[4]
DOCUMENTS = generate.documents()
ASYNCAPI = json.loads(DOCUMENTS["asyncapi.json"])


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
    (tmp_path / "schemas" / "outcome.json").unlink()
    (tmp_path / "schemas" / "haveri.incident.gone.v1.json").write_text("{}", encoding="utf-8")
    capsys.readouterr()

    assert main(["check", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "README.md is out of date" in said
    assert "schemas/outcome.json is missing" in said
    assert "schemas/haveri.incident.gone.v1.json belongs to no message" in said
    assert f"python -m haveri_contracts generate {tmp_path}" in said

    assert main(["generate", str(tmp_path)]) == 0
    assert main(["check", str(tmp_path)]) == 0


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    for reference in references(ASYNCAPI):
        if reference.startswith("#"):
            resolve(reference)
        else:
            assert reference.removeprefix("./") in DOCUMENTS


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
