"""What the calendar is made of: rotations, holidays, and shifts imported from a calendar file."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.commands import ChangeHolidays, ImportShifts
from haveri_contracts.directory.models import Facility
from haveri_contracts.directory.schedules import HolidayCalendar
from haveri_contracts.message import Command
from haveri_contracts.plain import Refusal
from haveri_contracts.refusals import TeamUnknown
from haveri_web.bus.queries import valid
from haveri_web.domain.access import TO_MANAGE
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.http.context import Web, WebDep
from haveri_web.http.problems import problem_of, status_of
from haveri_web.policies.choices import facility_shown, known_facility, managers_form
from haveri_web.rendering.pages import render
from haveri_web.security.callers import Caller
from haveri_web.security.door import SignedIn
from haveri_web.shifts.queries import holidays_of, rotations_of

router = APIRouter(include_in_schema=False)
_DONE = ("holidays", "imported", "saved", "removed", "later")
_LARGEST_DOCUMENT = 900_000


@router.get("/shifts/plan")
async def plan(
    request: Request,
    web: WebDep,
    caller: SignedIn,
    facility: Annotated[UUID | None, Query()] = None,
    done: str = "",
) -> Response:
    """A facility's rotations and holidays, for those who plan."""
    caller.must(TO_MANAGE)
    shown = facility_shown(await web.directories.get(caller.organization), caller, facility)
    return await _page(request, web, caller, shown, done=done if done in _DONE else "")


@router.post("/shifts/holidays")
async def change_holidays(request: Request, web: WebDep, caller: SignedIn) -> Response:
    """Save the holidays, all of them."""
    fields = await managers_form(request, web, caller)
    facility = known_facility(
        await web.directories.get(caller.organization), _id(str(fields.get("facility_id", "")), "facility_id")
    )
    text = str(fields.get("holidays", ""))
    try:
        calendar = _calendar(facility, text)
        return await _sent(web, caller, facility, ChangeHolidays(calendar=calendar), "holidays")
    except Refusal as refusal:
        return await _page(request, web, caller, facility, refusal=refusal, holidays=text)


@router.post("/shifts/import")
async def import_shifts(request: Request, web: WebDep, caller: SignedIn) -> Response:
    """Import a team's shifts; what does not fit is reported event by event."""
    fields = await managers_form(request, web, caller)
    directory = await web.directories.get(caller.organization)
    team = directory.teams.get(_id(str(fields.get("team_id", "")), "team_id"))
    if team is None:
        raise TeamUnknown("Choose one of the teams in the list.")
    facility = known_facility(directory, team.facility_id)
    try:
        document = await _document(fields.get("document"))
        command = valid(ImportShifts, {"team_id": team.id, "document": document})
        return await _sent(web, caller, facility, command, "imported")
    except Refusal as refusal:
        return await _page(request, web, caller, facility, refusal=refusal, imported=team.name)


async def _page(
    request: Request,
    web: Web,
    caller: Caller,
    facility: Facility | None,
    *,
    done: str = "",
    refusal: Refusal | None = None,
    holidays: str | None = None,
    imported: str = "",
) -> Response:
    directory = await web.directories.get(caller.organization)
    problem = problem_of(refusal) if refusal else None
    if holidays is None:
        holidays = _text((await holidays_of(web.queries, caller)).get(facility.id)) if facility else ""
    return render(
        request,
        web,
        "shifts/plan.html",
        caller=caller,
        directory=directory,
        here="shifts",
        status=status_of(problem.type, problem.errors) if problem else 200,
        done=done,
        problem=problem,
        imported=imported,
        facility=facility,
        facilities=list(directory.facilities.values()),
        rotations=await rotations_of(web.queries, caller, facility.id) if facility else [],
        holidays=holidays,
        team_names={team.id: team.name for team in directory.teams.values()},
        teams=[team for team in directory.teams.values() if facility and team.facility_id == facility.id],
    )


async def _sent(web: Web, caller: Caller, facility: Facility, command: Command, done: str) -> Response:
    outcome = await web.sending.send(caller, command, web.ids.new())
    told = "later" if outcome is None else done
    return RedirectResponse(f"/shifts/plan?facility={facility.id}&done={told}", 303)


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


def _id(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidRequest.field(field, "is not an id of ours") from None
