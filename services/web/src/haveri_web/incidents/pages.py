"""The list of incidents, and one of them with its whole timeline, now or as it was known at any earlier moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from haveri_chassis.bus import QueryRefused
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import IncidentList, ListIncidents
from haveri_contracts.plain import EntryType, Severity, Status
from haveri_contracts.timeline.models import TimelineEntry
from haveri_contracts.timeline.queries import ChainReport, ListTimeline, TimelinePage, VerifyTimeline
from haveri_contracts.types import Page as BusPage
from haveri_texts import in_zone
from haveri_web.http.requests import AsOf, IncidentName
from haveri_web.incidents.entries import EntryView, Narrator
from haveri_web.incidents.escalation import escalation_part
from haveri_web.incidents.views import IncidentView, incident_view
from haveri_web.rendering import moments
from haveri_web.rendering.pages import Page, PageDep

router = APIRouter(include_in_schema=False)
_ROWS = 50
_ENTRIES = 1000
_OPEN = "OPEN"
Text = Annotated[str, Query(max_length=500)]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the filters say. Something unknown in an old link counts as not chosen."""

    q: str = ""
    status: str = ""
    severity: str = ""
    facility_id: str = ""
    cursor: str = ""

    def url(self) -> str:
        """The list's address with these filters."""
        return f"/incidents?{urlencode({name: value for name, value in asdict(self).items() if value})}"

    def query(self) -> ListIncidents:
        """What to ask."""
        return ListIncidents(
            status=_statuses(self.status),
            severity=[Severity(self.severity)] if self.severity in tuple(Severity) else [],
            facility_id=_uuid(self.facility_id),
            q=self.q[:200],
            page=BusPage(cursor=self.cursor or None, limit=_ROWS),
        )


@router.get("/incidents")
async def incidents(
    page: PageDep, q: Text = "", status: Text = "", severity: Text = "", facility_id: Text = "", cursor: Text = ""
) -> Response:
    """The list."""
    chosen = Chosen(q, status, severity, facility_id, cursor)
    found: IncidentList = await page.ask(chosen.query())
    return page.render(
        "incidents/incidents.html",
        here="incidents",
        chosen=chosen,
        statuses=[value.value for value in Status],
        severities=[value.value for value in Severity],
        incidents=[incident_view(incident, page.directory) for incident in found.items],
        first_url=replace(chosen, cursor="").url(),
        next_url=replace(chosen, cursor=found.next_cursor).url() if found.next_cursor else "",
    )


def _statuses(chosen: str) -> list[Status]:
    if chosen == _OPEN:
        return [status for status in Status if status.is_open]
    return [Status(chosen)] if chosen in tuple(Status) else []


def _uuid(chosen: str) -> UUID | None:
    try:
        return UUID(chosen) if chosen else None
    except ValueError:
        return None


@router.get("/incidents/{id}")
async def incident_page(
    page: PageDep,
    name: IncidentName,
    as_of: AsOf = None,
    at: Annotated[str, Query(max_length=40)] = "",
    types: Annotated[list[str], Query(alias="type", max_length=40)] = [],  # noqa: B006
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    called: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The page of one incident."""
    incident = await _known(page, name, as_of)
    directory = page.directory
    zone = directory.zone_of(incident.facility_id)
    if moment := moments.from_input(at, zone):
        return RedirectResponse(_url(incident, as_of=_not_before(moment, incident), types=types), 303)
    timeline, chain, escalation = await asyncio.gather(
        _timeline(page, incident, as_of, cursor),
        _verified(page, incident),
        escalation_part(page, incident, past=as_of is not None),
    )
    entries = Narrator(directory, page.t).describe_all(timeline.items, incident.number, zone)
    wanted = {kind for kind in types if kind in tuple(EntryType)}
    earlier, later = await _neighbours(page, incident, as_of) if as_of else (None, None)
    return page.render(
        "incidents/incident.html",
        here="incidents",
        incident=incident_view(incident, directory),
        zone=zone,
        zone_name=zone.key,
        steps=_steps(incident.status),
        entries=_shown(entries, wanted, incident, zone),
        total=len(entries),
        kinds=_kinds(timeline.items, wanted),
        filtered=bool(wanted),
        unfiltered_url=_url(incident, as_of=as_of),
        next_url=_url(incident, as_of=as_of, types=types, cursor=timeline.next_cursor) if timeline.next_cursor else "",
        files=[replace(entry.file, who=entry.who) for entry in entries if entry.file],
        chain=chain,
        called=called if called in ("now", "later") else "",
        **escalation,
        as_of=as_of,
        as_of_input=moments.for_input(as_of or page.web.clock.now(), zone),
        earlier_url=_url(incident, as_of=earlier) if earlier else "",
        later_url=_url(incident, as_of=later) if later else "",
    )


async def _known(page: Page, name: str, as_of: datetime | None) -> Incident:
    """The incident as it was known then; before it was declared, the first that was known of it."""
    incidents, caller = page.web.incidents, page.caller
    try:
        return await incidents.get(caller, name, as_of)
    except QueryRefused:
        if as_of is None:
            raise
        return await incidents.get(caller, name, (await incidents.get(caller, name)).declared_at)


async def _timeline(page: Page, incident: Incident, as_of: datetime | None, cursor: str | None) -> TimelinePage:
    query = ListTimeline(incident_id=incident.id, as_of=as_of, page=BusPage(limit=_ENTRIES, cursor=cursor))
    found: TimelinePage = await page.ask(query)
    return found


async def _verified(page: Page, incident: Incident) -> ChainReport | None:
    """Whether the record holds; the page is worth showing without knowing."""
    report: ChainReport | None = await page.ask_or_none(VerifyTimeline(incident_id=incident.id))
    return report


async def _neighbours(page: Page, incident: Incident, as_of: datetime) -> tuple[datetime | None, datetime | None]:
    """The moments of recording just before and just after what is shown."""

    async def first(**wanted: Any) -> datetime | None:
        query = ListTimeline(incident_id=incident.id, page=BusPage(limit=1), **wanted)
        found: TimelinePage = await page.ask(query)
        return found.items[0].recorded_at if found.items else None

    shown, later = await asyncio.gather(first(as_of=as_of, newest_first=True), first(after=as_of))
    just_before = shown and await first(as_of=shown - timedelta(microseconds=1), newest_first=True)
    return just_before, later


def _not_before(moment: datetime, incident: Incident) -> datetime:
    return max(moment, incident.declared_at + timedelta(microseconds=1))


def _steps(status: Status) -> list[tuple[str, bool]]:
    order = list(Status)
    return [(step.value, order.index(step) < order.index(status)) for step in order]


def _kinds(entries: list[TimelineEntry], wanted: set[str]) -> list[tuple[str, int, bool]]:
    """The kinds of entry there are: name, how many, whether chosen."""
    counts = Counter(EntryType.of(entry.type) for entry in entries)
    return [(kind.value, counts[kind], kind in wanted) for kind in EntryType if counts[kind]]


def _shown(entries: list[EntryView], wanted: set[str], incident: Incident, zone: ZoneInfo) -> list[EntryView]:
    chosen = [entry for entry in entries if not wanted or entry.type in wanted]
    days = [in_zone(entry.occurred_at, zone).date() for entry in chosen]
    firsts = [True, *(before != after for before, after in pairwise(days))]
    return [
        replace(entry, new_day=first, as_of_url=_url(incident, as_of=entry.recorded_at))
        for entry, first in zip(chosen, firsts, strict=False)
    ]


def _url(
    incident: Incident | IncidentView,
    *,
    as_of: datetime | None = None,
    types: list[str] | None = None,
    cursor: str | None = None,
) -> str:
    chosen: list[tuple[str, str]] = [("as_of", moments.iso(as_of))] if as_of else []
    chosen += [("type", kind) for kind in types or []]
    chosen += [("cursor", cursor)] if cursor else []
    return f"/incidents/{incident.number}{'?' + urlencode(chosen) if chosen else ''}"
