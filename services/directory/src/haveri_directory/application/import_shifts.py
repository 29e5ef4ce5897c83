"""Import a team's shifts from an iCalendar document: all of it, or nothing and every bad event."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from haveri_contracts.directory.commands import ImportShifts
from haveri_contracts.directory.events import ShiftChangeCancelled, ShiftChangePut
from haveri_contracts.directory.models import Facility, Member
from haveri_contracts.directory.schedules import ShiftChange
from haveri_contracts.plain import Role
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.calendars.importing import ImportedShifts, check_beside, shifts_of
from haveri_directory.application.facility_plan import facility_of, plan_around
from haveri_directory.application.ports import Book
from haveri_directory.application.shift_checks import team_of
from haveri_directory.domain.refusals import ImportInvalid
from haveri_directory.domain.shift_refusals import CalendarOverlaps, TimeZoneUnknown
from haveri_shifts.calculation import duties

KEPT_AFTER = timedelta(days=31)
"""A series is read from a month ago on: what it said of the time before stays as it was."""

_NAMED_BY_FIELD: Mapping[str | None, type[ImportInvalid]] = {"TZID": TimeZoneUnknown, "overlaps": CalendarOverlaps}


async def import_shifts(book: Book, actor: str, command: ImportShifts) -> dict[str, Any]:
    """For managers. Events that were imported before (the same UID) are replaced, others stay. Raises a Refusal.

    Gives how many shifts were added, changed, removed and unchanged, and `notes` on what the document's owner should
    know.
    """
    await check_actor(book, actor, Role.MANAGER)
    team = await team_of(book, command.team_id)
    facility = await facility_of(book.schedules, team.facility_id)
    members = (await book.snapshot()).members
    try:
        found = await asyncio.to_thread(shifts_of, command.document, team, facility, members.values(), book.now)
        before = await _imported(book, team.id, found)
        await _check_beside(book, facility, found, before, members)
    except ImportInvalid as refusal:
        raise _named(refusal) from None
    report = await _write(book, found, before)
    return {"report": {"shifts": report}, "notes": list(found.notes)}


async def _imported(book: Book, team_id: UUID, found: ImportedShifts) -> dict[UUID, ShiftChange]:
    """What earlier documents said of the same events and the new one replaces."""
    imported = await book.schedules.imported(team_id, found.uids)
    again = {shift.change.id for shift in found.shifts}
    return {
        change.id: change
        for changes in imported.values()
        for change in changes
        if change.id in again or change.ends_at > book.now - KEPT_AFTER
    }


async def _check_beside(
    book: Book,
    facility: Facility,
    found: ImportedShifts,
    before: Mapping[UUID, ShiftChange],
    members: Mapping[UUID, Member],
) -> None:
    """Raise ImportInvalid where somebody would have two shifts at the same time."""
    if not found.shifts:
        return
    starts_at = min(shift.change.starts_at for shift in found.shifts)
    ends_at = max(shift.change.ends_at for shift in found.shifts)
    plan = await plan_around(book.schedules, facility, starts_at, ends_at, without=before.keys())
    others = await asyncio.to_thread(duties, plan, starts_at, ends_at)
    check_beside(found.shifts, others, {member.id: member.name for member in members.values()}, plan.zone)


async def _write(book: Book, found: ImportedShifts, before: Mapping[UUID, ShiftChange]) -> dict[str, int]:
    written = [shift for shift in found.shifts if before.get(shift.change.id) != shift.change]
    gone = sorted(before.keys() - {shift.change.id for shift in found.shifts})
    await book.schedules.discard_changes(gone)
    await book.schedules.store_changes([shift.change for shift in written], [shift.uid for shift in written])
    book.tell(*(ShiftChangeCancelled(change_id=id) for id in gone))
    book.tell(*(ShiftChangePut(change=shift.change) for shift in written))
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
