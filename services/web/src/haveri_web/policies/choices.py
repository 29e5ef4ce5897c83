"""What every form of several rows needs: who sent it, for which plant, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from starlette.datastructures import FormData

from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_contracts.directory.schedules import Rotation
from haveri_contracts.plain import Role
from haveri_contracts.refusals import FacilityUnknown
from haveri_web.bus.directory import Directory
from haveri_web.domain.access import TO_MANAGE
from haveri_web.http.context import Web
from haveri_web.policies.words import LEAD, ON_SHIFT, plain_role
from haveri_web.security.callers import Caller
from haveri_web.security.door import check_form_token, session_cookie_name
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


async def managers_form(request: Request, web: Web, caller: Caller) -> FormData:
    """A form that a manager sent from our own page. Raises ForeignOrigin or RoleNotSufficient."""
    fields = await request.form()
    token = fields.get("form_token", "")
    cookie = request.cookies.get(session_cookie_name(web.secure), "")
    check_form_token(cookie, token if isinstance(token, str) else "")
    caller.must(TO_MANAGE)
    return fields


def facility_shown(directory: Directory, caller: Caller, wanted: UUID | None) -> Facility | None:
    """The facility asked for, else one of the caller's own, else any. Raises FacilityUnknown."""
    if wanted is not None:
        return known_facility(directory, wanted)
    return next(iter(own_first(directory, caller)), None)


def own_first(directory: Directory, caller: Caller) -> list[Facility]:
    """Every facility, those of the caller's own teams first."""
    own = directory.facilities_of(caller.member)
    return sorted(directory.facilities.values(), key=lambda facility: facility.id not in own)


def known_facility(directory: Directory, facility_id: UUID) -> Facility:
    """A facility of the organisation. Raises FacilityUnknown."""
    facility = directory.facilities.get(facility_id)
    if facility is None:
        raise FacilityUnknown(f"There is no facility {facility_id} in your organisation.")
    return facility


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
