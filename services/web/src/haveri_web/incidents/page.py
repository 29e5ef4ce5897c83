"""One incident: what it is, and its whole timeline, now or as it was known at any earlier moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from haveri_chassis.bus import OwnerUnavailable, QueryRefused
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import EntryType, Status
from haveri_contracts.timeline.models import TimelineEntry
from haveri_contracts.timeline.queries import ChainReport, ListTimeline, TimelinePage, VerifyTimeline
from haveri_contracts.types import Page
from haveri_web.http.context import Web, WebDep
from haveri_web.http.requests import AsOf, IncidentName
from haveri_web.incidents.entries import EntryView, Narrator
from haveri_web.incidents.escalation import escalation_part
from haveri_web.incidents.views import IncidentView, incident_view
from haveri_web.rendering import moments
from haveri_web.rendering.pages import render, translated
from haveri_web.security.callers import Caller
from haveri_web.security.door import SignedIn

router = APIRouter(include_in_schema=False)
_PAGE = 1000


@router.get("/incidents/{id}")
async def incident_page(
    request: Request,
    web: WebDep,
    caller: SignedIn,
    name: IncidentName,
    as_of: AsOf = None,
    at: Annotated[str, Query(max_length=40)] = "",
    types: Annotated[list[str], Query(alias="type", max_length=40)] = [],  # noqa: B006
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    called: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The page of one incident."""
    incident = await _known(web, caller, name, as_of)
    directory = await web.directories.get(caller.organization)
    zone = directory.zone_of(incident.facility_id)
    if moment := moments.from_input(at, zone):
        return RedirectResponse(_url(incident, as_of=_not_before(moment, incident), types=types), 303)
    _, t = translated(caller)
    timeline, chain, escalation = await asyncio.gather(
        _timeline(web, caller, incident, as_of, cursor),
        _verified(web, caller, incident),
        escalation_part(web, caller, directory, incident, t, past=as_of is not None),
    )
    entries = Narrator(directory, t).tell_all(timeline.items, incident.number, zone)
    wanted = {kind for kind in types if kind in tuple(EntryType)}
    earlier, later = await _neighbours(web, caller, incident, as_of) if as_of else (None, None)
    return render(
        request,
        web,
        "incidents/incident.html",
        caller=caller,
        directory=directory,
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
        as_of_input=moments.for_input(as_of or web.clock.now(), zone),
        earlier_url=_url(incident, as_of=earlier) if earlier else "",
        later_url=_url(incident, as_of=later) if later else "",
    )


async def _known(web: Web, caller: Caller, name: str, as_of: datetime | None) -> Incident:
    """The incident as it was known then; before it was declared, the first that was known of it."""
    try:
        return await web.incidents.get(caller, name, as_of)
    except QueryRefused:
        if as_of is None:
            raise
        return await web.incidents.get(caller, name, (await web.incidents.get(caller, name)).declared_at)


async def _timeline(
    web: Web, caller: Caller, incident: Incident, as_of: datetime | None, cursor: str | None
) -> TimelinePage:
    query = ListTimeline(incident_id=incident.id, as_of=as_of, page=Page(limit=_PAGE, cursor=cursor))
    page: TimelinePage = await web.queries.ask(query, organization=caller.organization, actor=caller.actor)
    return page


async def _verified(web: Web, caller: Caller, incident: Incident) -> ChainReport | None:
    """Whether the record holds; the page is worth showing without knowing."""
    query = VerifyTimeline(incident_id=incident.id)
    try:
        report: ChainReport = await web.queries.ask(query, organization=caller.organization, actor=caller.actor)
    except (OwnerUnavailable, QueryRefused):
        return None
    return report


async def _neighbours(
    web: Web, caller: Caller, incident: Incident, as_of: datetime
) -> tuple[datetime | None, datetime | None]:
    """The moments of recording just before and just after what is shown."""

    async def first(**wanted: Any) -> datetime | None:
        query = ListTimeline(incident_id=incident.id, page=Page(limit=1), **wanted)
        found: TimelinePage = await web.queries.ask(query, organization=caller.organization, actor=caller.actor)
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
    days = [moments.local(entry.occurred_at, zone, "day") for entry in chosen]
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
