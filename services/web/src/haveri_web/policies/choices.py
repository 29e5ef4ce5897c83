"""What the forms about policies offer to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from haveri_contracts.directory.models import Area, Asset, Member, Team
from haveri_contracts.directory.schedules import Rotation
from haveri_contracts.plain import Role
from haveri_directory_copy.directory import Directory
from haveri_web.policies.words import LEAD, ON_SHIFT, plain_role
from haveri_web.texts import Translate

Option = tuple[str, str]
"""What is sent, and what is shown."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the forms of a facility offer."""

    areas: list[Option]
    assets: list[Option]
    types: list[Option]
    teams: list[Option]
    members: list[Option]
    roles: list[Option]
    shifts: list[str]


def choices(directory: Directory, t: Translate, facility_id: UUID, rotations: Iterable[Rotation]) -> Choices:
    """What there is to choose from at a facility: people who may answer, those of its own teams first."""
    teams = [team for team in directory.teams.values() if team.facility_id == facility_id]
    areas = [area for area in directory.areas.values() if area.facility_id == facility_id]
    assets = [asset for asset in directory.assets.values() if asset.area_id in {area.id for area in areas}]
    return Choices(
        areas=[(str(area.id), area.name) for area in areas],
        assets=[(str(asset.id), _asset(asset, directory)) for asset in assets],
        types=[(kind, kind) for kind in sorted({asset.asset_type for asset in assets}, key=str.casefold)],
        teams=[(str(team.id), team.name) for team in teams],
        members=[(str(member.id), member.name) for member in _answering(directory, teams)],
        roles=_roles(teams, t),
        shifts=_shifts(teams, rotations),
    )


def _asset(asset: Asset, directory: Directory) -> str:
    area: Area | None = directory.areas.get(asset.area_id)
    return f"{asset.name} ({area.name})" if area else asset.name


def _answering(directory: Directory, teams: list[Team]) -> list[Member]:
    own = {member_id for team in teams for member_id in team.member_ids}
    here = {team.id for team in teams}
    return sorted(
        (member for member in directory.members.values() if member.role.covers(Role.RESPONDER)),
        key=lambda member: not (member.id in own or here & set(member.team_ids)),
    )


def _roles(teams: list[Team], t: Translate) -> list[Option]:
    known = dict.fromkeys([LEAD, ON_SHIFT])
    known |= dict.fromkeys(plain_role(role.role) for team in teams for role in team.shift_info.roles)
    named = {LEAD: t("form.role.lead"), ON_SHIFT: t("form.role.on_shift")}
    return [(role, named.get(role, role)) for role in known]


def _shifts(teams: list[Team], rotations: Iterable[Rotation]) -> list[str]:
    weekly = [shift.name for team in teams for shift in team.shift_info.shifts]
    return list(dict.fromkeys([*weekly, *(slot.name for rotation in rotations for slot in rotation.slots)]))
