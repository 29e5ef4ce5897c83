"""Whom `/escalate <words>` calls: a policy, a team or a member, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from haveri_chat.naming import Match, find_named, folded
from haveri_chat.plant import Plant


@dataclass(frozen=True)
class Callee:
    """Somebody or something that can be called; `named` are the fields of `incident.escalate` that name it."""

    name: str
    facility_id: UUID | None
    named: Mapping[str, Any]


def find_callee(words: str, plant: Plant, facility_id: UUID) -> Match[Callee]:
    """The one that is called so, else the names that come near.

    A name typed in full beats a beginning. Of several kinds policies win, then teams, then members; of several plants
    the incident's. Policies of other plants are not for this incident at all.
    """
    kinds = _callees(plant, facility_id)
    matches = [find_named(words, kind, prefer=lambda one: one.facility_id in (facility_id, None)) for kind in kinds]
    found = [match for match in matches if match.item is not None]
    exact = [match for match in found if match.item is not None and folded(match.item.name) == folded(words)]
    if exact or found:
        return (exact or found)[0]
    return Match(near=tuple(dict.fromkeys(name for match in matches for name in match.near)))


def _callees(plant: Plant, facility_id: UUID) -> tuple[list[Callee], list[Callee], list[Callee]]:
    policies = [
        Callee(policy.name, policy.facility_id, {"policy_id": policy.id})
        for policy in plant.policies
        if policy.facility_id == facility_id
    ]
    teams = [Callee(team.name, team.facility_id, {"team_ids": [team.id]}) for team in plant.teams.values()]
    members = [Callee(member.name, None, {"member_ids": [member.id]}) for member in plant.members.values()]
    return policies, teams, members
