"""The table of services, and the lists beside it that cannot read it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from haveri_contracts.catalogue import all_messages
from haveri_contracts.message import Visibility
from haveri_contracts.subjects import Kind
from haveri_tool.services import SERVICES

WORKSPACE = next(folder for folder in Path(__file__).parents if (folder / "uv.lock").is_file())
PACKAGES = {service.package for service in SERVICES}
DISTRIBUTIONS = {package.replace("_", "-") for package in PACKAGES}


def _configuration(folder: str) -> dict[str, Any]:
    return tomllib.loads((WORKSPACE / folder / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_table_names_every_service_of_the_workspace() -> None:
    assert {path.name for path in WORKSPACE.glob("services/*/src/*") if (path / "main.py").is_file()} == PACKAGES


def test_the_tool_carries_every_service() -> None:
    """An image of it provisions all of them."""
    said = _configuration("tools/haveri")["project"]["dependencies"]
    assert set(said) >= DISTRIBUTIONS


def test_every_service_is_behind_the_walls() -> None:
    linter = _configuration(".")["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in linter["contracts"] if "haveri_tool" in contract["layers"])
    assert set(linter["root_packages"]) >= PACKAGES
    assert PACKAGES in [set(layer.split(" | ")) for layer in layers]


def test_every_service_with_rooms_is_built_inwards() -> None:
    """A new one cannot be forgotten: whoever has a domain is a container of one of the contracts on layers."""
    contracts = _configuration(".")["tool"]["importlinter"]["contracts"]
    containers = [name for contract in contracts for name in contract.get("containers", [])]
    with_rooms = {path.parent.name for path in WORKSPACE.glob("services/*/src/*/domain")}
    assert sorted(containers) == sorted(with_rooms)


def test_ports_are_all_different() -> None:
    assert len({service.port for service in SERVICES}) == len(SERVICES)


def test_every_public_event_has_the_service_that_can_publish_it_again() -> None:
    owners = {
        message.owner
        for message in all_messages()
        if message.kind is Kind.EVENT and message.visibility is Visibility.PUBLIC
    }
    assert owners == {owner for service in SERVICES for owner in service.publishes}
