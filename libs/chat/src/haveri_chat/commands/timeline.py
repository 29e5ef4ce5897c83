"""`/timeline`: what happened last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from haveri_chat.calls.reasons import in_words
from haveri_chat.cards import Block, Card, Facts, Heading, Text
from haveri_chat.cards.facts import actor_name, zone
from haveri_chat.commands.base import Context, IncidentRequest
from haveri_chat.decisions import Decision, QueryTimeline
from haveri_chat.moments import clock
from haveri_chat.plant import Plant, Who
from haveri_chat.texts import say
from haveri_chat.tidying import SHORT, shortened
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import EntryType
from haveri_contracts.timeline.models import TimelineEntry


class ShowTimeline(IncidentRequest):
    """What happened last in an incident."""

    word = "timeline"
    usage = "/timeline"
    for_everybody = True

    def decide(self, context: Context) -> Decision:
        """Then `timeline_card`."""
        return QueryTimeline(context.incident)


def timeline_card(
    who: Who, plant: Plant, incident: Incident, entries: Sequence[TimelineEntry], *, now: datetime | None = None
) -> Card:
    """The given entries, oldest first, at the plant's wall clock."""
    locale, there = who.locale, zone(incident, plant)
    title = say(locale, "timeline.title", number=incident.number)
    seen = now or (entries[-1].occurred_at if entries else incident.updated_at)
    rows = tuple((clock(entry.occurred_at, there, locale, seen), _entry(entry, plant, locale)) for entry in entries)
    blocks: list[Block] = [Heading(f"{title}: {incident.title}")]
    blocks.append(Facts(rows) if rows else Text(say(locale, "timeline.empty")))
    return Card(tuple(blocks), title)


def _entry(entry: TimelineEntry, plant: Plant, locale: str) -> str:
    payload = entry.payload
    if isinstance(cause := payload.get("cause"), dict) and "code" in cause:
        payload = {**payload, "reason": in_words(Reason.read(cause), plant, locale)}
    details = [str(payload[name]) for name in ("status", "severity", "text", "note", "reason") if payload.get(name)]
    author = payload.get("author")
    name = author.get("display_name") if isinstance(author, dict) else None
    line = f"{name or actor_name(entry.actor, plant)}: {say(locale, f'entry.{EntryType.of(entry.type)}')}"
    return shortened(f"{line} · {' · '.join(details)}" if details else line, SHORT)
