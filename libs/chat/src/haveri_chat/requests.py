"""What a person can ask for in chat, as typed values; grammar reads them from text, cards and forms make them too.

`incident` is what the person named (`INC-4`, or an incident's id when a button said it), None for "the one whose
channel this is".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from haveri_contracts.plain import Severity, Status


@dataclass(frozen=True)
class Mention:
    """Somebody mentioned in a message: the characters that stand in the text, the platform's user id, their name."""

    text: str
    user_id: str
    name: str


@dataclass(frozen=True)
class Utterance:
    """What somebody wrote, without the mention of Haveri itself; plain text, not HTML."""

    text: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class Person:
    """A person as named in chat: by mention (`user_id` is the platform's) or by typing a part of the name."""

    name: str
    user_id: str | None = None


@dataclass(frozen=True)
class Place:
    """Words that may name a place: `in <area>` or `on <asset>`, in the order and spelling typed."""

    preposition: Literal["in", "on"]
    name: str


@dataclass(frozen=True)
class Declare:
    """Declare an incident. Empty `what` asks for the form; `details` are the lines below the first."""

    what: str = ""
    severity: Severity | None = None
    places: tuple[Place, ...] = ()
    details: str = ""


@dataclass(frozen=True)
class Acknowledge:
    """Say "I have it"."""

    incident: str | None = None


@dataclass(frozen=True)
class TakeCall:
    """Answer a call with "I've got it": the incident is taken. Only a call's card says this."""

    incident: str | None = None


@dataclass(frozen=True)
class JoinCall:
    """Answer a call with "I'm coming". Only a call's card says this."""

    call_id: UUID
    incident: str | None = None


@dataclass(frozen=True)
class SetStatus:
    """Move the incident to a status; `note` is what was written behind it.

    `seen` is the status that the pressed card was drawn for; None when it was typed.
    """

    status: Status
    note: str = ""
    incident: str | None = None
    seen: Status | None = None


@dataclass(frozen=True)
class SetSeverity:
    """Say that it is worse or better than thought."""

    severity: Severity
    reason: str = ""
    incident: str | None = None


@dataclass(frozen=True)
class NameLead:
    """Name the responsible lead; nobody named asks for the form. `me` is the person who asks."""

    person: Person | None = None
    me: bool = False
    incident: str | None = None


@dataclass(frozen=True)
class NameCommsLead:
    """Name the communications lead; nobody named asks for the form."""

    person: Person | None = None
    me: bool = False
    incident: str | None = None


@dataclass(frozen=True)
class LogAction:
    """Log what was done; empty text asks for the form."""

    text: str = ""
    incident: str | None = None


@dataclass(frozen=True)
class AddNote:
    """Add a note; empty text asks for the form."""

    text: str = ""
    incident: str | None = None


@dataclass(frozen=True)
class CallForHelp:
    """Escalate: to people mentioned, to a member, team or policy by `words`, or to whoever is due.

    `ask` opens the form instead; the button on the card does that.
    """

    people: tuple[Person, ...] = ()
    words: str = ""
    ask: bool = False
    incident: str | None = None


@dataclass(frozen=True)
class Resolve:
    """Ask for the resolve form; `text` is a first answer to "what happened"."""

    text: str = ""
    incident: str | None = None


@dataclass(frozen=True)
class Amend:
    """Ask for the form that corrects the summary of a resolved or closed incident."""

    incident: str | None = None


@dataclass(frozen=True)
class Close:
    """Ask for the close form."""

    incident: str | None = None


@dataclass(frozen=True)
class Reopen:
    """Take a resolved or closed incident up again; no reason asks for the form."""

    reason: str = ""
    incident: str | None = None


@dataclass(frozen=True)
class FollowUp:
    """Something to do later: what, by whom, until when."""

    what: str = ""
    person: Person | None = None
    due: date | None = None
    incident: str | None = None


@dataclass(frozen=True)
class WhoIsOnCall:
    """Who is on shift: at the facility named by `words`, or everywhere."""

    words: str = ""


@dataclass(frozen=True)
class ShowIncidents:
    """Which incidents are open; `words` searches."""

    words: str = ""


@dataclass(frozen=True)
class ShowTimeline:
    """What happened last in an incident."""

    incident: str | None = None


@dataclass(frozen=True)
class ShowHelp:
    """What can be typed."""


IncidentRequest = (
    Acknowledge
    | TakeCall
    | JoinCall
    | SetStatus
    | SetSeverity
    | NameLead
    | NameCommsLead
    | LogAction
    | AddNote
    | CallForHelp
    | Resolve
    | Amend
    | Close
    | Reopen
    | FollowUp
    | ShowTimeline
)
"""Requests about one incident: all have `incident`."""

Request = Declare | IncidentRequest | WhoIsOnCall | ShowIncidents | ShowHelp


class Reason(StrEnum):
    """Why a command was not understood."""

    UNKNOWN_COMMAND = "unknown-command"
    UNKNOWN_SEVERITY = "unknown-severity"
    UNKNOWN_STATUS = "unknown-status"
    UNKNOWN_DATE = "unknown-date"
    SEVERAL_PEOPLE = "several-people"
    TOO_LONG = "too-long"
    STALE_BUTTON = "stale-button"


@dataclass(frozen=True)
class Misunderstood:
    """A command that cannot be carried out as written; nothing is changed.

    `command` is what was understood (without slash, empty when nothing was), `said` the words that were not, `nearest`
    the nearest right form to show.
    """

    reason: Reason
    command: str
    said: str
    nearest: str
    details: Mapping[str, str] = field(default_factory=dict)
