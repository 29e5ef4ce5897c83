"""The overview: what is open, how bad it is, what happened last."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from haveri_chassis.bus import QueryRefused
from haveri_contracts.escalation.queries import CountRunning, RunningCount
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import CountIncidents, IncidentCounts, ListIncidents
from haveri_contracts.plain import Severity, Status
from haveri_contracts.timeline.models import RecentEntry
from haveri_contracts.timeline.queries import ListRecentActivity, RecentActivity
from haveri_contracts.types import Page as BusPage
from haveri_directory_copy.directory import Directory
from haveri_texts import in_zone
from haveri_web.incidents.entries import Narrator
from haveri_web.incidents.views import incident_view
from haveri_web.rendering.pages import Page, PageDep
from haveri_web.texts import Translate

router = APIRouter(include_in_schema=False)
OPEN = [status for status in Status if status.is_open]
_MOST_SHOWN = 100
_ACTIVITY = 14


@dataclass(frozen=True, slots=True)
class ActivityView:
    """An entry of the feed and the incident it belongs to."""

    number: str
    zone: ZoneInfo
    type: str
    tone: str
    who: str
    label: str
    detail: str
    text: str
    occurred_at: datetime
    style: str


@router.get("/")
async def overview(page: PageDep) -> Response:
    """The front page."""
    incidents, numbers, recent, calling = await asyncio.gather(
        page.ask(ListIncidents(status=OPEN, page=BusPage(limit=_MOST_SHOWN))),
        page.ask(CountIncidents()),
        page.ask(ListRecentActivity(limit=_ACTIVITY)),
        page.ask_or_none(CountRunning()),
    )
    order = list(Severity)
    shown = sorted(incidents.items, key=lambda incident: (order.index(incident.severity), incident.declared_at))
    return page.render(
        "incidents/overview.html",
        here="overview",
        headline=_headline(numbers, page.t),
        counts=[*_counts(numbers), *_calling(calling)],
        count_links=_LINKS,
        incidents=[incident_view(incident, page.directory) for incident in shown],
        more=incidents.next_cursor is not None,
        activity=await _activity(page, recent, incidents.items),
    )


def _headline(numbers: IncidentCounts, t: Translate) -> str:
    count = sum(numbers.open_by_severity.values())
    return t("overview.headline.some", count=count) if count else t("overview.headline.none")


_LINKS = {
    **{severity.value: f"/incidents?status=OPEN&severity={severity.value}" for severity in Severity},
    "UNACKNOWLEDGED": "/incidents?status=OPEN",
    "ESCALATIONS": "/escalations",
    "MITIGATED": "/incidents?status=MITIGATED",
    "RESOLVED": "/incidents?status=RESOLVED",
}


def _counts(numbers: IncidentCounts) -> list[tuple[str, int, str]]:
    """What the strip shows: name, number, and the tone it has when it is not zero."""
    severities = [
        (severity.value, numbers.open_by_severity.get(severity.value, 0), severity.value.lower())
        for severity in Severity
    ]
    statuses = [(name, numbers.by_status.get(name, 0), "") for name in ("MITIGATED", "RESOLVED")]
    return [*severities, ("UNACKNOWLEDGED", numbers.unacknowledged, "attention"), *statuses]


def _calling(answer: RunningCount | None) -> list[tuple[str, int, str]]:
    """How many escalations run; nothing while their owner is away."""
    return [("ESCALATIONS", answer.running, "attention")] if answer else []


async def _activity(page: Page, recent: RecentActivity, known: list[Incident]) -> list[ActivityView]:
    incidents = {incident.id: incident for incident in known}
    missing = {entry.incident_id for entry in recent.items} - incidents.keys()
    found = await asyncio.gather(*(_incident(page, incident_id) for incident_id in missing))
    incidents.update({incident.id: incident for incident in found if incident})
    narrator, now = Narrator(page.directory, page.t), page.web.clock.now()
    return [
        _activity_view(narrator, entry, incidents[entry.incident_id], page.directory, now)
        for entry in recent.items
        if entry.incident_id in incidents
    ]


async def _incident(page: Page, incident_id: UUID) -> Incident | None:
    try:
        return await page.web.incidents.get(page.caller, str(incident_id))
    except QueryRefused:
        # The timeline may have received an incident before this reader's owner can answer for it.
        return None


def _activity_view(
    narrator: Narrator, recent: RecentEntry, incident: Incident, directory: Directory, now: datetime
) -> ActivityView:
    zone = directory.zone_of(incident.facility_id)
    entry = narrator.describe(recent, "", zone)
    today = in_zone(entry.occurred_at, zone).date() == now.astimezone(zone).date()
    return ActivityView(
        number=incident.number,
        zone=zone,
        type=entry.type,
        tone=entry.tone,
        who=entry.who,
        label=entry.label,
        detail=entry.file.name if entry.file else entry.detail,
        text=entry.text,
        occurred_at=entry.occurred_at,
        style="clock" if today else "day_clock",
    )
