"""`/oncall`: who is on shift, by team and shift, leads first, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from haveri_chat import answers
from haveri_chat.calls.reasons import LEAD, role_name
from haveri_chat.cards import Block, Card, Heading, Text
from haveri_chat.commands.base import Context, Request, Typed
from haveri_chat.decisions import AnswerPrivately, Decision, QueryOnCall
from haveri_chat.moments import clock
from haveri_chat.naming import find_named
from haveri_chat.places import home_facilities
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Misunderstood
from haveri_chat.texts import say
from haveri_chat.tidying import SHORT, one_line
from haveri_contracts.directory.models import Facility, OnShift


@dataclass(frozen=True)
class WhoIsOnCall(Request):
    """Who is on shift: at the facility named by `words`, or everywhere."""

    word = "oncall"
    usage = "/oncall"
    for_everybody = True

    words: str = ""

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        return cls(one_line(typed.text)[:SHORT])

    def decide(self, context: Context) -> Decision:
        """Then `on_call_card`: of that plant, else of one's own, else of all."""
        plant = context.plant
        if not self.words:
            home = home_facilities(context.who, plant)
            wanted = [item.id for item in plant.facilities.values() if item.id in home]
            return QueryOnCall(tuple(wanted or plant.facilities))
        found = find_named(self.words, plant.facilities.values())
        if found.item is not None:
            return QueryOnCall((found.item.id,))
        names = found.near or tuple(item.name for item in plant.facilities.values())
        return AnswerPrivately(answers.no_such(context.who.locale, "facility", self.words, names))


def on_call_card(who: Who, plant: Plant, on_shift: Mapping[UUID, Sequence[OnShift]], *, now: datetime) -> Card:
    """Who is on shift at each facility (by its id), and what time it is there."""
    locale = who.locale
    blocks: list[Block] = [Heading(say(locale, "oncall.title"))]
    for facility_id, people in on_shift.items():
        facility = plant.facilities.get(facility_id)
        if facility is None:
            continue
        blocks.append(Text(f"{facility.name}, {clock(now, facility.timezone, locale, now)}"))
        if not people:
            blocks.append(Text(say(locale, "oncall.nobody"), subtle=True))
        for shift in _by_shift(people, plant):
            blocks.extend(_shift(shift, facility, plant, locale, now))
    return Card(tuple(blocks), say(locale, "oncall.title"))


def _by_shift(people: Sequence[OnShift], plant: Plant) -> list[list[OnShift]]:
    """Those of one team and shift together, teams by name."""
    groups: dict[tuple[str, str], list[OnShift]] = {}
    for item in people:
        groups.setdefault((_team(item, plant), item.shift), []).append(item)
    return [groups[key] for key in sorted(groups, key=lambda key: (key[0].casefold(), key[1].casefold()))]


def _shift(people: list[OnShift], facility: Facility, plant: Plant, locale: str, now: datetime) -> list[Block]:
    ends = {item.ends_at for item in people}
    together = ends.pop() if len(ends) == 1 else None
    title = " · ".join(part for part in (_team(people[0], plant), people[0].shift) if part)
    if together is not None:
        title = f"{title}, {_until(together, facility, locale, now)}"
    names = []
    for item in sorted(people, key=lambda one: (not _leads(one), _name(one, plant).casefold())):
        notes = [role_name(role, locale) for role in item.roles]
        if together is None and item.ends_at is not None:
            notes.append(_until(item.ends_at, facility, locale, now))
        name = _name(item, plant)
        names.append(f"{name} ({', '.join(notes)})" if notes else name)
    return [Text(title, subtle=True), Text(", ".join(names))]


def _until(end: datetime, facility: Facility, locale: str, now: datetime) -> str:
    return say(locale, "oncall.until", time=clock(end, facility.timezone, locale, now))


def _leads(item: OnShift) -> bool:
    return any(role.casefold() in LEAD for role in item.roles)


def _team(item: OnShift, plant: Plant) -> str:
    team = plant.teams.get(item.team_id)
    return team.name if team else ""


def _name(item: OnShift, plant: Plant) -> str:
    member = plant.members.get(item.member_id)
    return member.name if member else str(item.member_id)
