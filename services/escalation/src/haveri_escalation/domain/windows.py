"""Maintenance windows: when nobody is called for some areas and assets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from haveri_contracts.escalation.models import MaintenanceWindow
from haveri_contracts.refusals import AssetElsewhere, AssetUnknown
from haveri_escalation.domain import refusals
from haveri_escalation.domain.people import Roster
from haveri_escalation.domain.policy_rules import require_facility
from haveri_shifts.calculation import LAST

LONGEST = timedelta(days=31)


def silencing(
    windows: Iterable[MaintenanceWindow],
    facility_id: UUID,
    area_ids: frozenset[UUID],
    asset_ids: frozenset[UUID],
    at: datetime,
) -> MaintenanceWindow | None:
    """The window under way at `at` (aware) that holds what concerns these places; of several the last to end.

    `area_ids` are the incident's area and those of its assets: work on an area silences the assets in it, too.
    """
    under_way = [
        window
        for window in windows
        if window.facility_id == facility_id
        and window.starts_at <= at < window.ends_at
        and not (area_ids.isdisjoint(window.area_ids) and asset_ids.isdisjoint(window.asset_ids))
    ]
    return max(under_way, key=lambda window: (window.ends_at, str(window.id)), default=None)


def after_silence(windows: Iterable[MaintenanceWindow], begin: datetime, wait: timedelta) -> datetime:
    """When something is due that waits `wait` from `begin`, not counting the time in these windows."""
    at = begin
    for window in sorted(windows, key=lambda window: (window.starts_at, window.ends_at)):
        if window.ends_at <= at or window.ends_at <= window.starts_at:
            continue
        until_it_starts = max(window.starts_at - at, timedelta())
        if until_it_starts > wait:
            break
        at, wait = window.ends_at, wait - until_it_starts
    return at + wait


def check_window(window: MaintenanceWindow, roster: Roster, now: datetime) -> None:
    """Raise a Refusal unless the window ends in time, in the future, and is for places of its facility."""
    require_facility(roster, window.facility_id)
    if window.ends_at <= window.starts_at:
        raise refusals.WindowEndsBeforeItStarts("Let the window end after it starts.").at("ends_at")
    if window.ends_at <= now:
        raise refusals.WindowIsOver("The window ends in the past; let it end in the future.").at("ends_at")
    if window.ends_at - window.starts_at > LONGEST:
        words = "Nobody would be called for more than 31 days; announce a shorter window."
        raise refusals.WindowTooLong(words).at("ends_at")
    if window.ends_at > LAST:
        raise refusals.WindowTooLong(f"Let the window end before the year {LAST.year}.").at("ends_at")
    if not window.area_ids and not window.asset_ids:
        raise refusals.WindowWithoutPlace("Name at least one area or asset that the work is on.").at("area_ids")
    for area_id in sorted(window.area_ids, key=str):
        refusals.require_area(roster, area_id, window.facility_id, "area_ids")
    for asset_id in sorted(window.asset_ids, key=str):
        area_of_it = roster.area_of_asset.get(asset_id)
        if area_of_it is None:
            raise AssetUnknown(f"There is no asset {asset_id} in this organisation.").at("asset_ids")
        if roster.facility_of_area.get(area_of_it) != window.facility_id:
            raise AssetElsewhere("Name assets of the window's facility.").at("asset_ids")
