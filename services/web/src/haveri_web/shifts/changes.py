"""Changing shifts by form: give away, swap, accept, decline, stand in, be absent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.commands import AcceptShiftChange, CancelShiftChange, PutShiftChange
from haveri_contracts.directory.models import Facility
from haveri_contracts.directory.queries import GetSchedule
from haveri_contracts.directory.schedules import ChangeKind, ScheduledShift, ShiftChange
from haveri_contracts.outcomes import Outcome
from haveri_contracts.plain import Refusal
from haveri_contracts.refusals import MemberUnknown, TeamUnknown
from haveri_web.bus.directory import Directory
from haveri_web.bus.queries import valid
from haveri_web.domain.access import TO_RESPOND
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.http.context import Web, WebDep
from haveri_web.http.problems import problem_of, status_of
from haveri_web.rendering.pages import render
from haveri_web.security.callers import Caller
from haveri_web.security.door import SignedIn, check_session_form
from haveri_web.shifts.queries import schedule_of
from haveri_web.shifts.words import from_key, my_shifts

router = APIRouter(include_in_schema=False)
Field = Annotated[str, Form(max_length=500)]
_AHEAD = timedelta(days=28)


@router.get("/shifts/swap")
async def swap_page(
    request: Request,
    web: WebDep,
    caller: SignedIn,
    mine: Annotated[str, Query(max_length=200)],
    to: Annotated[UUID, Query()],
) -> Response:
    """The second half of giving a shift away: what one gets in return, if anything."""
    return await _swap_page(request, web, caller, mine, to)


@router.post("/shifts/swap")
async def swap(
    request: Request,
    web: WebDep,
    caller: SignedIn,
    to: Annotated[UUID, Form()],
    mine: Field = "",
    back: Field = "",
    note: Annotated[str, Form(max_length=8000)] = "",
    form_token: Field = "",
) -> Response:
    """Propose it; the other one has to accept."""
    check_session_form(request, web, form_token)
    caller.must(TO_RESPOND)
    team_id, start, end = from_key(mine, "mine")
    stretch = from_key(back, "back")[1:] if back else None
    values = {
        "kind": ChangeKind.SWAP,
        "team_id": team_id,
        "member_id": caller.member.id,
        "substitute_id": to,
        "starts_at": start,
        "ends_at": end,
        "return_stretch": {"starts_at": stretch[0], "ends_at": stretch[1]} if stretch else None,
        "note": note,
        "accepted": False,
        "proposed_by": caller.member.id,
    }
    try:
        outcome = await _put(web, caller, values)
    except Refusal as refusal:
        return await _swap_page(request, web, caller, mine, to, refusal)
    return _done(await _facility(web, caller, team_id), start, _what(outcome))


@router.post("/shifts/changes")
async def change(
    request: Request,
    web: WebDep,
    caller: SignedIn,
    team_id: Annotated[UUID, Form()],
    kind: Annotated[ChangeKind, Form()],
    member_id: Field = "",
    substitute_id: Field = "",
    starts: Field = "",
    ends: Field = "",
    shift: Field = "",
    note: Annotated[str, Form(max_length=8000)] = "",
    form_token: Field = "",
) -> Response:
    """Say that somebody stands in, is absent or works in addition."""
    check_session_form(request, web, form_token)
    caller.must(TO_RESPOND)
    facility = await _facility(web, caller, team_id)
    zone = (await web.directories.get(caller.organization)).zone_of(facility.id)
    start, end = _moment(starts, zone, "starts"), _moment(ends, zone, "ends")
    values = {
        "kind": kind,
        "team_id": team_id,
        "member_id": member_id or None,
        "substitute_id": substitute_id or None,
        "starts_at": start,
        "ends_at": end,
        "shift": shift or None,
        "note": note,
        "proposed_by": caller.member.id,
    }
    return _done(facility, start, _what(await _put(web, caller, values)))


@router.post("/shifts/changes/{id}/accept")
async def accept(request: Request, web: WebDep, caller: SignedIn, id: UUID, form_token: Field = "") -> Response:
    """Say yes to a proposal."""
    check_session_form(request, web, form_token)
    caller.must(TO_RESPOND)
    outcome = await web.sending.send(caller, AcceptShiftChange(change_id=id), web.ids.new())
    return _back("accepted" if outcome else "later")


@router.post("/shifts/changes/{id}/cancel")
async def cancel(request: Request, web: WebDep, caller: SignedIn, id: UUID, form_token: Field = "") -> Response:
    """Say no to a proposal, or take a change back."""
    check_session_form(request, web, form_token)
    caller.must(TO_RESPOND)
    outcome = await web.sending.send(caller, CancelShiftChange(change_id=id), web.ids.new())
    return _back("cancelled" if outcome else "later")


async def _swap_page(
    request: Request, web: Web, caller: Caller, mine: str, to: UUID, refusal: Refusal | None = None
) -> Response:
    caller.must(TO_RESPOND)
    directory = await web.directories.get(caller.organization)
    if to not in directory.members:
        raise MemberUnknown(f"There is no member {to} in your organisation.")
    team_id, start, end = from_key(mine, "mine")
    facility = await _facility(web, caller, team_id)
    zone = directory.zone_of(facility.id)
    problem = problem_of(refusal) if refusal else None
    return render(
        request,
        web,
        "shifts/swap.html",
        caller=caller,
        directory=directory,
        here="shifts",
        status=status_of(problem.type, problem.errors) if problem else 200,
        problem=problem,
        zone=zone,
        mine=mine,
        team=directory.teams[team_id].name,
        starts_at=start,
        ends_at=end,
        other=directory.members[to],
        theirs=my_shifts(await _shifts_of(web, caller, facility, to, team_id), directory, zone),
        back_url=f"/shifts?facility={facility.id}",
    )


async def _shifts_of(
    web: Web, caller: Caller, facility: Facility, member_id: UUID, team_id: UUID
) -> list[ScheduledShift]:
    """What can be had in return: the other one's shifts in the same team."""
    now = web.clock.now()
    wanted = GetSchedule(
        facility_id=facility.id, team_id=team_id, member_id=member_id, starts_at=now, ends_at=now + _AHEAD
    )
    return await schedule_of(web.queries, caller, wanted)


async def _put(web: Web, caller: Caller, values: dict[str, object]) -> Outcome | None:
    wanted = valid(ShiftChange, {**values, "id": web.ids.new()})
    return await web.sending.send(caller, PutShiftChange(change=wanted), web.ids.new())


def _what(outcome: Outcome | None) -> str:
    if outcome is None:
        return "later"
    kept = (outcome.result or {}).get("change") or {}
    return "changed" if kept.get("accepted", True) else "proposed"


async def _facility(web: Web, caller: Caller, team_id: UUID) -> Facility:
    directory: Directory = await web.directories.get(caller.organization)
    team = directory.teams.get(team_id)
    facility = directory.facilities.get(team.facility_id) if team else None
    if facility is None:
        raise TeamUnknown(f"There is no team {team_id} in your organisation.")
    return facility


def _moment(text: str, zone: ZoneInfo, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidRequest.field(field, "say a date and a time, for instance 2026-12-24 14:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _done(facility: Facility, at: datetime, what: str) -> RedirectResponse:
    return RedirectResponse(
        f"/shifts?facility={facility.id}&day={at.astimezone(ZoneInfo(facility.timezone)).date().isoformat()}&done={what}",
        303,
    )


def _back(what: str) -> RedirectResponse:
    return RedirectResponse(f"/shifts?done={what}", 303)
