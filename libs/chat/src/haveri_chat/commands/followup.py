"""`/followup <what> [@who] [by <date>]`: something to do later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from haveri_chat.commands.base import Context, Request, Typed, WordsRequest
from haveri_chat.commands.close import Close
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.requests import Misunderstood, Person, Reason
from haveri_chat.texts import say
from haveri_chat.tidying import LONG, one_line, shortened
from haveri_chat.typed_dates import take_date
from haveri_contracts.incident.commands import AddEvent
from haveri_contracts.plain import EntryType, Status
from haveri_texts import day

_TYPED_PERSON = re.compile(r"(?:^|\s)@(\S+)")


@dataclass(frozen=True)
class FollowUp(WordsRequest):
    """Something to do later: what, by whom, until when."""

    word = "followup"
    usage = "/followup <what> [@who] [by YYYY-MM-DD]"

    person: Person | None = None
    due: date | None = None

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        """One person, mentioned or after `@`, and the date at the end."""
        people, words = typed.people()
        if len(people) > 1:
            names = ", ".join(person.name for person in people)
            return Misunderstood(Reason.SEVERAL_PEOPLE, cls.word, names, cls.usage)
        at = None if people else _TYPED_PERSON.search(words)
        if at is not None:
            people = (Person(at.group(1)),)
            words = one_line(words[: at.start()] + " " + words[at.end() :])
        what, due, wrong = take_date(words)
        if wrong:
            return Misunderstood(Reason.UNKNOWN_DATE, cls.word, wrong, cls.usage)
        return cls(what, people[0] if people else None, due, incident=typed.incident)

    def decide(self, context: Context) -> Decision:
        """Before the incident is resolved it is kept as a note; then the close form opens with it."""
        if not self.text:
            return context.answer("answer.follow_up_what")
        member_id = context.member(self.person) if self.person else None
        if context.incident.status is Status.RESOLVED:
            return OpenForm(Close(self.text, member_id, self.due).form(context))
        locale = context.plant.locale
        who = context.plant.members[member_id].name if member_id else ""
        due = day(self.due, locale) if self.due else ""
        kept = say(locale, "follow_up.kept", what=self.text) + "".join(f", {part}" for part in (who, due) if part)
        text = shortened(kept, LONG)
        command = AddEvent(incident_id=context.incident.id, type=EntryType.ANNOTATION, text=text)
        return SendCommand(command, context.say("done.follow_up"))
