"""The five kinds of things in a directory, as the doors handle them: read fresh, change, remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from haveri_contracts.directory.commands import PutArea, PutAsset, PutFacility, PutMember, PutTeam
from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_contracts.directory.queries import (
    GetArea,
    GetAsset,
    GetFacility,
    GetMember,
    GetOne,
    GetTeam,
    ListAreas,
    ListAssets,
    ListFacilities,
    ListMembers,
    ListTeams,
)
from haveri_contracts.message import Command, Query
from haveri_contracts.plain import Refusal, Role
from haveri_contracts.refusals import (
    AreaUnknown,
    AssetUnknown,
    FacilityUnknown,
    MemberUnknown,
    RoleNotSufficient,
    TeamUnknown,
)
from haveri_contracts.types import Frozen
from haveri_directory_copy.directory import Directory
from haveri_web.bus.callers import Caller
from haveri_web.bus.ports import Queries
from haveri_web.bus.queries import ask_one

Thing = Facility | Area | Asset | Team | Member


class NotYourPlant(RoleNotSufficient):
    """A manager changes the plants of their own teams only."""

    type = "not-your-plant"
    title = "This belongs to another plant than yours."


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: `name` as `Remove` calls it, how to get one, list all and put one, what is said of an unknown one."""

    name: str
    plural: str
    model: type[Any]
    getting: type[GetOne]
    listing: Callable[..., Query]
    put: Callable[[Any], Command]
    unknown: type[Refusal]


FACILITY = Kind(
    "facility",
    "facilities",
    Facility,
    GetFacility,
    ListFacilities,
    lambda it: PutFacility(facility=it),
    FacilityUnknown,
)
AREA = Kind("area", "areas", Area, GetArea, ListAreas, lambda it: PutArea(area=it), AreaUnknown)
ASSET = Kind("asset", "assets", Asset, GetAsset, ListAssets, lambda it: PutAsset(asset=it), AssetUnknown)
TEAM = Kind("team", "teams", Team, GetTeam, ListTeams, lambda it: PutTeam(team=it), TeamUnknown)
MEMBER = Kind("member", "members", Member, GetMember, ListMembers, lambda it: PutMember(member=it), MemberUnknown)


async def find(queries: Queries, caller: Caller, kind: Kind, thing_id: UUID) -> Thing:
    """One thing as its owner has it this moment; the copy for names may be a moment old. Raises the kind's unknown."""
    unknown = kind.unknown(f"There is no {kind.name} {thing_id} in your organisation.")
    found: Thing = await ask_one(queries, caller, kind.getting(id=thing_id), unknown)
    return found


def check_may_change(caller: Caller, directory: Directory, *things: Thing) -> None:
    """Administrators change everything; managers what is in plants of their own, and people below themselves.

    Raises RoleNotSufficient or NotYourPlant.
    """
    if caller.member.role.covers(Role.ADMINISTRATOR):
        return
    own = directory.facilities_of(caller.member)
    for thing in things:
        if isinstance(thing, Member) and thing.role.covers(Role.MANAGER):
            raise RoleNotSufficient("Managers and administrators are changed by administrators.")
        where = _facilities(thing, directory)
        if not where or not where <= own:
            raise NotYourPlant("Managers change the plants of their own teams; ask an administrator.")


def _facilities(thing: Frozen, directory: Directory) -> set[UUID | None]:
    match thing:
        case Facility():
            return {thing.id}
        case Area() | Team():
            return {thing.facility_id}
        case Asset():
            area = directory.areas.get(thing.area_id)
            return {area.facility_id if area else None}
        case Member():
            unknown = {None for team_id in thing.team_ids if team_id not in directory.teams}
            return {*directory.facilities_of(thing), *unknown}
        case _:
            return set()
