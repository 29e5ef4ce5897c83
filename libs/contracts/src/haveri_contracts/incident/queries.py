"""Queries to the incident service."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from haveri_contracts.incident.models import Incident
from haveri_contracts.message import Query
from haveri_contracts.outcomes import Outcome
from haveri_contracts.plain import Severity, Status
from haveri_contracts.types import LARGEST_INTEGER, Frozen, Label, Page, Timestamp


class GetIncident(Query):
    """One incident by id or by number (`INC-42`), now, or as it was known at a moment or after a version."""

    owner = "incident"
    name = "get"
    Answer = Incident
    incident: Label = Field(min_length=1, max_length=64)
    as_of: Timestamp | None = None
    version_at: int | None = Field(default=None, ge=1, le=LARGEST_INTEGER)


class IncidentList(Frozen):
    """A page of incidents, newest first."""

    items: list[Incident]
    next_cursor: str | None = None


class ListIncidents(Query):
    """Incidents, newest first; empty filters mean all. `q` searches title and number, without regard to case."""

    owner = "incident"
    name = "list"
    Answer = IncidentList
    status: list[Status] = Field(default_factory=list)
    severity: list[Severity] = Field(default_factory=list)
    facility_id: UUID | None = None
    q: Label = Field(default="", max_length=200)
    page: Page = Page()


class GetOutcome(Query):
    """The outcome of an earlier command, for a sender that could not wait for it."""

    owner = "incident"
    name = "outcome"
    Answer = Outcome
    command_id: UUID


class IncidentCounts(Frozen):
    """How many incidents stand in each status, how many of the open ones have each severity, by enum value.

    `unacknowledged` are the open ones that nobody has.
    """

    by_status: dict[str, int]
    open_by_severity: dict[str, int]
    unacknowledged: int = 0


class CountIncidents(Query):
    """How many incidents there are, for an overview."""

    owner = "incident"
    name = "count"
    Answer = IncidentCounts
    facility_id: UUID | None = None
