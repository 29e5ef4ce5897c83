"""Whether those whom a change of shifts names can do it, beside everything else that counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from haveri_contracts.directory.models import Member, Team
from haveri_contracts.directory.schedules import ShiftChange
from haveri_contracts.refusals import MemberUnknown, TeamUnknown
from haveri_directory.application.facility_plan import facility_of, plan_around
from haveri_directory.domain.shift_changes import Names, check_form, check_membership, check_workable
from haveri_directory.store.unit_of_work import UnitOfWork
from haveri_shifts.published import change_of


async def check_change(work: UnitOfWork, change: ShiftChange) -> None:
    """Raise a Refusal unless the change makes sense and can stand beside the accepted ones."""
    value = change_of(change)
    check_form(value)
    for field in ("member_id", "substitute_id", "proposed_by"):
        await names_of(work, [getattr(change, field)], field)
    team = await team_of(work, change.team_id)
    facility = await facility_of(work.schedules, team.facility_id)
    start, end = whole_time(change)
    plan = await plan_around(work.schedules, facility, start, end, without={change.id})
    concerned = [id for known in (value, *plan.changes) for id in (known.member_id, known.substitute_id)]
    names = await names_of(work, concerned)
    check_membership(value, plan, names)
    check_workable(value, plan, names)


async def team_of(work: UnitOfWork, team_id: UUID) -> Team:
    """The team; raises TeamUnknown."""
    team = await work.find(Team, team_id)
    if team is None:
        raise TeamUnknown(f"There is no team {team_id} in this organisation.").at("team_id")
    return team


async def names_of(work: UnitOfWork, ids: Iterable[UUID | None], field: str = "") -> Names:
    """What members are called; raises MemberUnknown, `field` being where they are named."""
    wanted = {id for id in ids if id is not None}
    names = {member.id: member.name for member in await work.find_all(Member, wanted)}
    missing = wanted - names.keys()
    if missing:
        unknown = MemberUnknown(f"There is no member {min(missing)} in this organisation.")
        raise unknown.at(field) if field else unknown
    return names


def whole_time(change: ShiftChange) -> tuple[datetime, datetime]:
    """From when until when a change says anything, what is given in return included."""
    back = change.return_stretch
    if back is None:
        return change.starts_at, change.ends_at
    return min(change.starts_at, back.starts_at), max(change.ends_at, back.ends_at)
