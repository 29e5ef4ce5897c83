"""`/lead @who`: who leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from haveri_chat.cards import Button
from haveri_chat.commands.base import OPEN, Context, IncidentRequest, Reading, Request, Typed, incident_of
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms.sheet import NOBODY, Sheet
from haveri_chat.requests import Misunderstood, Person, Reason
from haveri_chat.texts import say, words_in_every_language
from haveri_chat.tidying import SHORT, one_line, trimmed
from haveri_contracts.incident.commands import AssignCommsLead, AssignLead
from haveri_contracts.incident.models import Incident

ME = frozenset(words_in_every_language("me"))
"""Words for "the person who is speaking"."""


@dataclass(frozen=True)
class NameLead(IncidentRequest):
    """Name the responsible lead; nobody named asks for the form. `me` is the person who asks."""

    word = "lead"
    usage = "/lead @who"
    offered = OPEN
    command: ClassVar[type[AssignLead | AssignCommsLead]] = AssignLead
    role: ClassVar[Literal["assigned_to", "comms_lead"]] = "assigned_to"

    person: Person | None = None
    me: bool = False

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        people, _ = typed.people()
        if len(people) > 1:
            names = ", ".join(person.name for person in people)
            return Misunderstood(Reason.SEVERAL_PEOPLE, cls.word, names, cls.usage)
        if people:
            return cls(people[0], incident=typed.incident)
        name = trimmed(one_line(typed.text).lstrip("@ "))[:SHORT].strip()
        if name.casefold() in ME:
            return cls(me=True, incident=typed.incident)
        return cls(Person(name) if name else None, incident=typed.incident)

    @classmethod
    def pressed(cls, data: Mapping[str, str]) -> Request:
        """Oneself, or the form."""
        return cls(me=data.get("value") == "me", incident=incident_of(data))

    def decide(self, context: Context) -> Decision:
        if self.person is None and not self.me:
            return OpenForm(self.form(context))
        member_id = context.member(self.person) if self.person is not None else context.who.member.id
        return SendCommand(self.command(incident_id=context.incident.id, member_id=member_id))

    def fill(self, sheet: Sheet, context: Context) -> Reading:
        """Whoever has the role now stands there."""
        member_id = sheet.member("member", required=True, value=getattr(context.incident, self.role)) or NOBODY
        return lambda: SendCommand(self.command(incident_id=context.incident.id, member_id=member_id))

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        take = cls.press_button(incident, say(locale, "button.take_lead"), "me")
        return (take, *super().buttons(incident, locale)) if incident.status.is_open else ()
