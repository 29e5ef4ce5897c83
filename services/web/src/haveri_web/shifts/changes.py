"""Changing shifts by form: give away, swap, accept, decline, stand in, be absent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.commands import AcceptShiftChange, CancelShiftChange, PutShiftChange
from haveri_contracts.directory.models import Facility
from haveri_contracts.directory.queries import GetSchedule
from haveri_contracts.directory.schedules import ChangeKind, ShiftChange
from haveri_contracts.outcomes import Outcome
from haveri_contracts.plain import Refusal
from haveri_contracts.refusals import MemberUnknown, TeamUnknown
from haveri_web.bus.queries import valid
from haveri_web.domain.access import TO_RESPOND
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.rendering.pages import Page, PageDep, RespondersForm
from haveri_web.shifts.queries import schedule_of
from haveri_web.shifts.words import from_key, my_shifts

router = APIRouter(include_in_schema=False)
Field = Annotated[str, Form(max_length=500)]
Note = Annotated[str, Form(max_length=8000)]
_AHEAD = timedelta(days=28)


@router.get("/shifts/swap")
async def swap_page(
    page: PageDep, mine: Annotated[str, Query(max_length=200)], to: Annotated[UUID, Query()]
) -> Response:
    """The second half of giving a shift away: what one gets in return, if anything."""
    page.caller.must(TO_RESPOND)
    return await _show_swap(page, mine, to)


@router.post("/shifts/swap")
async def swap(
    page: RespondersForm, to: Annotated[UUID, Form()], mine: Field = "", back: Field = "", note: Note = ""
) -> Response:
    """Propose it; the other one has to accept."""
    team_id, start, end = from_key(mine, "mine")
    stretch = from_key(back, "back")[1:] if back else None
    values = {
        "kind": ChangeKind.SWAP,
        "team_id": team_id,
        "member_id": page.caller.member.id,
        "substitute_id": to,
        "starts_at": start,
        "ends_at": end,
        "return_stretch": {"starts_at": stretch[0], "ends_at": stretch[1]} if stretch else None,
        "note": note,
        "accepted": False,
        "proposed_by": page.caller.member.id,
    }
    try:
        outcome = await _put(page, values)
    except Refusal as refusal:
        return await _show_swap(page, mine, to, refusal)
    return _done(_facility(page, team_id), start, _what(outcome))


@router.post("/shifts/changes")
async def change(
    page: RespondersForm,
    team_id: Annotated[UUID, Form()],
    kind: Annotated[ChangeKind, Form()],
    member_id: Field = "",
    substitute_id: Field = "",
    starts: Field = "",
    ends: Field = "",
    shift: Field = "",
    note: Note = "",
) -> Response:
    """Say that somebody stands in, is absent or works in addition."""
    facility = _facility(page, team_id)
    zone = page.directory.zone_of(facility.id)
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
        "proposed_by": page.caller.member.id,
    }
    return _done(facility, start, _what(await _put(page, values)))


@router.post("/shifts/changes/{id}/accept")
async def accept(page: RespondersForm, id: UUID) -> Response:
    """Say yes to a proposal."""
    return _back("accepted" if await page.send(AcceptShiftChange(change_id=id)) else "later")


@router.post("/shifts/changes/{id}/cancel")
async def cancel(page: RespondersForm, id: UUID) -> Response:
    """Say no to a proposal, or take a change back."""
    return _back("cancelled" if await page.send(CancelShiftChange(change_id=id)) else "later")


async def _show_swap(page: Page, mine: str, to: UUID, refusal: Refusal | None = None) -> Response:
    directory = page.directory
    if to not in directory.members:
        raise MemberUnknown(f"There is no member {to} in your organisation.")
    team_id, start, end = from_key(mine, "mine")
    facility, now = _facility(page, team_id), page.web.clock.now()
    zone = directory.zone_of(facility.id)
    # What can be had in return: the other one's shifts in the same team.
    wanted = GetSchedule(facility_id=facility.id, team_id=team_id, member_id=to, starts_at=now, ends_at=now + _AHEAD)
    return page.render(
        "shifts/swap.html",
        here="shifts",
        refusal=refusal,
        zone=zone,
        mine=mine,
        team=directory.teams[team_id].name,
        starts_at=start,
        ends_at=end,
        other=directory.members[to],
        theirs=my_shifts(await schedule_of(page.web.queries, page.caller, wanted), directory, zone),
        back_url=f"/shifts?facility={facility.id}",
    )


async def _put(page: Page, values: dict[str, object]) -> Outcome | None:
    return await page.send(PutShiftChange(change=valid(ShiftChange, {**values, "id": page.web.ids.new()})))


def _what(outcome: Outcome | None) -> str:
    if outcome is None:
        return "later"
    kept = (outcome.result or {}).get("change") or {}
    return "changed" if kept.get("accepted", True) else "proposed"


def _facility(page: Page, team_id: UUID) -> Facility:
    team = page.directory.teams.get(team_id)
    facility = page.directory.facilities.get(team.facility_id) if team else None
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
