"""What a chat command is: one class with its words, how it is read, what it does, its form and its buttons.

An object of the class is one thing asked for: typed, or by pressing a button.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from haveri_chat import answers
from haveri_chat.cards import Button, Style
from haveri_chat.decisions import AnswerPrivately, Decision, OpenForm, SendCommand
from haveri_chat.forms import Form
from haveri_chat.forms.sheet import Sheet
from haveri_chat.naming import find_member
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Mention, Misunderstood, Person
from haveri_chat.texts import say
from haveri_chat.tidying import LONG, one_line
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Status

INCIDENT_NUMBER = re.compile(r"INC[- ]?0*([0-9]{1,9})(?=[\s:,]|$)[:,]?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Typed:
    """What stands behind the command's word: the text, who is mentioned, and the incident it began with.

    Only an `IncidentRequest` is given the incident apart from the text.
    """

    text: str
    mentions: tuple[Mention, ...] = ()
    incident: str | None = None

    def people(self) -> tuple[tuple[Person, ...], str]:
        """The people mentioned, in the order they stand in the text, and the words without them."""
        found: list[tuple[int, Person]] = []
        words = self.text
        for mention in sorted(self.mentions, key=lambda one: len(one.text), reverse=True):
            at = words.find(mention.text)
            if at >= 0:
                words = words[:at] + "\0" * len(mention.text) + words[at + len(mention.text) :]
                found.append((at, Person(mention.name, mention.user_id)))
        in_order = [person for _, person in sorted(found, key=lambda pair: pair[0])]
        unique = {person.user_id: person for person in reversed(in_order)}
        return tuple(reversed(unique.values())), one_line(words.replace("\0", " "))


class Unclear(Exception):
    """It is not clear who is meant; carries the answer."""

    def __init__(self, answer: AnswerPrivately) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True)
class Context:
    """Who asks, and at which plant. `about` is the incident that is meant, `new_id` gives UUIDv7s."""

    who: Who
    plant: Plant
    new_id: Callable[[], UUID]
    now: datetime | None = None
    about: Incident | None = None

    @property
    def incident(self) -> Incident:
        """The incident that is meant; there always is one for an `IncidentRequest`."""
        if self.about is None:
            raise ValueError("no incident is meant")
        return self.about

    def say(self, key: str, **values: object) -> str:
        """A text in the person's language."""
        return say(self.who.locale, key, **values)

    def answer(self, key: str, **values: object) -> AnswerPrivately:
        """An answer that changes nothing."""
        return AnswerPrivately(self.say(key, **values))

    def member(self, person: Person) -> UUID:
        """The member who was named. Raises Unclear."""
        found = find_member(person, self.plant)
        if found.item is None:
            raise Unclear(AnswerPrivately(answers.no_such(self.who.locale, "member", person.name, found.near)))
        return found.item.id


Reading = Callable[[], Decision]
OPEN = frozenset(status for status in Status if status.is_open)
OVER = frozenset(Status) - OPEN


@dataclass(frozen=True)
class Request(ABC):
    """A command of chat. `word` is also the `verb` of its buttons and its form, and the key of its texts.

    Other ways to write it are the text `words.command.<word>`, in every language.
    """

    word: ClassVar[str]
    usage: ClassVar[str] = ""
    """How it is written; empty where only a button says it."""
    for_everybody: ClassVar[bool] = False
    """True when it changes nothing, so that no role is needed."""

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        """What was typed behind the word; nothing is read here."""
        return cls()

    @classmethod
    def pressed(cls, data: Mapping[str, str]) -> Request:
        """The request behind a button's `data`; ValueError for what this version does not know."""
        raise ValueError(f"{cls.word} has no button")

    @abstractmethod
    def decide(self, context: Context) -> Decision:
        """The command, form or answer; whether a command is allowed now is its owner's to say."""

    def fill(self, sheet: Sheet, context: Context) -> Reading:
        """Every field of the form, drawn and read, for commands that have one; gives what to do when none is wrong."""
        raise NotImplementedError

    def form(self, context: Context) -> Form:
        """The form with what was said already."""
        data = {"verb": self.word, "nonce": str(context.new_id())}
        if context.about is not None:
            data["incident"] = str(context.about.id)
        sheet = Sheet(context.who.locale, context.plant)
        self.fill(sheet, context)
        return sheet.form(self.word, context.about, data)


@dataclass(frozen=True)
class IncidentRequest(Request):
    """A command about one incident.

    `incident` is what the person named (`INC-4`, or an incident's id when a button said it), None for "the one whose
    channel this is".
    """

    offered: ClassVar[Collection[Status]] = ()
    """While the incident has one of these its card has the button that opens the form."""
    style: ClassVar[Style] = Style.PLAIN

    incident: str | None = field(default=None, kw_only=True)

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        return cls(incident=typed.incident)

    @classmethod
    def pressed(cls, data: Mapping[str, str]) -> Request:
        return cls(incident=incident_of(data))

    def as_meant_in_its_channel(self) -> Self:
        """What is meant in an incident's channel by words that begin with another incident's number."""
        return self

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        """What the incident's card offers now."""
        return (cls.form_button(incident, locale, cls.style),) if incident.status in cls.offered else ()

    @classmethod
    def press_button(
        cls, incident: Incident, label: str, value: str = "", style: Style = Style.PLAIN, **more: str
    ) -> Button:
        """A button that acts at once. The same button of the same card has the same nonce."""
        nonce = f"{incident.version}.{cls.word}.{value}"
        data = {"verb": cls.word, "incident": str(incident.id), "nonce": nonce, "value": value, **more}
        return Button(cls.word, label, data, style)

    @classmethod
    def form_button(cls, incident: Incident, locale: str, style: Style = Style.PLAIN) -> Button:
        """A button that opens the form."""
        data = {"verb": cls.word, "incident": str(incident.id), "nonce": f"{incident.version}.{cls.word}"}
        return Button(cls.word, say(locale, f"button.{cls.word}"), data, style, opens_form=True)


def incident_of(data: Mapping[str, str]) -> str:
    """The id of the incident whose card the button is on. Raises ValueError."""
    return str(UUID(str(data.get("incident", ""))))


@dataclass(frozen=True)
class WordsRequest(IncidentRequest):
    """A command about an incident that takes whatever is written."""

    text: str = ""

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        return cls(typed.text, incident=typed.incident)

    def as_meant_in_its_channel(self) -> Self:
        """It speaks about the other incident, not to it."""
        if not self.text:
            return self
        return replace(self, text=f"{self.incident} {self.text}"[:LONG], incident=None)


class TextRequest(WordsRequest):
    """A command that is nothing but its words; none asks for the form, whose field is `<word>_text`."""

    @abstractmethod
    def send(self, context: Context) -> SendCommand:
        """The command."""

    def decide(self, context: Context) -> Decision:
        return self.send(context) if self.text else OpenForm(self.form(context))

    def fill(self, sheet: Sheet, context: Context) -> Reading:
        text = sheet.long(f"{self.word}_text", required=True)
        return lambda: replace(self, text=text).send(context)
