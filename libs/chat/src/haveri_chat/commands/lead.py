"""`/lead @who`: who leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from haveri_chat.cards import Button
from haveri_chat.commands.base import Context, IncidentRequest, Request, Typed, incident_of
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms import Form
from haveri_chat.forms.filled import Filled
from haveri_chat.requests import Misunderstood, Person, Reason
from haveri_chat.texts import say
from haveri_chat.tidying import SHORT, one_line, trimmed
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident

ME = frozenset(["me", "myself", "i", "minä", "minut", "itse", "ich", "mich", "mir", "selbst"])
"""Words for "the person who is speaking"."""


@dataclass(frozen=True)
class NameLead(IncidentRequest):
    """Name the responsible lead; nobody named asks for the form. `me` is the person who asks."""

    word = "lead"
    usage = "/lead @who"
    other_words = "vetäjä leitung"

    person: Person | None = None
    me: bool = False

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        """One person, mentioned or by name."""
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
        """Whoever was named."""
        if self.person is None and not self.me:
            return OpenForm(self.form(context))
        member_id = context.member(self.person) if self.person is not None else context.who.member.id
        return SendCommand(self.command(context.incident, member_id))

    @classmethod
    def form(cls, context: Context) -> Form:
        """Whoever has the role now stands there."""
        field = context.forms.member("member", cls.holder(context.incident), required=True)
        return context.forms.form(cls.word, context.incident, field)

    @classmethod
    def submitted(cls, filled: Filled, context: Context) -> Callable[[], Decision]:
        """Whoever was chosen."""
        member_id = filled.required_member("member")
        return lambda: SendCommand(cls.command(context.incident, member_id))

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        """While it is open."""
        if not incident.status.is_open:
            return ()
        return cls.press_button(incident, say(locale, "button.take_lead"), "me"), cls.form_button(incident, locale)

    @staticmethod
    def holder(incident: Incident) -> UUID | None:
        """Who has the role now."""
        return incident.assigned_to

    @staticmethod
    def command(incident: Incident, member_id: UUID) -> commands.IncidentCommand:
        """Gives the role to a member."""
        return commands.AssignLead(incident_id=incident.id, member_id=member_id)
