"""Maintenance windows: those that are open or announced, announcing one, ending one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.models import Facility
from haveri_contracts.escalation.commands import EndMaintenanceWindow, PutMaintenanceWindow
from haveri_contracts.escalation.models import MaintenanceWindow
from haveri_contracts.plain import Refusal
from haveri_contracts.types import actor_member_id
from haveri_directory_copy.directory import Directory
from haveri_web.bus.queries import known_facility, valid
from haveri_web.domain.access import TO_MANAGE
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.policies.choices import choices
from haveri_web.policies.queries import windows_of
from haveri_web.policies.simulation import wall_clock
from haveri_web.rendering.fields import many, one
from haveri_web.rendering.pages import ManagersForm, Page, PageDep
from haveri_web.rendering.problems_at import NOTHING_WRONG, ProblemsAt

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
            **asdict(self),
            "id": window_id,
            "facility_id": facility_id,
            "starts_at": starts,
            "ends_at": wall_clock(self.ends_at, zone, "ends_at", "window.bad_time"),
            "created_by": actor,
        }
        return valid(MaintenanceWindow, values)


@router.get(PAGE)
async def show_windows(page: PageDep, facility: Annotated[UUID | None, Query()] = None, done: str = "") -> Response:
    """The windows of a facility that are open or to come."""
    return await _show(page, page.facility(facility), WindowForm(), done=done)


@router.post(PAGE)
async def announce(page: ManagersForm, facility: Annotated[UUID, Query()]) -> Response:
    """Announce a window."""
    shown, form = known_facility(page.directory, facility), WindowForm.read(page.fields)
    web, zone = page.web, page.directory.zone_of(facility)
    try:
        window = form.window(web.ids.new(), facility, zone, web.clock.now(), page.caller.actor)
        outcome = await page.send(PutMaintenanceWindow(window=window))
    except Refusal as refusal:
        return await _show(page, shown, form, wrong=ProblemsAt.of(refusal, page.t))
    return _back(facility, "later" if outcome is None else "announced")


@router.post(f"{PAGE}/{{id}}/end")
async def end(page: ManagersForm, id: UUID, facility: Annotated[UUID, Query()]) -> Response:
    """End a window now, or call it off."""
    outcome = await page.send(EndMaintenanceWindow(window_id=id))
    return _back(facility, "later" if outcome is None else "ended")


async def _show(
    page: Page, shown: Facility | None, form: WindowForm, *, done: str = "", wrong: ProblemsAt = NOTHING_WRONG
) -> Response:
    now = page.web.clock.now()
    windows = await windows_of(page.web.queries, page.caller, now, shown.id) if shown else []
    return page.render(
        "policies/maintenance.html",
        here="escalation",
        status=wrong.status,
        done=page.t(_DONE[done]) if done in _DONE else "",
        wrong=wrong,
        manager=page.caller.may(TO_MANAGE),
        facility=shown,
        windows=[_window(window, page.directory, now) for window in windows],
        form=form,
        choices=choices(page.directory, page.t, shown.id, []) if shown else None,
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
