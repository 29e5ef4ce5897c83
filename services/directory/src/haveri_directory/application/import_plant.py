"""Import a whole plant from one document: all of it, or nothing and every fault."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from haveri_chassis.ids import Ids
from haveri_contracts.directory.commands import ImportPlant
from haveri_contracts.directory.events import HolidaysChanged, RotationPut
from haveri_contracts.plain import Role
from haveri_directory.application.authorization import check_actor
from haveri_directory.application.importing.document import read_text
from haveri_directory.application.importing.entries import Document
from haveri_directory.application.importing.findings import Findings
from haveri_directory.application.importing.plan import plan_import
from haveri_directory.application.importing.report import Difference, difference
from haveri_directory.application.putting import event_of
from haveri_directory.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document that has been read, with the faults found so far."""

    document: Document
    findings: Findings


async def read_document(command: ImportPlant) -> ReadDocument:
    """Read the document, before the directory is opened and beside other work: a long one takes a second."""
    findings = Findings()
    document = await asyncio.to_thread(read_text, command.document, command.format, findings)
    return ReadDocument(document, findings)


async def import_plant(work: UnitOfWork, actor: str, read: ReadDocument, ids: Ids) -> dict[str, Any]:
    """For administrators. Names (for members e-mail addresses) are keys: what is known is changed, the rest added,
    nothing removed. Gives the report; raises ImportInvalid with every fault, or another Refusal.
    """
    await check_actor(work, actor, Role.ADMINISTRATOR)
    before = await work.snapshot()
    plan = await asyncio.to_thread(plan_import, read.document, before, ids, read.findings)
    read.findings.raise_if_any()
    found = difference(before, plan)
    await _write(work, found)
    return found.result()


async def _write(work: UnitOfWork, found: Difference) -> None:
    for things in found.things.values():
        await work.store(things)
    await work.change_memberships(found.ended, found.begun)
    await work.schedules.store_rotations(found.rotations)
    await work.schedules.store_calendars(found.calendars)
    for things in found.things.values():
        work.publish(*(event_of(thing) for thing in things))
    work.publish(*(RotationPut(rotation=rotation) for rotation in found.rotations))
    work.publish(*(HolidaysChanged(calendar=calendar) for calendar in found.calendars))
