"""One incident with everything that is known of it, as JSON or as Markdown to keep or to send on."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from haveri_contracts.directory.models import ENGLISH
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Refusal
from haveri_contracts.timeline.models import TimelineEntry
from haveri_contracts.timeline.queries import ChainReport, ListTimeline, TimelinePage, VerifyTimeline
from haveri_contracts.types import Page, actor_member_id
from haveri_directory_copy.directory import UTC_ZONE, Directory
from haveri_web.bus.callers import Caller
from haveri_web.bus.ports import Queries
from haveri_web.bus.queries import ask
from haveri_web.escalations.words import EscalationWords
from haveri_web.http.answers import answers, json_response
from haveri_web.http.context import WebDep
from haveri_web.http.door import Reader
from haveri_web.http.requests import IncidentName
from haveri_web.incidents.views import BETWEEN_PLACES, Fact, IncidentView, incident_view
from haveri_web.policies.reasons import ReasonWords
from haveri_web.texts import translator

_PAGE = 1000
_ENGLISH = translator(ENGLISH)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")


router = APIRouter(tags=["timeline"])


class Export(BaseModel):
    """One incident with everything that is known of it, and whether its hash chain holds."""

    incident: Incident
    timeline: list[TimelineEntry]
    chain: ChainReport
    exported_at: datetime
    exported_by: str


class FormatNotAvailable(Refusal):
    """The record is not given in this format."""

    type = "format-not-available"
    title = "The record is not given in this format."


_ANSWERS = answers(Export, 200, 404)
_ANSWERS[200]["content"] = {"text/markdown": {"schema": {"type": "string"}}}


@router.get("/incidents/{id}/export", responses=_ANSWERS)
async def export(
    web: WebDep,
    caller: Reader,
    name: IncidentName,
    form: Annotated[str, Query(alias="format", max_length=20, description="json or md")] = "json",
) -> Response:
    """An incident with its whole timeline and hash chain, as JSON or as a Markdown document."""
    if form not in ("json", "md"):
        raise FormatNotAvailable("Choose format=json or format=md.")
    incident = await web.incidents.get(caller, name)
    timeline, chain = await asyncio.gather(
        _timeline(web.queries, caller, incident.id),
        ask(web.queries, caller, VerifyTimeline(incident_id=incident.id)),
    )
    record = Export(
        incident=incident, timeline=timeline, chain=chain, exported_at=web.clock.now(), exported_by=caller.actor
    )
    headers = {"Content-Disposition": f'attachment; filename="{incident.number}.{form}"'}
    if form == "json":
        return json_response(record, headers=headers)
    document = as_markdown(record, await web.directories.get(caller.organization))
    return Response(document, 200, headers, "text/markdown; charset=utf-8")


async def _timeline(queries: Queries, caller: Caller, incident_id: UUID) -> list[TimelineEntry]:
    entries: list[TimelineEntry] = []
    cursor = None
    while True:
        query = ListTimeline(incident_id=incident_id, page=Page(limit=_PAGE, cursor=cursor))
        page: TimelinePage = await ask(queries, caller, query)
        entries.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return entries


def as_markdown(record: Export, directory: Directory) -> str:
    """The record as a Markdown document; what people wrote cannot become markup in it."""
    incident, zone = record.incident, directory.zone_of(record.incident.facility_id)
    lines = [
        f"# {incident.number} {plain(incident.title)}",
        "",
        f"- Severity: {incident.severity.value}",
        f"- Status: {incident.status.value}",
        *_facts(incident_view(incident, directory)),
        *([f"- Closed: {_moment(incident.closed_at)}"] if incident.closed_at else []),
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
        f"Exported {_moment(record.exported_at)}.",
        "",
    ]
    return "\n".join(lines)


def plain(text: str) -> str:
    """Text that Markdown shows as it was typed, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("\\<", "&lt;").replace("\\>", "&gt;")


def _facts(view: IncidentView) -> list[str]:
    # Where and when come first here, who afterwards.
    ordered = sorted(view.facts, key=lambda fact: fact.name not in ("where", "declared"))
    return [f"- {_ENGLISH(f'incident.{fact.name}')}: {said}" for fact in ordered if (said := _fact(fact))]


def _fact(fact: Fact) -> str:
    if fact.at:
        return f"{_moment(fact.at)} by {plain(fact.by)}" if fact.by else _moment(fact.at)
    return plain(fact.text.replace(BETWEEN_PLACES, ", ")) or ("nobody" if fact.is_person else "")


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
    said = [line for name, text in parts.items() if text for line in (f"**{name}.** {plain(text)}", "")]
    return ["## Summary", "", *said]


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
    reasons = ReasonWords(directory, _ENGLISH)
    escalation = EscalationWords(_ENGLISH, lambda member_id: _named(member_id, directory), UTC_ZONE, reasons)
    if words := escalation.describe(entry.source_type, payload):
        return ". ".join(part for part in (words.detail, words.text) if part)
    said = [f"{payload['old_status']} → {payload['status']}"] if {"old_status", "status"} <= payload.keys() else []
    said += [
        str(payload[name]) for name in ("title", "text", "note", "reason", "file_name", "what") if payload.get(name)
    ]
    return ", ".join(said)


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
