"""One incident with everything that is known of it, as JSON or as Markdown to keep or to send on."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from haveri_contracts.directory.models import Locale
from haveri_contracts.incident.models import Incident
from haveri_contracts.timeline.models import TimelineEntry
from haveri_contracts.timeline.queries import ChainReport, ListTimeline, TimelinePage, VerifyTimeline
from haveri_contracts.types import Page, actor_member_id
from haveri_web.bus.directory import UTC_ZONE, Directory
from haveri_web.bus.ports import Queries
from haveri_web.escalations.words import EscalationWords
from haveri_web.incidents.queries import Incidents
from haveri_web.security.callers import Caller
from haveri_web.texts import translator

_PAGE = 1000
_ENGLISH = translator(Locale.ENGLISH)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")


@dataclass(frozen=True, slots=True)
class Record:
    """Everything of one incident at one moment."""

    incident: Incident
    timeline: list[TimelineEntry]
    chain: ChainReport


async def collect(queries: Queries, incidents: Incidents, caller: Caller, name: str) -> Record:
    """Read it all. Raises IncidentUnknown, or what asking raises."""
    incident = await incidents.get(caller, name)
    timeline, chain = await asyncio.gather(
        _timeline(queries, caller, incident.id),
        queries.ask(VerifyTimeline(incident_id=incident.id), organization=caller.organization, actor=caller.actor),
    )
    return Record(incident, timeline, chain)


async def _timeline(queries: Queries, caller: Caller, incident_id: UUID) -> list[TimelineEntry]:
    entries: list[TimelineEntry] = []
    cursor = None
    while True:
        query = ListTimeline(incident_id=incident_id, page=Page(limit=_PAGE, cursor=cursor))
        page: TimelinePage = await queries.ask(query, organization=caller.organization, actor=caller.actor)
        entries.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return entries


def as_markdown(record: Record, directory: Directory, now: datetime) -> str:
    """The record as a Markdown document; what people wrote cannot become markup in it."""
    incident, zone = record.incident, directory.zone_of(record.incident.facility_id)
    lines = [
        f"# {incident.number} {plain(incident.title)}",
        "",
        f"- Severity: {incident.severity.value}",
        f"- Status: {incident.status.value}",
        f"- Where: {plain(_where(incident, directory))}",
        f"- Declared: {_moment(incident.declared_at)} by {plain(_actor(incident.declared_by, directory))}",
        f"- Lead: {plain(_member(incident.assigned_to, directory))}",
        f"- Communications: {plain(_member(incident.comms_lead, directory))}",
        *(_line("Acknowledged", incident.acknowledged_at)),
        *(_line("Resolved", incident.resolved_at)),
        *(_line("Closed", incident.closed_at)),
        "",
        *_summary(incident),
        *_follow_ups(incident, directory),
        "## Timeline",
        "",
        f"Times are UTC. The facility's clocks show {zone.key}.",
        "",
        "| # | happened | recorded | who | what | hash |",
        "|---:|---|---|---|---|---|",
        *(_row(entry, directory) for entry in record.timeline),
        "",
        "## Record",
        "",
        _verdict(record.chain),
        *_last_hash(record.timeline),
        "",
        f"Exported {_moment(now)}.",
        "",
    ]
    return "\n".join(lines)


def plain(text: str) -> str:
    """Text that Markdown shows as it was typed, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("\\<", "&lt;").replace("\\>", "&gt;")


def _line(name: str, moment: datetime | None) -> list[str]:
    return [f"- {name}: {_moment(moment)}"] if moment else []


def _summary(incident: Incident) -> list[str]:
    summary = incident.summary
    if summary is None:
        return []
    impact = {name.replace("_", " "): value for name, value in summary.impact.model_dump().items() if value is not None}
    parts = {
        "What happened": summary.what_happened,
        "Root cause": summary.root_cause,
        "Resolution": summary.resolution,
        "Impact": ", ".join(f"{name}: {value}" for name, value in impact.items()),
    }
    told = [line for name, text in parts.items() if text for line in (f"**{name}.** {plain(text)}", "")]
    return ["## Summary", "", *told]


def _follow_ups(incident: Incident, directory: Directory) -> list[str]:
    if not incident.follow_ups:
        return []
    items = []
    for item in incident.follow_ups:
        due = f", due {item.due_date}" if item.due_date else ""
        items.append(f"- {plain(item.description)} ({plain(_member(item.assigned_to, directory))}{due})")
    return ["## Left to do", "", *items, ""]


def _row(entry: TimelineEntry, directory: Directory) -> str:
    author = entry.payload.get("author")
    who = str(author.get("display_name")) if isinstance(author, dict) else _actor(entry.actor, directory)
    cells = (
        str(entry.seq),
        _moment(entry.occurred_at),
        _moment(entry.recorded_at),
        plain(who),
        plain(f"{entry.type}: {_what(entry, directory)}".rstrip(": ")),
        f"`{entry.hash[:12]}`",
    )
    return f"| {' | '.join(cells)} |"


def _what(entry: TimelineEntry, directory: Directory) -> str:
    payload = entry.payload
    escalation = EscalationWords(_ENGLISH, lambda member_id: _named(member_id, directory), UTC_ZONE)
    if words := escalation.tell(entry.source_type, payload):
        return ". ".join(part for part in (words.detail, words.text) if part)
    told = [f"{payload['old_status']} → {payload['status']}"] if {"old_status", "status"} <= payload.keys() else []
    told += [
        str(payload[name]) for name in ("title", "text", "note", "reason", "file_name", "what") if payload.get(name)
    ]
    return ", ".join(told)


def _verdict(chain: ChainReport) -> str:
    if chain.intact:
        return f"The hash chain of {chain.entries} entries was verified: nothing was changed or left out."
    return f"**The hash chain breaks at entry {chain.broken_at_seq}**: {plain(chain.reason or 'unknown')}"


def _last_hash(entries: list[TimelineEntry]) -> list[str]:
    # The last hash covers every entry before it: who keeps it can tell later whether anything was changed.
    return ["", f"The last entry's whole hash is `{entries[-1].hash}`."] if entries else []


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _member(member_id: UUID | None, directory: Directory) -> str:
    member = directory.members.get(member_id) if member_id else None
    return member.name if member else str(member_id or "nobody")


def _named(member_id: Any, directory: Directory) -> str:
    return _member(UUID(str(member_id)), directory) if member_id else ""


def _actor(actor: str, directory: Directory) -> str:
    member_id = actor_member_id(actor)
    return _member(member_id, directory) if member_id else actor


def _where(incident: Incident, directory: Directory) -> str:
    places = [directory.facilities.get(incident.facility_id)]
    places += [directory.areas.get(incident.area_id)] if incident.area_id else []  # type: ignore[list-item]
    places += [directory.assets.get(asset_id) for asset_id in incident.asset_ids]  # type: ignore[misc]
    return ", ".join(place.name for place in places if place) or str(incident.facility_id)
