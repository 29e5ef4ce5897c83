"""What one person is answered privately, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from haveri_chat.cards.facts import zone
from haveri_chat.moments import clock
from haveri_chat.places import Unknown
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Misunderstood
from haveri_chat.texts import CATALOGUE, say
from haveri_chat.tidying import shortened
from haveri_contracts.incident.models import Incident
from haveri_contracts.outcomes import Problem
from haveri_texts import listed

_LONGEST_DETAIL = 500


def misunderstood(locale: str, what: Misunderstood) -> str:
    """What was understood, what was not, and the nearest right form; nothing was changed."""
    typed = shortened(what.typed, 80) or "–"
    key = f"misunderstood.{what.reason}"
    return say(locale, key, command=what.command, said=typed, nearest=what.nearest, **what.details)


def refused(locale: str, problem: Problem) -> str:
    """Why the owner of a command refused it; the owner's own words where this refusal has no text here."""
    key = f"refusal.{problem.type}"
    if key in CATALOGUE:
        return say(locale, key)
    words = problem.detail if problem.title in problem.detail else f"{problem.title} {problem.detail}".strip()
    return shortened(words, _LONGEST_DETAIL)


def taken_already(who: Who, plant: Plant, incident: Incident, *, now: datetime) -> str:
    """Somebody was first: who, and when; "you" when it was the one who asks."""
    if incident.acknowledged_at is None:
        return say(who.locale, "refusal.already-acknowledged")
    time = clock(incident.acknowledged_at, zone(incident, plant), who.locale, now)
    if incident.acknowledged_by == who.member.id:
        return say(who.locale, "taken.by_you", number=incident.number, time=time)
    member = plant.members.get(incident.acknowledged_by) if incident.acknowledged_by else None
    name = member.name if member else say(who.locale, "taken.somebody")
    return say(who.locale, "taken.by", number=incident.number, name=name, time=time)


def no_such(locale: str, kind: str, typed: str, near: Sequence[str]) -> str:
    """Nothing of this name: `kind` is member, facility, area, asset or callee."""
    text = say(locale, f"unknown.{kind}", said=shortened(typed, 80))
    return f"{text} {say(locale, 'unknown.near', names=', '.join(near))}" if near else text


def unknown_places(locale: str, unknown: Sequence[Unknown]) -> str:
    """An incident was declared, but these words named no place; empty when all did."""
    kinds = {"in": "area", "on": "asset"}
    answered = [no_such(locale, kinds[item.place.preposition], item.place.name, item.near) for item in unknown]
    return " ".join([*answered, say(locale, "unknown.kept")]) if answered else ""


def accepted_later(locale: str) -> str:
    """The command was taken and waits for its owner."""
    return say(locale, "answer.later")


def unknown_person(locale: str, user_id: str, administrators: Sequence[str]) -> str:
    """Somebody who is no member here: what to do, and the id that an administrator needs."""
    names = listed(administrators[:3], locale) or say(locale, "answer.an_administrator")
    return say(locale, "answer.unknown_person", user_id=user_id, names=names)


def failed(locale: str, what: str) -> str:
    """Something could not be done in chat."""
    return say(locale, "answer.failed", what=what)
