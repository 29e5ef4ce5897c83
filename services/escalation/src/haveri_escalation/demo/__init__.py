"""The policies of the demo plants, for the people and teams that the directory has there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import yaml

from haveri_contracts.directory.models import Facility, Member, Team
from haveri_contracts.escalation.models import EscalationPolicy, Notify

_NAMESPACE = uuid.UUID("5f0d3c5e-6f0a-4a0e-9b7a-3d1c0d6f3a41")


def policies_document() -> str:
    """The policies as YAML."""
    return files(__package__).joinpath("policies.yaml").read_text(encoding="utf-8")


def demo_policies(
    facilities: Sequence[Facility], teams: Sequence[Team], members: Sequence[Member]
) -> list[EscalationPolicy]:
    """The policies of those demo plants that are among `facilities`, with ids that are the same each time.

    Raises KeyError naming a team or person that the directory does not have.
    """
    document: dict[str, Any] = yaml.safe_load(policies_document())
    by_name = {facility.name: facility for facility in facilities}
    return [
        _policy(by_name[plant["facility"]], policy, _people(plant, by_name[plant["facility"]], teams, members))
        for plant in document["plants"]
        if plant["facility"] in by_name
        for policy in document["policies"]
    ]


def _people(
    plant: dict[str, Any], facility: Facility, teams: Sequence[Team], members: Sequence[Member]
) -> dict[str, dict[str, list[Any]]]:
    """What each word under `call` adds to a notification."""
    here = {team.name: team.id for team in teams if team.facility_id == facility.id}
    by_email = {member.email: member.id for member in members}
    return {
        "crew": {"team_ids": [here[name] for name in plant["crews"]]},
        "lead": {"shift_roles": ["lead"]},
        "production_manager": {"member_ids": [by_email[plant["production_manager"]]]},
    }


def _policy(facility: Facility, said: dict[str, Any], people: dict[str, dict[str, list[Any]]]) -> EscalationPolicy:
    steps = [{**step, "notify": _notify(step["call"], people)} for step in said["steps"]]
    as_they_are = ("name", "is_default", "repeat", "acknowledgement_expires_minutes", "last_resort")
    return EscalationPolicy.model_validate(
        {
            "id": uuid.uuid5(_NAMESPACE, f"{facility.id}/{said['name']}"),
            "facility_id": facility.id,
            "conditions": {"severity": [said["severity"]]},
            "steps": steps,
            **{name: said[name] for name in as_they_are if name in said},
        }
    )


def _notify(words: Sequence[str], people: dict[str, dict[str, list[Any]]]) -> Notify:
    named: dict[str, list[Any]] = {}
    for word in words:
        for kind, who in people[word].items():
            named.setdefault(kind, []).extend(who)
    return Notify.model_validate(named)
