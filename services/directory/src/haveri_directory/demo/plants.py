"""The organisations that come with Haveri, by slug."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import yaml

from haveri_contracts.directory.commands import CreateOrganization
from haveri_contracts.directory.models import Member
from haveri_contracts.plain import Role

DEMO = "demo"
BOREALIS = "borealis"
_PLANTS = {DEMO: "plant.yaml", BOREALIS: "borealis-plant.yaml"}


def plant_document(organization: str = DEMO) -> str:
    """The organisation's whole plant, as `ImportPlant` takes it (format `yaml`). Raises KeyError for another slug."""
    return demo_file(_PLANTS[organization])


def founding_command(administrator_id: UUID, organization: str = DEMO) -> CreateOrganization:
    """The command that creates the organisation before its plant is imported; the administrator gets the given id."""
    plant = parsed_plant(organization)
    first = next(member for member in plant["members"] if member["role"] == Role.ADMINISTRATOR.value)
    facts = plant["organization"]
    administrator = {name: first[name] for name in ("name", "email", "role", "locale")}
    return CreateOrganization(
        organization_name=facts["name"],
        locale=facts["locale"],
        administrator=Member(id=administrator_id, **administrator),
    )


@cache
def parsed_plant(organization: str) -> dict[str, Any]:
    """The plant's document as YAML reads it."""
    plant: dict[str, Any] = yaml.safe_load(plant_document(organization))
    return plant


def demo_file(name: str) -> str:
    """The text of a file beside this module."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
