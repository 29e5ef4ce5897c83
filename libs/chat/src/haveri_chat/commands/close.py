"""`/close`: close it, naming what is left to do: what, by whom, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from haveri_chat.cards import Style
from haveri_chat.commands.base import Context, IncidentRequest, Reading
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms.sheet import Sheet
from haveri_contracts.incident.commands import CloseIncident
from haveri_contracts.incident.models import FollowUpDraft
from haveri_contracts.plain import Status

_PARTS = ("what", "who", "by")
_LENGTH = 500


@dataclass(frozen=True)
class Close(IncidentRequest):
    """Ask for the close form; `what`, `who` and `due` stand in its first row."""

    word = "close"
    usage = "/close"
    offered = (Status.RESOLVED,)
    style = Style.PRIMARY

    what: str = ""
    who: UUID | None = None
    due: date | None = None

    def decide(self, context: Context) -> Decision:
        if context.incident.status is Status.RESOLVED:
            return OpenForm(self.form(context))
        open_still = context.incident.status.is_open
        return context.answer("refusal.incident-not-resolved" if open_still else "refusal.incident-already-closed")

    def fill(self, sheet: Sheet, context: Context) -> Reading:
        """Five rows, of which those count that say what."""
        drafts: list[FollowUpDraft] = []
        for row in range(1, 6):
            first = self if row == 1 else Close()
            prefix, labels = f"follow_up_{row}", [context.say(f"form.follow_up_{part}", row=row) for part in _PARTS]
            what = sheet.text(f"{prefix}_what", _LENGTH, value=first.what[:_LENGTH], label=labels[0])
            who = sheet.member(f"{prefix}_who", value=first.who, label=labels[1])
            due = sheet.date(f"{prefix}_by", value=first.due, label=labels[2])
            if what:
                drafts.append(FollowUpDraft(id=context.new_id(), description=what, assigned_to=who, due_date=due))
            elif who or due:
                sheet.wrong(f"{prefix}_what", "error.follow_up_what")
        return lambda: SendCommand(CloseIncident(incident_id=context.incident.id, follow_ups=drafts))
