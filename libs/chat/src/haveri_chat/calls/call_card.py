"""The card by which a member is called, in the member's language: what, where, since when, why them, one button."""

from __future__ import annotations

from datetime import datetime

from haveri_chat.calls.reasons import in_words
from haveri_chat.calls.values import ChatCall, Ending, EndKind, Shows
from haveri_chat.cards import Block, Button, Buttons, Card, ChannelLink, Facts, Heading, Note, Style, Tone
from haveri_chat.cards.facts import fact_rows, tone, zone
from haveri_chat.moments import clock
from haveri_chat.plant import Plant
from haveri_chat.texts import say
from haveri_contracts.escalation.models import Purpose
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.incident.models import Incident


def call_card(call: ChatCall, incident: Incident, plant: Plant, *, locale: str, now: datetime) -> Card:
    """The call as it is sent. The link to the channel is there once the incident has one."""
    joining = call.purpose is Purpose.JOIN
    rows = fact_rows(incident, plant, locale, now, "severity", "where", "since")
    rows.append((say(locale, "call.why"), why(call.because, plant, locale)))
    holder = plant.members.get(incident.acknowledged_by) if incident.acknowledged_by else None
    if holder is not None and incident.acknowledged_at is not None:
        time = clock(incident.acknowledged_at, zone(incident, plant), locale, now)
        rows.append((say(locale, "fact.acknowledged"), f"{holder.name}, {time}"))
    asks = say(locale, "call.join" if joining else "call.take")
    blocks: list[Block] = [
        _heading(incident, tone(incident)),
        Note(asks, Tone.WARNING),
        Facts(tuple(rows)),
        Buttons((_button(call, incident, locale),)),
        *_link(incident, locale),
    ]
    return Card(tuple(blocks), f"{incident.severity} · {incident.number} {incident.title} · {asks}")


def ended_card(incident: Incident, ending: Ending, plant: Plant, *, locale: str, now: datetime) -> Card:
    """The call when it is over: who took the incident and when, or why nobody is needed; no button."""
    sentence = how_it_ended(incident, ending, plant, locale=locale, now=now)
    rows = fact_rows(incident, plant, locale, now, "severity", "where", "since")
    blocks: list[Block] = [
        _heading(incident, Tone.PLAIN),
        Note(sentence, Tone.GOOD),
        Facts(tuple(rows)),
        *_link(incident, locale),
    ]
    return Card(tuple(blocks), f"{incident.number} · {sentence}")


def how_it_ended(incident: Incident, ending: Ending, plant: Plant, *, locale: str, now: datetime) -> str:
    """One sentence."""
    time = clock(ending.at, zone(incident, plant), locale, now)
    member = plant.members.get(ending.by) if ending.by else None
    name = member.name if member else say(locale, "taken.somebody")
    match ending.kind:
        case EndKind.TAKEN:
            return say(locale, "call.taken", name=name, time=time)
        case EndKind.COMING:
            return say(locale, "call.coming", name=name, time=time)
        case EndKind.RESOLVED:
            return say(locale, "call.resolved", time=time)
        case EndKind.NOT_NEEDED:
            return say(locale, "call.not_needed")


def is_wanted(call: ChatCall, incident: Incident) -> bool:
    """Whether there is a reason to call by now: what is taken or over needs nobody, and who joins needs no taker."""
    return incident.status.is_open and (call.purpose is Purpose.JOIN or incident.acknowledged_at is None)


def ending_of(incident: Incident) -> Ending | None:
    """How a call to take the incident has ended by now; None while it is wanted."""
    if not incident.status.is_open:
        return Ending(EndKind.RESOLVED, incident.resolved_at or incident.closed_at or incident.updated_at)
    if incident.acknowledged_at is not None:
        return Ending(EndKind.TAKEN, incident.acknowledged_at, incident.acknowledged_by)
    return None


def shown_by(incident: Incident) -> Shows:
    """What a card that is drawn now shows while the call lasts."""
    return Shows.BUTTON if incident.chat_channel_ref is None else Shows.BUTTON_AND_LINK


def why(because: Reason | str, plant: Plant, locale: str) -> str:
    """Why it is this member, as a sentence; of a call from before there were reasons, as the engine said it."""
    if isinstance(because, Reason):
        return in_words(because, plant, locale)
    return because or say(locale, "reason.by_name")


def _heading(incident: Incident, how: Tone) -> Heading:
    return Heading(f"{incident.number} {incident.title}", how)


def _button(call: ChatCall, incident: Incident, locale: str) -> Button:
    verb = "join" if call.purpose is Purpose.JOIN else "take"
    data = {"verb": verb, "incident": str(incident.id), "call": str(call.id), "nonce": f"{call.id}.{verb}"}
    return Button(verb, say(locale, f"button.{verb}"), data, Style.PRIMARY)


def _link(incident: Incident, locale: str) -> list[Block]:
    if incident.chat_channel_ref is None:
        return []
    return [ChannelLink(say(locale, "card.open_channel"), incident.chat_channel_ref)]
