"""Incidents as pages show them: names instead of ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from haveri_contracts.incident.models import Incident
from haveri_contracts.types import actor_member_id
from haveri_directory_copy.directory import Directory, name_in

BETWEEN_PLACES = "\N{NO-BREAK SPACE}· "


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """Something left to do."""

    description: str
    who: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is known. The catalogue says `incident.<name>`, and `incident.<missing>` when nothing is known."""

    name: str
    text: str = ""
    is_person: bool = False
    at: datetime | None = None
    by: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident with names. `where` is facility, area and assets; `zone` the facility's."""

    id: UUID
    number: str
    title: str
    description: str
    status: str
    severity: str
    open: bool
    acknowledged: bool
    where: str
    zone: ZoneInfo
    lead: str
    comms: str
    declared_by: str
    declared_at: datetime
    acknowledged_by: str
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    tags: list[str]
    summary: dict[str, Any] | None
    follow_ups: list[FollowUpView]

    @property
    def facts(self) -> list[Fact]:
        """What the head of the page and the export list, in the page's order."""
        return [
            Fact("where", self.where, missing="unknown_place"),
            Fact("lead", self.lead, is_person=True, missing="no_lead"),
            Fact("comms", self.comms, is_person=True),
            Fact("declared", at=self.declared_at, by=self.declared_by),
            Fact("acknowledged", at=self.acknowledged_at, by=self.acknowledged_by),
            Fact("resolved", at=self.resolved_at),
        ]


def incident_view(incident: Incident, directory: Directory) -> IncidentView:
    """The incident with the directory's names."""
    declarer = name_in(directory.members, actor_member_id(incident.declared_by))
    return IncidentView(
        id=incident.id,
        number=incident.number,
        title=incident.title,
        description=incident.description,
        status=incident.status.value,
        severity=incident.severity.value,
        open=incident.status.is_open,
        acknowledged=incident.acknowledged_at is not None,
        where=BETWEEN_PLACES.join(_places(incident, directory)),
        zone=directory.zone_of(incident.facility_id),
        lead=name_in(directory.members, incident.assigned_to),
        comms=name_in(directory.members, incident.comms_lead),
        declared_by=declarer or incident.declared_by.partition(":")[2],
        declared_at=incident.declared_at,
        acknowledged_by=name_in(directory.members, incident.acknowledged_by),
        acknowledged_at=incident.acknowledged_at,
        resolved_at=incident.resolved_at,
        tags=incident.tags,
        summary=incident.summary.model_dump() if incident.summary else None,
        follow_ups=[
            FollowUpView(item.description, name_in(directory.members, item.assigned_to), item.due_date)
            for item in incident.follow_ups
        ],
    )


def _places(incident: Incident, directory: Directory) -> Iterable[str]:
    if facility := directory.facilities.get(incident.facility_id):
        yield facility.name
    if incident.area_id and (area := directory.areas.get(incident.area_id)):
        yield area.name
    for asset_id in incident.asset_ids:
        if asset := directory.assets.get(asset_id):
            yield asset.name
