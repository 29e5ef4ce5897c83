"""Import a team's shifts from an iCalendar document: all of it, or nothing and every bad event."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from haveri_contracts.directory.commands import ImportShifts
from haveri_contracts.directory.events import ShiftChangeCancelled, ShiftChangePut
from haveri_contracts.directory.models import Facility, Member
from haveri_contracts.directory.schedules import ShiftChange
from haveri_contracts.plain import Refusal, Role
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.calendars.importing import (
    ImportedShift,
    ImportedShifts,
    check_beside,
    shifts_of,
)
from haveri_directory.application.calendars.recurrence import BACK
from haveri_directory.application.facility_plan import facility_of, plan_around
from haveri_directory.application.importing.findings import Findings, Place
from haveri_directory.application.shift_checks import team_of
from haveri_directory.domain.refusals import ImportInvalid
from haveri_directory.domain.shift_changes import check_form
from haveri_directory.domain.shift_refusals import CalendarOverlaps, TimeZoneUnknown
from haveri_directory.store.unit_of_work import UnitOfWork
from haveri_shifts.calculation import duties
from haveri_shifts.plan import Duty, Plan
from haveri_shifts.published import change_of

_NAMED_BY_FIELD: Mapping[str | None, type[ImportInvalid]] = {"TZID": TimeZoneUnknown, "overlaps": CalendarOverlaps}


async def import_shifts(work: UnitOfWork, actor: str, command: ImportShifts) -> dict[str, Any]:
    """For managers. Events that were imported before (the same UID) are replaced, others stay. Raises a Refusal.

    Gives how many shifts were added, changed, removed and unchanged, and `notes` on what the document's owner should
    know.
    """
    await check_actor(work, actor, Role.MANAGER)
    team = await team_of(work, command.team_id)
    facility = await facility_of(work.schedules, team.facility_id)
    members = (await work.snapshot()).members
    try:
        found = await asyncio.to_thread(shifts_of, command.document, team, facility, members.values(), work.now)
        before = await _imported(work, team.id, found)
        await _check_beside(work, facility, found, before, members)
    except ImportInvalid as refusal:
        raise _named(refusal) from None
    report = await _write(work, found, before)
    return {"report": {"shifts": report}, "notes": list(found.notes)}


async def _imported(work: UnitOfWork, team_id: UUID, found: ImportedShifts) -> dict[UUID, ShiftChange]:
    """What earlier documents said of the same events and the new one replaces.

    A series is read from a month ago on: what it said of the time before stays as it was.
    """
    imported = await work.schedules.imported(team_id, found.uids)
    again = {shift.change.id for shift in found.shifts}
    return {
        change.id: change
        for changes in imported.values()
        for change in changes
        if change.id in again or change.ends_at > work.now - BACK
    }


async def _check_beside(
    work: UnitOfWork,
    facility: Facility,
    found: ImportedShifts,
    before: Mapping[UUID, ShiftChange],
    members: Mapping[UUID, Member],
) -> None:
    """Raise ImportInvalid where a shift cannot be, or somebody would have two at the same time."""
    _check_forms(found.shifts)
    if not found.shifts:
        return
    starts_at = min(shift.change.starts_at for shift in found.shifts)
    ends_at = max(shift.change.ends_at for shift in found.shifts)
    plan = await plan_around(work.schedules, facility, starts_at, ends_at, without=before.keys())
    others = await asyncio.to_thread(_duties_beside, plan, found.shifts)
    check_beside(found.shifts, others, {member.id: member.name for member in members.values()}, plan.zone)


def _check_forms(shifts: Iterable[ImportedShift]) -> None:
    findings = Findings()
    for shift in shifts:
        try:
            check_form(change_of(shift.change))
        except Refusal as refusal:
            findings.add(Place(shift.line), f"{refusal.title} {refusal.detail}")
    findings.raise_if_any()


def _duties_beside(plan: Plan, shifts: Iterable[ImportedShift]) -> list[Duty]:
    """The duties of the document's members around its shifts: they may be years apart, so not all in between."""
    members = {shift.change.member_id for shift in shifts}
    return [
        duty
        for starts_at, ends_at in _stretches(shifts)
        for duty in duties(plan, starts_at, ends_at)
        if duty.member_id in members
    ]


def _stretches(shifts: Iterable[ImportedShift]) -> Iterator[tuple[datetime, datetime]]:
    """The times that the shifts cover, those that meet or overlap as one."""
    times = sorted((shift.change.starts_at, shift.change.ends_at) for shift in shifts)
    first, last = times[0]
    for starts_at, ends_at in times:
        if starts_at > last:
            yield first, last
            first = starts_at
        last = max(last, ends_at)
    yield first, last


async def _write(work: UnitOfWork, found: ImportedShifts, before: Mapping[UUID, ShiftChange]) -> dict[str, int]:
    written = [shift for shift in found.shifts if before.get(shift.change.id) != shift.change]
    gone = sorted(before.keys() - {shift.change.id for shift in found.shifts})
    await work.schedules.discard_changes(gone)
    await work.schedules.store_changes([shift.change for shift in written], [shift.uid for shift in written])
    work.publish(*(ShiftChangeCancelled(change_id=id) for id in gone))
    work.publish(*(ShiftChangePut(change=shift.change) for shift in written))
    changed = sum(shift.change.id in before for shift in written)
    return {
        "added": len(written) - changed,
        "changed": changed,
        "removed": len(gone),
        "unchanged": len(found.shifts) - len(written),
    }


def _named(refusal: ImportInvalid) -> ImportInvalid:
    """The same faults under their own name, where they are all of one kind that has one."""
    kinds = {error.get("field") for error in refusal.errors}
    kind = _NAMED_BY_FIELD.get(kinds.pop(), ImportInvalid) if len(kinds) == 1 else ImportInvalid
    return kind(refusal.detail, refusal.errors)
