"""What the calendar is made of: rotations, holidays, and shifts imported from a calendar file."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.commands import ChangeHolidays, ImportShifts
from haveri_contracts.directory.models import Facility
from haveri_contracts.directory.schedules import HolidayCalendar
from haveri_contracts.message import Command
from haveri_contracts.plain import Refusal
from haveri_contracts.refusals import TeamUnknown
from haveri_web.bus.queries import known_facility, valid
from haveri_web.domain.access import TO_MANAGE
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.rendering.fields import id_in
from haveri_web.rendering.pages import ManagersForm, Page, PageDep
from haveri_web.shifts.queries import holidays_of, rotations_of

router = APIRouter(include_in_schema=False)
_DONE = ("holidays", "imported", "saved", "removed", "later")
_LARGEST_DOCUMENT = 900_000


@router.get("/shifts/plan")
async def plan(page: PageDep, facility: Annotated[UUID | None, Query()] = None, done: str = "") -> Response:
    """A facility's rotations and holidays, for those who plan."""
    page.caller.must(TO_MANAGE)
    return await _show(page, page.facility(facility), done=done if done in _DONE else "")


@router.post("/shifts/holidays")
async def change_holidays(page: ManagersForm) -> Response:
    """Save the holidays, all of them."""
    facility = known_facility(page.directory, id_in(page.fields, "facility_id"))
    text = str(page.fields.get("holidays", ""))
    try:
        return await _sent(page, facility, ChangeHolidays(calendar=_calendar(facility, text)), "holidays")
    except Refusal as refusal:
        return await _show(page, facility, refusal=refusal, holidays=text)


@router.post("/shifts/import")
async def import_shifts(page: ManagersForm) -> Response:
    """Import a team's shifts; what does not fit is reported event by event."""
    team = page.directory.teams.get(id_in(page.fields, "team_id"))
    if team is None:
        raise TeamUnknown("Choose one of the teams in the list.")
    facility = known_facility(page.directory, team.facility_id)
    try:
        document = await _document(page.fields.get("document"))
        command = valid(ImportShifts, {"team_id": team.id, "document": document})
        return await _sent(page, facility, command, "imported")
    except Refusal as refusal:
        return await _show(page, facility, refusal=refusal, imported=team.name)


async def _show(
    page: Page,
    facility: Facility | None,
    *,
    done: str = "",
    refusal: Refusal | None = None,
    holidays: str | None = None,
    imported: str = "",
) -> Response:
    queries, caller, teams = page.web.queries, page.caller, page.directory.teams.values()
    if holidays is None:
        holidays = _text((await holidays_of(queries, caller)).get(facility.id)) if facility else ""
    return page.render(
        "shifts/plan.html",
        here="shifts",
        refusal=refusal,
        done=done,
        imported=imported,
        facility=facility,
        rotations=await rotations_of(queries, caller, facility.id) if facility else [],
        holidays=holidays,
        team_names={team.id: team.name for team in teams},
        teams=[team for team in teams if facility and team.facility_id == facility.id],
    )


async def _sent(page: Page, facility: Facility, command: Command, done: str) -> Response:
    done = "later" if await page.send(command) is None else done
    return RedirectResponse(f"/shifts/plan?facility={facility.id}&done={done}", 303)


async def _document(upload: object) -> str:
    if not isinstance(upload, UploadFile):
        raise InvalidRequest.field("document", "choose an .ics file")
    body = await upload.read(_LARGEST_DOCUMENT + 1)
    if not body or len(body) > _LARGEST_DOCUMENT:
        raise InvalidRequest.field("document", f"is empty or larger than {_LARGEST_DOCUMENT} bytes")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRequest.field("document", "is not UTF-8 text; save the calendar as UTF-8") from None


def _calendar(facility: Facility, text: str) -> HolidayCalendar:
    """The holidays of the form, one a line. Raises InvalidRequest that names each line that is none."""
    holidays, errors = [], []
    for number, line in enumerate(text.splitlines(), 1):
        day, _, name = line.strip().partition(" ")
        if not day:
            continue
        try:
            holidays.append({"date": date.fromisoformat(day), "name": name.strip()})
            if not name.strip():
                raise ValueError
        except ValueError:
            errors.append({"field": f"line {number}", "problem": "write a date and a name: 2026-12-24 Christmas Eve"})
    if errors:
        raise InvalidRequest(errors)
    return valid(HolidayCalendar, {"facility_id": facility.id, "holidays": holidays})


def _text(calendar: HolidayCalendar | None) -> str:
    ordered = sorted(calendar.holidays, key=lambda holiday: holiday.date) if calendar else []
    return "\n".join(f"{holiday.date} {holiday.name}" for holiday in ordered)
