"""`/status <status>`: how it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from haveri_chat.cards import Button
from haveri_chat.commands.base import Context, IncidentRequest, Request, Typed, incident_of
from haveri_chat.commands.close import Close
from haveri_chat.commands.resolve import Resolve
from haveri_chat.decisions import Decision, SendCommand
from haveri_chat.requests import Misunderstood, Reason
from haveri_chat.texts import meanings, say
from haveri_chat.tidying import SHORT, one_line
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Status

_STATUSES = {word: Status(status) for word, status in meanings("status", Status).items()}
_LONGEST = max(len(words.split()) for words in _STATUSES)

_NEXT: dict[Status, tuple[Status, ...]] = {
    Status.DECLARED: (Status.INVESTIGATING, Status.MITIGATED),
    Status.INVESTIGATING: (Status.MITIGATED,),
    Status.MITIGATED: (Status.INVESTIGATING,),
}
"""The statuses that one press may lead to; resolving and closing ask questions first."""


@dataclass(frozen=True)
class SetStatus(IncidentRequest):
    """Move the incident to a status; `note` is what was written behind it.

    `seen` is the status that the pressed card was drawn for; None when it was typed.
    """

    word = "status"
    usage = "/status investigating|mitigated"

    status: Status
    note: str = ""
    seen: Status | None = None

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        """The longest words that say a status."""
        words = typed.text.split()
        for count in range(min(_LONGEST, len(words)), 0, -1):
            status = _STATUSES.get(" ".join(words[:count]).casefold().strip(".,:;!"))
            if status is not None:
                note = re.sub(rf"^\s*(?:\S+\s*){{{count}}}", "", typed.text)
                return cls(status, note.lstrip(" ,:;-–—"), incident=typed.incident)
        return Misunderstood(Reason.UNKNOWN_STATUS, cls.word, one_line(typed.text)[:SHORT], _nearest(typed.text))

    @classmethod
    def pressed(cls, data: Mapping[str, str]) -> Request:
        value, seen = str(data.get("value", "")), str(data.get("seen", ""))
        return cls(Status(value), seen=Status(seen) if seen in {*Status} else None, incident=incident_of(data))

    def decide(self, context: Context) -> Decision:
        """What asks questions opens its form; a card that was overtaken moves nothing."""
        if self.status is Status.RESOLVED:
            return Resolve(self.note).decide(context)
        if self.status is Status.CLOSED:
            return Close().decide(context)
        present = context.incident.status
        # Where it is as wished already, the owner answers: the press may be one whose outcome was never told.
        if self.seen is not None and present not in (self.seen, self.status):
            return context.answer("refusal.card-overtaken", status=context.say(f"status.{present}"))
        command = commands.UpdateStatus(incident_id=context.incident.id, status=self.status, note=self.note)
        return SendCommand(command)

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        """One for each status that may follow. `seen`: see `decide`."""
        return tuple(
            cls.press_button(incident, say(locale, f"status.{status}"), status, seen=incident.status.value)
            for status in _NEXT.get(incident.status, ())
        )


def _nearest(words: str) -> str:
    usual = (Status.INVESTIGATING, Status.MITIGATED, Status.RESOLVED)
    near = get_close_matches(words.casefold()[:40], _STATUSES, n=1, cutoff=0.6)
    status = _STATUSES[near[0]] if near else Status.INVESTIGATING
    return f"/status {(status if status in usual else Status.INVESTIGATING).value.lower()}"
