"""Queries to the timeline service."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from haveri_contracts.message import Query
from haveri_contracts.timeline.models import RecentEntry, TimelineEntry
from haveri_contracts.types import EntryKind, Frozen, Page, Timestamp


class TimelinePage(Frozen):
    """A page of one incident's timeline, in the order that was asked for."""

    items: list[TimelineEntry]
    next_cursor: str | None = None


class ListTimeline(Query):
    """The timeline of one incident, oldest first or newest first: all, some types, and as it was known at a moment.

    `as_of` gives what was recorded until then, `after` what was recorded later than that.
    """

    owner = "timeline"
    name = "list"
    Answer = TimelinePage
    incident_id: UUID
    types: list[EntryKind] = Field(default_factory=list)
    as_of: Timestamp | None = None
    after: Timestamp | None = None
    newest_first: bool = False
    page: Page = Page(limit=200)


class RecentActivity(Frozen):
    """What happened last in the organisation, newest first."""

    items: list[RecentEntry]


class ListRecentActivity(Query):
    """What happened last in the whole organisation, newest first."""

    owner = "timeline"
    name = "recent"
    Answer = RecentActivity
    limit: int = Field(default=30, ge=1, le=200)
    types: list[EntryKind] = Field(default_factory=list)


class ChainReport(Frozen):
    """What a verification found: entries read, and the first place where the chain breaks, if any."""

    incident_id: UUID
    entries: int
    intact: bool
    broken_at_seq: int | None = None
    reason: str | None = None


class VerifyTimeline(Query):
    """Recompute one incident's hash chain."""

    owner = "timeline"
    name = "verify"
    Answer = ChainReport
    incident_id: UUID
