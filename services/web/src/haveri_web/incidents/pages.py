"""The list of incidents, with filters, search and pages."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from haveri_contracts.incident.queries import IncidentList, ListIncidents
from haveri_contracts.plain import Severity, Status
from haveri_contracts.types import Page
from haveri_web.http.context import WebDep
from haveri_web.incidents.views import incident_view
from haveri_web.rendering.pages import render
from haveri_web.security.door import SignedIn

router = APIRouter(include_in_schema=False)
_PAGE = 50
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
            page=Page(cursor=self.cursor or None, limit=_PAGE),
        )


@router.get("/incidents")
async def incidents(
    request: Request,
    web: WebDep,
    caller: SignedIn,
    q: Text = "",
    status: Text = "",
    severity: Text = "",
    facility_id: Text = "",
    cursor: Text = "",
) -> Response:
    """The list."""
    chosen = Chosen(q, status, severity, facility_id, cursor)
    directory = await web.directories.get(caller.organization)
    page: IncidentList = await web.queries.ask(chosen.query(), organization=caller.organization, actor=caller.actor)
    return render(
        request,
        web,
        "incidents/incidents.html",
        caller=caller,
        directory=directory,
        here="incidents",
        chosen=chosen,
        statuses=[value.value for value in Status],
        severities=[value.value for value in Severity],
        facilities=list(directory.facilities.values()),
        incidents=[incident_view(incident, directory) for incident in page.items],
        first_url=replace(chosen, cursor="").url(),
        next_url=replace(chosen, cursor=page.next_cursor).url() if page.next_cursor else "",
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
