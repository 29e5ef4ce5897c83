"""Who may do what, and whether what a command names is there: checked here, whichever door it came through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from haveri_contracts.incident.commands import DeclareIncident
from haveri_contracts.plain import Role
from haveri_contracts.refusals import (
    AreaElsewhere,
    AreaUnknown,
    AssetElsewhere,
    AssetUnknown,
    FacilityUnknown,
    MemberUnknown,
    RoleNotSufficient,
    TeamUnknown,
)
from haveri_directory_copy.directory import Directory
from haveri_incident.domain.refusals import MemberNeeded


def acting_member(actor: str) -> UUID | None:
    """The member who acts, or None when a system does."""
    kind, _, rest = actor.partition(":")
    return UUID(rest) if kind == "member" else None


def require_member(actor: str) -> UUID:
    """The member who acts; raises MemberNeeded when a system does."""
    member_id = acting_member(actor)
    if member_id is None:
        raise MemberNeeded("This is something a person says; a system cannot.")
    return member_id


def check_actor(actor: str, directory: Directory, *, machines_may: bool = False) -> None:
    """Raise unless a member of the organisation acts who is at least a responder, or a service of Haveri's.

    Plant systems (`signal:`) say what they see, `machines_may`; what becomes of an incident is for people to say.
    """
    if actor.startswith("signal:") and not machines_may:
        raise RoleNotSufficient("A plant system can declare an incident and report to it, and nothing else.")
    member_id = acting_member(actor)
    if member_id is None:
        return
    member = directory.members.get(member_id)
    if member is None:
        raise MemberUnknown("You are not a member of this organisation.")
    if not member.role.covers(Role.RESPONDER):
        raise RoleNotSufficient("You may read incidents. Ask an administrator to make you a responder.")


def check_named(directory: Directory, members: Mapping[str, UUID], teams: Mapping[str, UUID] | None = None) -> None:
    """Raise unless every member and team, by the field that names it, belongs to the organisation."""
    for field, member_id in members.items():
        if member_id not in directory.members:
            raise MemberUnknown(f"There is no member {member_id} in this organisation.").at(field)
    for field, team_id in (teams or {}).items():
        if team_id not in directory.teams:
            raise TeamUnknown(f"There is no team {team_id} in this organisation.").at(field)


def each(field: str, ids: Sequence[UUID]) -> dict[str, UUID]:
    """The ids of a list, by the field of each: `member_ids.0`."""
    return {f"{field}.{place}": id for place, id in enumerate(ids)}


def require_system(actor: str) -> None:
    """Raise unless a system acts: what only Haveri itself may say."""
    if not actor.startswith("system:"):
        raise RoleNotSufficient("Only Haveri's own services may do this.")


def check_place(command: DeclareIncident, directory: Directory) -> None:
    """Raise unless facility, area and assets exist and stand together."""
    if command.facility_id not in directory.facilities:
        raise FacilityUnknown(f"There is no facility {command.facility_id} in this organisation.").at("facility_id")
    if command.area_id is not None:
        area = directory.areas.get(command.area_id)
        if area is None:
            raise AreaUnknown(f"There is no area {command.area_id} in this organisation.").at("area_id")
        if area.facility_id != command.facility_id:
            raise AreaElsewhere("Name an area of the incident's facility.").at("area_id")
    for field, asset_id in each("asset_ids", command.asset_ids).items():
        area = directory.area_of_asset(asset_id)
        if area is None:
            raise AssetUnknown(f"There is no asset {asset_id} in this organisation.").at(field)
        if area.facility_id != command.facility_id:
            raise AssetElsewhere("Name assets of the incident's facility.").at(field)
