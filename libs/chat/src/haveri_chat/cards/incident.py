"""The two cards of an incident: the workflow card in its channel, the live summary in the global channel."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from haveri_chat.cards import Block, Buttons, Card, ChannelLink, Facts, Heading, Note, Text, Tone
from haveri_chat.cards.facts import ON_THE_CARD, Rows, fact_rows, member_name, tone, zone
from haveri_chat.commands import buttons
from haveri_chat.commands.reopen import Reopen
from haveri_chat.moments import clock, stretch
from haveri_chat.plant import Plant
from haveri_chat.texts import say
from haveri_chat.tidying import shortened
from haveri_contracts.incident.models import FollowUpDraft, Impact, Incident, Summary
from haveri_contracts.plain import Status
from haveri_texts import day

_LONGEST_CHANNEL_NAME = 50
_CLAUSE_END = re.compile(r"[,;:.!?\n](?=\s|$)|\s[-–—]\s")
_TRANSLITERATED = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})
_SHOWN_TEXT = 600


def channel_name(number: str, title: str) -> str:
    """`inc-1-filler-2-jammed` for INC-1 "Filler 2 jammed, line 1 down": at most 50 characters, whole words, ASCII."""
    first = _CLAUSE_END.split(title.strip(), maxsplit=1)[0]
    folded = unicodedata.normalize("NFKD", first.casefold().translate(_TRANSLITERATED))
    name = number.lower()
    for word in re.findall(r"[a-z0-9]+", folded.encode("ascii", "ignore").decode()):
        if len(name) + 1 + len(word) > _LONGEST_CHANNEL_NAME:
            break
        name = f"{name}-{word}"
    return name


def workflow_card(incident: Incident, plant: Plant, *, now: datetime) -> Card:
    """What is known and what can be done next, in the organisation's language."""
    locale = plant.locale
    blocks: list[Block] = [_heading(incident)]
    if incident.description:
        blocks.append(Text(shortened(incident.description, _SHOWN_TEXT)))
    blocks.append(Facts(tuple(_facts(incident, plant, now))))
    if incident.summary is not None and not incident.status.is_open:
        blocks.append(Facts(tuple(_summary(incident.summary, locale))))
    blocks.extend(_follow_ups(incident, plant))
    if incident.status.is_open and incident.acknowledged_at is None:
        blocks.append(Note(say(locale, "card.unacknowledged"), Tone.WARNING))
    if incident.status.is_open and incident.assigned_to is None:
        blocks.append(Note(say(locale, "card.no_lead"), Tone.WARNING))
    blocks.append(Buttons(buttons(incident, locale)))
    return Card(tuple(blocks), _line(incident, locale))


def global_card(incident: Incident, plant: Plant, *, channel: str | None, now: datetime) -> Card:
    """The live summary for everybody; `channel` is where the incident is lived."""
    locale = plant.locale
    over = incident.resolved_at if not incident.status.is_open else None
    lasted = stretch((over or now) - incident.declared_at, locale)
    rows = fact_rows(incident, plant, locale, now, "where", "severity", "status", "lead", "since")
    rows.append((say(locale, "fact.age" if incident.status.is_open else "fact.lasted"), lasted))
    blocks: list[Block] = [_heading(incident), Facts(tuple(rows))]
    if channel is not None:
        blocks.append(ChannelLink(say(locale, "card.open_channel"), channel))
    if incident.status is Status.CLOSED:
        blocks.append(Buttons(Reopen.buttons(incident, locale)))
    return Card(tuple(blocks), _line(incident, locale))


def _heading(incident: Incident) -> Heading:
    return Heading(f"{incident.number} {incident.title}", tone(incident))


def _line(incident: Incident, locale: str) -> str:
    status = say(locale, f"status.{incident.status}")
    return f"{incident.number} · {incident.severity} · {status} · {incident.title}"


def _facts(incident: Incident, plant: Plant, now: datetime) -> Rows:
    locale, there = plant.locale, zone(incident, plant)
    rows = fact_rows(incident, plant, locale, now, *ON_THE_CARD)
    if incident.acknowledged_at is not None:
        time = clock(incident.acknowledged_at, there, locale, now)
        rows.append((say(locale, "fact.acknowledged"), f"{member_name(incident.acknowledged_by, plant)}, {time}"))
    if incident.resolved_at is not None and not incident.status.is_open:
        rows.append((say(locale, "fact.resolved"), clock(incident.resolved_at, there, locale, now)))
    return rows


def _summary(summary: Summary, locale: str) -> Rows:
    rows = [
        (say(locale, "form.what_happened"), summary.what_happened),
        (say(locale, "form.root_cause"), summary.root_cause),
        (say(locale, "form.resolution"), summary.resolution),
        (say(locale, "fact.impact"), _impact(summary.impact, locale)),
    ]
    return [(label, shortened(value, _SHOWN_TEXT)) for label, value in rows if value]


def _impact(impact: Impact, locale: str) -> str:
    parts = [
        say(locale, f"impact.{name}", count=value)
        for name in ("duration_minutes", "lines_affected", "units_lost", "cost")
        if (value := getattr(impact, name)) is not None
    ]
    return ", ".join(parts)


def _follow_ups(incident: Incident, plant: Plant) -> list[Block]:
    if incident.status is not Status.CLOSED or not incident.follow_ups:
        return []
    rows = tuple((shortened(item.description, 200), _who_and_when(item, plant)) for item in incident.follow_ups)
    return [Note(say(plant.locale, "card.follow_ups")), Facts(rows)]


def _who_and_when(item: FollowUpDraft, plant: Plant) -> str:
    who = [member_name(item.assigned_to, plant)] if item.assigned_to else []
    due = [day(item.due_date, plant.locale)] if item.due_date else []
    return ", ".join([*who, *due]) or "–"
