"""`/incidents`: what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from haveri_chat.cards import Block, Card, ChannelLink, Heading, Text
from haveri_chat.cards.facts import where, zone
from haveri_chat.commands.base import Context, Request, Typed
from haveri_chat.decisions import Decision, QueryIncidents
from haveri_chat.moments import clock
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Misunderstood
from haveri_chat.texts import say
from haveri_chat.tidying import SHORT, one_line
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import ListIncidents
from haveri_contracts.plain import Status
from haveri_contracts.types import Page

OPEN = [Status.DECLARED, Status.INVESTIGATING, Status.MITIGATED]
LISTED = 20


@dataclass(frozen=True)
class ShowIncidents(Request):
    """Which incidents are open; `words` searches."""

    word = "incidents"
    usage = "/incidents"
    for_everybody = True

    words: str = ""

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        return cls(one_line(typed.text)[:SHORT])

    def decide(self, context: Context) -> Decision:
        """Then `incidents_card`."""
        return QueryIncidents(ListIncidents(status=OPEN, q=self.words, page=Page(limit=LISTED)))


def incidents_card(who: Who, plant: Plant, items: Sequence[Incident], *, now: datetime) -> Card:
    """The open incidents, with the way to each."""
    locale = who.locale
    title = say(locale, "incidents.title" if items else "incidents.none")
    blocks: list[Block] = [Heading(title)]
    for item in items:
        since = clock(item.declared_at, zone(item, plant), locale, now)
        status = say(locale, f"status.{item.status}")
        blocks.append(Text(f"{item.number} · {item.severity} · {status} · {item.title}"))
        blocks.append(Text(f"{where(item, plant)} · {say(locale, 'incidents.since', time=since)}", subtle=True))
        if item.chat_channel_ref:
            blocks.append(ChannelLink(item.number, item.chat_channel_ref))
    return Card(tuple(blocks), title)
