"""Shifts and their changes as pages show them, and as forms name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from haveri_contracts.directory.models import Member
from haveri_contracts.directory.schedules import ScheduledShift, ShiftChange
from haveri_contracts.plain import Role
from haveri_directory_copy.directory import Directory
from haveri_web.bus.callers import Caller
from haveri_web.domain.access import TO_MANAGE, TO_RESPOND
from haveri_web.domain.refusals import InvalidRequest


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of shifts with names, and what the reader may do with it."""

    id: UUID
    kind: str
    team: str
    member: str
    substitute: str
    proposer: str
    starts_at: datetime
    ends_at: datetime
    returned: tuple[datetime, datetime] | None
    zone: ZoneInfo
    note: str
    accepted: bool
    may_accept: bool
    may_cancel: bool
    asked_of_me: bool


@dataclass(frozen=True, slots=True)
class MyShift:
    """A shift that can be given away. `key` says it in a form."""

    key: str
    team: str
    shift: str
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo


def change_view(change: ShiftChange, directory: Directory, caller: Caller, zone: ZoneInfo) -> ChangeView:
    """A change with names; what may be done is what the directory allows."""
    me, manages = caller.member.id, caller.may(TO_MANAGE)
    concerned = me in (change.member_id, change.substitute_id, change.proposed_by) and caller.may(TO_RESPOND)
    asked = not change.accepted and me in {change.member_id, change.substitute_id} - {change.proposed_by}
    back = change.return_stretch
    team = directory.teams.get(change.team_id)
    return ChangeView(
        id=change.id,
        kind=change.kind.value,
        team=team.name if team else "",
        member=member_name(directory, change.member_id),
        substitute=member_name(directory, change.substitute_id),
        proposer=member_name(directory, change.proposed_by),
        starts_at=change.starts_at,
        ends_at=change.ends_at,
        returned=(back.starts_at, back.ends_at) if back else None,
        zone=zone,
        note=change.note,
        accepted=change.accepted,
        may_accept=not change.accepted and (manages or (asked and caller.may(TO_RESPOND))),
        may_cancel=manages or concerned,
        asked_of_me=asked,
    )


def member_name(directory: Directory, member_id: UUID | None) -> str:
    """A member's name; empty for nobody."""
    if member_id is None:
        return ""
    member = directory.members.get(member_id)
    return member.name if member else f"#{str(member_id)[:8]}"


def people_of(directory: Directory, facility_id: UUID) -> list[Member]:
    """Those of a facility's teams who may work shifts of their own, by name."""
    teams = [team for team in directory.teams.values() if team.facility_id == facility_id]
    ids = {member_id for team in teams for member_id in team.member_ids}
    team_ids = {team.id for team in teams}
    return [
        member
        for member in directory.members.values()
        if (member.id in ids or team_ids & set(member.team_ids)) and member.role.covers(Role.RESPONDER)
    ]


def my_shifts(shifts: Iterable[ScheduledShift], directory: Directory, zone: ZoneInfo) -> list[MyShift]:
    """Shifts as a form offers them."""
    return [
        MyShift(
            key=shift_key(shift.team_id, shift.starts_at, shift.ends_at),
            team=directory.teams[shift.team_id].name if shift.team_id in directory.teams else "",
            shift=shift.shift,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            zone=zone,
        )
        for shift in shifts
    ]


def shift_key(team_id: UUID, starts_at: datetime, ends_at: datetime) -> str:
    """A shift as a form names it: `<team>~<start>~<end>`."""
    return f"{team_id}~{starts_at.isoformat()}~{ends_at.isoformat()}"


def from_key(key: str, field: str) -> tuple[UUID, datetime, datetime]:
    """The team, the start and the end behind a key. Raises InvalidRequest."""
    try:
        team, start, end = key.split("~")
        found = UUID(team), datetime.fromisoformat(start), datetime.fromisoformat(end)
    except ValueError:
        raise InvalidRequest.field(field, "choose one of the shifts in the list") from None
    if any(moment.tzinfo is None for moment in found[1:]):
        raise InvalidRequest.field(field, "choose one of the shifts in the list")
    return found
