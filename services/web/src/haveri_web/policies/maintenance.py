"""Maintenance windows: those that are open or announced, announcing one, ending one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.models import Facility
from haveri_contracts.escalation.commands import EndMaintenanceWindow, PutMaintenanceWindow
from haveri_contracts.escalation.models import MaintenanceWindow
from haveri_contracts.plain import Refusal
from haveri_contracts.types import actor_member_id
from haveri_web.bus.directory import Directory
from haveri_web.bus.queries import valid
from haveri_web.domain.access import TO_MANAGE
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.http.context import Web, WebDep
from haveri_web.policies.choices import choices, facility_shown, known_facility, managers_form
from haveri_web.policies.form_fields import many, one
from haveri_web.policies.queries import windows_of
from haveri_web.policies.simulation import wall_clock
from haveri_web.rendering.pages import render, translated
from haveri_web.rendering.problems_at import NOTHING_WRONG, ProblemsAt
from haveri_web.security.callers import Caller
from haveri_web.security.door import SignedIn

router = APIRouter(include_in_schema=False)
PAGE = "/escalation/maintenance"
_DONE = {"announced": "window.done.announced", "ended": "window.done.ended", "later": "escalation.later"}


@dataclass(frozen=True, slots=True)
class WindowView:
    """A window with names."""

    id: UUID
    places: list[str]
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    reason: str
    by: str
    is_open: bool


@dataclass(slots=True)
class WindowForm:
    """What stands in the form, as typed; times are the facility's wall clock."""

    area_ids: list[str] = field(default_factory=list)
    asset_ids: list[str] = field(default_factory=list)
    starts_at: str = ""
    ends_at: str = ""
    reason: str = ""

    @classmethod
    def read(cls, fields: FormData) -> WindowForm:
        """The form as it was sent."""
        return cls(
            many(fields, "area_ids"),
            many(fields, "asset_ids"),
            one(fields, "starts_at"),
            one(fields, "ends_at"),
            one(fields, "reason"),
        )

    def window(
        self, window_id: UUID, facility_id: UUID, zone: ZoneInfo, now: datetime, actor: str
    ) -> MaintenanceWindow:
        """The window that the form says. Raises InvalidRequest."""
        if not self.ends_at:
            raise InvalidRequest.field("ends_at", "window.end_missing")
        starts = wall_clock(self.starts_at, zone, "starts_at", "window.bad_time") if self.starts_at else now
        values = {
            "id": window_id,
            "facility_id": facility_id,
            "area_ids": self.area_ids,
            "asset_ids": self.asset_ids,
            "starts_at": starts,
            "ends_at": wall_clock(self.ends_at, zone, "ends_at", "window.bad_time"),
            "reason": self.reason,
            "created_by": actor,
        }
        return valid(MaintenanceWindow, values)


@router.get(PAGE)
async def show_windows(
    request: Request,
    web: WebDep,
    caller: SignedIn,
    facility: Annotated[UUID | None, Query()] = None,
    done: str = "",
) -> Response:
    """The windows of a facility that are open or to come."""
    directory = await web.directories.get(caller.organization)
    shown = facility_shown(directory, caller, facility)
    return await _page(request, web, caller, directory, shown, done=done)


@router.post(PAGE)
async def announce(request: Request, web: WebDep, caller: SignedIn, facility: Annotated[UUID, Query()]) -> Response:
    """Announce a window."""
    fields = await managers_form(request, web, caller)
    _, t = translated(caller)
    directory = await web.directories.get(caller.organization)
    shown, form = known_facility(directory, facility), WindowForm.read(fields)
    try:
        zone = directory.zone_of(facility)
        window = form.window(web.ids.new(), facility, zone, web.clock.now(), caller.actor)
        outcome = await web.sending.send(caller, PutMaintenanceWindow(window=window), web.ids.new())
    except Refusal as refusal:
        wrong = ProblemsAt.of(refusal, t)
        return await _page(request, web, caller, directory, shown, form=form, wrong=wrong)
    return _back(facility, "later" if outcome is None else "announced")


@router.post(f"{PAGE}/{{id}}/end")
async def end(
    request: Request, web: WebDep, caller: SignedIn, id: UUID, facility: Annotated[UUID, Query()]
) -> Response:
    """End a window now, or call it off."""
    await managers_form(request, web, caller)
    outcome = await web.sending.send(caller, EndMaintenanceWindow(window_id=id), web.ids.new())
    return _back(facility, "later" if outcome is None else "ended")


async def _page(
    request: Request,
    web: Web,
    caller: Caller,
    directory: Directory,
    shown: Facility | None,
    *,
    form: WindowForm | None = None,
    done: str = "",
    wrong: ProblemsAt = NOTHING_WRONG,
) -> Response:
    _, t = translated(caller)
    now = web.clock.now()
    windows = await windows_of(web.queries, caller, now, shown.id) if shown else []
    return render(
        request,
        web,
        "policies/maintenance.html",
        caller=caller,
        directory=directory,
        here="escalation",
        status=wrong.status,
        done=t(_DONE[done]) if done in _DONE else "",
        wrong=wrong,
        manager=caller.may(TO_MANAGE),
        facility=shown,
        facilities=list(directory.facilities.values()),
        windows=[_window(window, directory, now) for window in windows],
        form=form or WindowForm(),
        choices=choices(directory, t, shown.id, []) if shown else None,
    )


def _window(window: MaintenanceWindow, directory: Directory, now: datetime) -> WindowView:
    areas = [directory.areas[area_id].name for area_id in window.area_ids if area_id in directory.areas]
    assets = [directory.assets[asset_id].name for asset_id in window.asset_ids if asset_id in directory.assets]
    member_id = actor_member_id(window.created_by) if window.created_by else None
    member = directory.members.get(member_id) if member_id else None
    return WindowView(
        id=window.id,
        places=[*areas, *assets],
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        zone=directory.zone_of(window.facility_id),
        reason=window.reason,
        by=member.name if member else "",
        is_open=window.starts_at <= now,
    )


def _back(facility_id: UUID, done: str) -> RedirectResponse:
    return RedirectResponse(f"{PAGE}?facility={facility_id}&done={done}", 303)
